"""From an empty folder to a finished row of one's own table, by the page Start alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, Block, blocks
from tests.docs.walk import Walk
from tests.support.databases import Connections, Database
from tests.support.doorbells import until

PAGE = DOCS / "start.md"
MOST_COMMANDS = 12
MOST_LINES = 25
OTHER_WAY = "supabase start"


def steps() -> tuple[list[Block], list[Block]]:
    """The blocks of the page until the worker runs, without the Supabase CLI, and those after."""
    wanted = [block for block in blocks(PAGE) if OTHER_WAY not in block.text]
    runs = next(n for n, block in enumerate(wanted) if "liverows run\n" in block.text)
    return wanted[: runs + 1], wanted[runs + 1 :]


@pytest.mark.timeout(240)
async def test_a_stranger_sees_a_row_done(
    tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    walk = Walk(tmp_path)
    before, after = steps()
    *until_the_worker, last = before
    for block in until_the_worker:
        walk.follow(block)
    # What the page says in a sentence: the connection string goes into .env.
    env = (tmp_path / ".env").read_text()
    walk.write(".env", env.replace("SUPABASE_DB_URL=", f"SUPABASE_DB_URL={bare_database.dsn}"))
    for line in last.text.splitlines():
        if line != "liverows run":
            walk.run(*line.split())
    owner = connect(bare_database)
    row = "select headline, processing_status from public.stories"
    walk.commands.append("liverows run")
    with walk.shell.running(program="liverows") as worker:
        worker.logged("worker_started")
        for block in after:
            if block.language == "sql":
                owner.execute(block.text.encode())
                walk.lines += len(block.text.splitlines())
        await until(lambda: owner.execute(row).fetchall() == [("the row is the job", "completed")])
        for block in after:
            if block.language == "sh":
                walk.follow(block)
        assert worker.terminate() == 0
    print(f"\nfrom an empty folder to a finished row: {walk.told()}")  # noqa: T201 - shown with -s
    assert len(walk.commands) <= MOST_COMMANDS
    assert walk.lines <= MOST_LINES
