"""Starts all parts of the demo: the local stack with its page, a web site, a worker.

They end with the block, and also if this process is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pydantic import SecretStr

from devstack.leash import kept
from devstack.listening import hears_notify
from devstack.page import PageMissing, build
from devstack.project import ROOT
from devstack.stack import LocalStack
from examples.site.server import Site, serve_site
from liverows.base.settings import OUTDATED_NAMES, PREFIX, Settings
from worker.settings import ServiceSettings, load_service_settings

SECONDS_PER_PAGE = 0.5
LISTENS_SECONDS = 180.0
MODEL_SETTINGS = ("openai_api_key", "openai_base_url", "openai_model", "openai_api_style")

Say = Callable[[str], None]


class DemoFailed(Exception):
    """The demo did not work; the message is one line for the reader."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The running parts."""

    site: Site
    local: LocalStack
    environment: dict[str, str]
    has_language_model: bool
    worker: asyncio.subprocess.Process
    log_file: Path

    async def worker_listens(self) -> None:
        """Wait until the worker has the database session on which it hears NOTIFY."""

        def running() -> bool:
            return self.worker.returncode is None

        dsn = self.local.db_url
        if not await asyncio.to_thread(hears_notify, dsn, running, LISTENS_SECONDS):
            if not running():
                await self.worker_died()
            raise TimeoutError

    async def worker_died(self) -> NoReturn:
        """Wait until the worker stops; then raise `DemoFailed` with the last line of its log."""
        status = await self.worker.wait()
        lines = self.log_file.read_text(errors="replace").splitlines() or ["it said nothing"]
        raise DemoFailed(f"the worker stopped with exit code {status}: {lines[-1]}")


@asynccontextmanager
async def running_stack(say: Say, *, page: bool) -> AsyncIterator[Stack]:
    """Start all parts one after another and print that; stop them at the end."""
    settings = load_service_settings(str(ROOT / ".env"))
    model = model_settings(settings)
    folder = await asyncio.to_thread(built_page, say) if page else None
    async with serve_site(seconds_per_page=SECONDS_PER_PAGE) as site:
        say(f"a small web site listens on {site.host_port}")
        local = LocalStack(
            usual_ports=True,
            functions_environment={**model, "FETCH_ALLOW": site.host_port},
            page=folder,
        )
        # Not in a thread, so that Ctrl-C during the start also ends the parts that already run.
        with local:
            for warning in local.warnings:
                say(f"warning: {warning}")
            say(f"the stack listens on {local.url.removeprefix('http://')}")
            environment = worker_environment(model, local, site)
            with tempfile.TemporaryDirectory(prefix="demo-") as directory:
                log_file = Path(directory) / "worker.log"
                async with kept_worker(environment, log_file) as worker:
                    say(f"a worker starts (python -m worker run), its log is {log_file}")
                    has_model = bool(settings.openai_api_key or settings.openai_base_url)
                    yield Stack(site, local, environment, has_model, worker, log_file)


def built_page(say: Say) -> Path | None:
    """The folder of the page; None if the page cannot be built, and then the reason is printed."""
    try:
        return build()
    except PageMissing as missing:
        say(f"warning: there is no page: {missing}")
        return None


def model_settings(settings: ServiceSettings) -> dict[str, str]:
    """The settings of the language model, from the environment or `.env`. The demo uses no other
    settings of the user."""
    found = {}
    for name in MODEL_SETTINGS:
        value = getattr(settings, name)
        if value is not None:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            found[name.upper()] = plain
    return found


def worker_environment(model: dict[str, str], local: LocalStack, site: Site) -> dict[str, str]:
    """The environment of a worker that knows the stack and the site, but of all services only the
    language model."""
    names = {name.upper() for name in (*ServiceSettings.model_fields, *Settings.model_fields)}
    names |= {"SUPABASE_SERVICE_ROLE_KEY", *OUTDATED_NAMES.values()}
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in names and not name.startswith(PREFIX)
    }
    return {
        **environment,
        **model,
        **local.environment(),
        "FETCH_ALLOW": site.host_port,
        "CRAWL_SPACING_SECONDS": "0",
        # The demo's own site stands in for GitHub, so that no request leaves the machine. It has
        # no repositories.
        "GITHUB_API_URL": site.base_url,
        "LIVEROWS_HEALTH_PORT": "0",
        "LIVEROWS_GRACE_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
    }


@asynccontextmanager
async def kept_worker(
    environment: dict[str, str], log_file: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a worker process in a folder without `.env`; it is drained at the end."""
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *kept([sys.executable, "-m", "worker", "run"], "worker"),
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
