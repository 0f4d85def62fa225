"""Everything the demo needs, on free loopback ports: Postgres, a web site, a worker.

All of it ends with the block, and also if this process is killed: Postgres and the
worker each have a keeper that waits for the end of a pipe.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
from pydantic import SecretStr

from devstack.postgres import PostgresServer
from devstack.project import OWNER, ROOT, create_project
from examples.site.server import Site, serve_site
from worker.app.database import connected
from worker.base.settings import Settings, load_settings
from worker.cli.migrations import apply, own_migrations, read_migrations

DATABASE = "demo"
SECONDS_PER_PAGE = 0.5
LOOK_SECONDS = 0.05
LISTENING = "select exists (select from processing.workers where lock_key is not null)"

# Runs a command until its own input ends, or until the command does.
KEEPER = """
exec 3<&0
"$@" 3<&- </dev/null &
command=$!
{ read -r _ <&3; kill -TERM "$command"; } 2>/dev/null &
reader=$!
wait "$command"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
"""

Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demo did not show what it should; the message is one line for its reader."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The running parts."""

    site: Site
    database_url: str
    user_dsn: str
    environment: dict[str, str]
    has_language_model: bool
    worker: asyncio.subprocess.Process
    log_file: Path

    async def worker_listens(self) -> None:
        """Wait until the worker holds a session of its own, on which it hears NOTIFY."""
        owner = await psycopg.AsyncConnection.connect(self.database_url, autocommit=True)
        async with owner:
            while (await (await owner.execute(LISTENING)).fetchone()) != (True,):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)

    async def worker_died(self) -> NoReturn:
        """Raise `DemoFailed` with the last line of the worker's log once it has stopped."""
        status = await self.worker.wait()
        lines = self.log_file.read_text(errors="replace").splitlines() or ["it said nothing"]
        raise DemoFailed(f"the worker stopped with exit code {status}: {lines[-1]}")


@asynccontextmanager
async def running_stack(say: Say) -> AsyncIterator[Stack]:
    """Start all parts one after the other, saying so; stop them at the end."""
    settings = load_settings(str(ROOT / ".env"))
    with PostgresServer(durable=True) as server:
        say(f"Postgres listens on 127.0.0.1:{server.port}")
        database_url = create_project(server, DATABASE, migrate=False)
        await migrate(database_url, say)
        user_dsn = sign_up(server, database_url)
        async with serve_site(seconds_per_page=SECONDS_PER_PAGE) as site:
            say(f"a small web site listens on {site.host_port}")
            environment = worker_environment(settings, database_url, site)
            with tempfile.TemporaryDirectory(prefix="demo-") as directory:
                log_file = Path(directory) / "worker.log"
                async with kept_worker(environment, log_file) as worker:
                    say(f"a worker starts (python -m worker run), its log is {log_file}")
                    yield Stack(
                        site,
                        database_url,
                        user_dsn,
                        environment,
                        bool(settings.openai_api_key or settings.openai_base_url),
                        worker,
                        log_file,
                    )


async def migrate(database_url: str, say: Say) -> None:
    """What `worker migrate` does."""
    migrations = read_migrations(own_migrations())
    async with connected(SecretStr(database_url)) as connection:
        await apply(connection, migrations, lambda _migration: None)
    say(f"{len(migrations)} migrations are applied")


def sign_up(server: PostgresServer, database_url: str) -> str:
    """Add a user; answers the DSN that acts for them, as the Data API would."""
    user_id = str(uuid4())
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("insert into auth.users (id) values (%s)", [user_id])
    claims = json.dumps({"role": "authenticated", "sub": user_id}, separators=(",", ":"))
    options = f"-c role=authenticated -c request.jwt.claims={claims}"
    return server.dsn(DATABASE, user=OWNER, options=options)


def worker_environment(settings: Settings, database_url: str, site: Site) -> dict[str, str]:
    """Only the language model's settings reach the worker from outside, also from `.env`."""
    names = {name.upper() for name in Settings.model_fields} | {"SUPABASE_SERVICE_ROLE_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    for name in ("openai_api_key", "openai_base_url", "openai_model", "openai_api_style"):
        value = getattr(settings, name)
        if value is not None:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            environment[name.upper()] = plain
    return environment | {
        "SUPABASE_DB_URL": database_url,
        "FETCH_ALLOW": site.host_port,
        "WORKER_HEALTH_PORT": "0",
        "WORKER_GRACE_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
    }


@asynccontextmanager
async def kept_worker(
    environment: dict[str, str], log_file: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process of its own, in a folder without `.env`; drained at the end."""
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", KEEPER, "worker-keeper", sys.executable, "-m", "worker", "run"),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=log_file.parent,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
