"""Without its extra `realtime` the library works over a database URL, and says what it lacks."""

from __future__ import annotations

import pytest

from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.things import Things

ABSENT = """
import sys

# With None in its place a module is neither found nor imported.
sys.modules.update(dict.fromkeys(("httpx", "postgrest", "realtime", "supabase")))
"""
PROJECT = {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_SECRET_KEY": "sb_secret_of_a_test"}


@pytest.fixture
def bare(shell: Shell) -> Shell:
    """A shell whose Python lacks the extra, as far as it can see."""
    (shell.folder / "sitecustomize.py").write_text(ABSENT)
    path = f"{shell.folder}:{shell.environment()['PYTHONPATH']}"
    return shell.add_pipeline().having(PYTHONPATH=path, **PROJECT)


async def test_rows_are_done_over_the_database_url(bare: Shell, things: Things) -> None:
    there = bare.having(SUPABASE_DB_URL=things.database.dsn)
    key = things.add_one(wants="World")
    with there.running(program="liverows") as worker:
        assert "liverows[realtime]" in worker.logged("realtime_not_installed")["cure"]
        assert worker.logged("worker_started")["doorbells"] == ["notify"]
        await until(lambda: things.look(key)["status"] == "completed")
        assert worker.terminate() == 0


def test_the_data_api_alone_is_refused_with_the_way_to_it(bare: Shell) -> None:
    error, cure = bare.liverows("run").only_error()
    assert "realtime" in error
    assert "liverows[realtime]" in cure


def test_doctor_says_what_is_missing(bare: Shell, database: Database) -> None:
    there = bare.having(SUPABASE_DB_URL=database.dsn, LIVEROWS_PIPELINES="")
    found = {line["check"]: line for line in there.liverows("doctor", "--json").json()}
    assert (found["Data API"]["state"], found["contract"]["state"]) == ("skipped", "ok")
    assert "liverows[realtime]" in found["Data API"]["cure"]
