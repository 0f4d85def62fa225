"""What a worker loads and asks before its first row. Counts do not depend on the machine."""

from __future__ import annotations

import json
import re

import psycopg

from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.things import Things

NOT_FOR_A_PLAIN_PACKAGE = frozenset(
    {"anthropic", "av", "bs4", "deepgram", "extruct", "h2", "httpx", "lxml", "openai", "postgrest"}
    | {"pydantic_ai", "realtime", "requests", "storage3", "supabase", "websockets"}
)
MOST_STATEMENTS = 36
"""Two of them look at schedules: at the start, and when the doorbell begins to hear of changes."""
MOST_CONNECTIONS = 5

WITNESS = """
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def services():
    Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
    yield None
"""

_STATEMENT = re.compile(r"\[(\d+)\].* LOG:  (?:statement|execute [^:]+): (.*)")


def modules_at_the_start(shell: Shell) -> set[str]:
    """The modules that a worker has loaded when it opens the services of its package."""
    (shell.folder / "my_pipelines" / "__init__.py").write_text(WITNESS)
    with shell.running(program="liverows") as worker:
        worker.logged("worker_started")
        assert worker.terminate() == 0
    return set(json.loads((shell.folder / "modules.json").read_text()))


def up_to_the_first_claim(database: Database) -> list[tuple[str, str]]:
    """The server process and the text of each logged statement; empty before a claim."""
    log = database.server.log_file.read_text()
    found = [(one[1], one[2]) for one in _STATEMENT.finditer(log)]
    claims = [place for place, (_, text) in enumerate(found) if "processing.claim(" in text]
    return found[: claims[0] + 1] if claims else []


def test_a_package_without_heavy_services_loads_none_of_their_modules(
    database: Database, things: Things, shell: Shell
) -> None:
    loaded = modules_at_the_start(shell.add_pipeline().having(SUPABASE_DB_URL=database.dsn))
    assert "liverows.running.runner" in loaded
    assert {name.partition(".")[0] for name in loaded} & NOT_FOR_A_PLAIN_PACKAGE == set()


def test_a_worker_loads_no_other_command(database: Database, things: Things, shell: Shell) -> None:
    loaded = modules_at_the_start(shell.add_pipeline().having(SUPABASE_DB_URL=database.dsn))
    assert "liverows.cli.run" in loaded
    others = ("doctor", "explain", "migrate", "rows", "status", "upkeep")
    assert loaded.isdisjoint(f"liverows.cli.{name}" for name in others)


async def test_a_worker_claims_after_few_statements_over_few_connections(
    database: Database, things: Things, shell: Shell
) -> None:
    shell = shell.add_pipeline().having(SUPABASE_DB_URL=database.dsn)
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        superuser.execute(f"alter database {database.name} set log_statement = 'all'")
    with shell.running(program="liverows") as worker:
        await until(lambda: bool(up_to_the_first_claim(database)), deadline=60)
        assert worker.terminate() == 0
    made = up_to_the_first_claim(database)
    assert len(made) <= MOST_STATEMENTS
    assert len({process for process, _ in made}) <= MOST_CONNECTIONS
    # The driver asks the server about types that it does not know, over each connection.
    assert not any("typeinfo" in text for _, text in made)
