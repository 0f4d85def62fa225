"""The command line end to end: real processes on a real database."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from liverows.testing.ports import free_port
from tests.library.cli.command import Shell, things_to_greet
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database
from tests.support.pgbouncer import pooled
from tests.support.signals import hear_ctrl_c
from tests.support.things import Things
from tests.support.waits import first_found
from tests.support.wire import wire_to


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def things(database: Database) -> Things:
    return things_to_greet(database)


def with_database(shell: Shell, database: Database) -> Shell:
    return shell.having(SUPABASE_DB_URL=database.dsn)


# A mistake is reported in one line with its cure, and nothing is lost.


def test_an_unreachable_database(shell: Shell) -> None:
    url = f"postgresql://postgres:private-word@127.0.0.1:{free_port()}/postgres"
    error, cure = shell.having(SUPABASE_DB_URL=url).worker("status").only_error()
    assert "the database did not answer" in error
    assert "SUPABASE_DB_URL" in cure


def test_a_wrong_password(shell: Shell, things: Things) -> None:
    things.add()
    parts = urlsplit(things.database.dsn)
    url = things.database.dsn.replace(str(parts.password), "not-the-password")
    error, cure = shell.add_pipeline().having(SUPABASE_DB_URL=url).worker("run").only_error()
    assert "refused the login" in error
    assert "not-the-password" not in error + cure
    assert "SUPABASE_DB_URL" in cure
    assert things.statuses() == {"pending": 1}


@pytest.mark.needs("postgrest")
def test_a_wrong_secret_key(shell: Shell, things: Things) -> None:
    things.add()
    with data_api_of(things.database) as api:
        settings = {"SUPABASE_URL": api.url, "SUPABASE_SECRET_KEY": "sb_secret_of_another"}
        error, cure = shell.add_pipeline().having(**settings).worker("run").only_error()
    assert "refused the key" in error
    assert "sb_secret_of_another" not in error + cure
    assert "SUPABASE_SECRET_KEY" in cure
    assert things.statuses() == {"pending": 1}


def test_a_missing_migration(shell: Shell, bare_database: Database) -> None:
    error, cure = with_database(shell, bare_database).worker("run").only_error()
    assert "schema processing" in error
    assert "liverows migrate" in cure


def test_an_old_contract_version(shell: Shell, things: Things, connect: Connections) -> None:
    things.add()
    connect(things.database).execute(
        "create or replace function processing.contract_version() returns integer"
        " language sql immutable as 'select 3'"
    )
    error, cure = with_database(shell, things.database).worker("run").only_error()
    assert "contract version 3, this worker 1" in error
    assert "liverows migrate" in cure
    assert things.statuses() == {"pending": 1}


def test_an_unknown_pipeline_in_the_settings(shell: Shell, things: Things) -> None:
    things.add()
    there = with_database(shell, things.database).add_pipeline()
    error, cure = there.having(LIVEROWS_PIPELINES="greet,grete").worker("run").only_error()
    assert "LIVEROWS_PIPELINES names grete" in error
    assert "greet" in cure
    assert things.statuses() == {"pending": 1}


def test_an_unknown_pipeline_to_redrive(shell: Shell, things: Things) -> None:
    error, cure = (
        with_database(shell, things.database).worker("redrive", "grete", "--yes").only_error()
    )
    assert "there is no pipeline grete" in error
    assert "liverows doctor" in cure


def test_a_table_without_a_primary_key(shell: Shell, database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "20300101000000_notes.sql").write_text(
        "create table public.notes (body text);\n"
        "select processing.attach('public.notes', 'sum-up', '{body}', '{}');"
    )
    there = with_database(shell, database)
    error, cure = there.worker("migrate", "--migrations", str(folder)).only_error()
    assert "20300101000000_notes.sql: table public.notes has no primary key" in error
    assert "SQLSTATE RJ007" in error
    assert "id uuid primary key" in cure


def test_malformed_settings(shell: Shell) -> None:
    wrong = shell.having(LIVEROWS_CONCURRENCY="many", SUPABASE_DB_URL="postgresql://x")
    error, cure = wrong.worker("run").only_error()
    assert "LIVEROWS_CONCURRENCY" in error
    assert ".env.template" in cure


def test_a_database_url_that_is_none(shell: Shell) -> None:
    error, cure = shell.having(SUPABASE_DB_URL="https://x.supabase.co").worker("run").only_error()
    assert "SUPABASE_DB_URL is not a database URL" in error
    assert "postgresql://" in cure


def test_a_wrong_command_ends_with_code_2(shell: Shell) -> None:
    assert shell.worker("redrive").code == 2


# A worker that can work.


async def test_a_worker_waits_for_its_database_and_says_so(shell: Shell, things: Things) -> None:
    key = things.add_one(wants="World")
    port = free_port()
    async with wire_to(things.database.dsn) as (wire, url):
        wire.refusal = "(EMAXCONNSESSION) max clients reached in session mode"
        there = shell.add_pipeline().having(SUPABASE_DB_URL=url, LIVEROWS_HEALTH_PORT=str(port))
        with there.running() as worker:
            await asyncio.to_thread(worker.logged, "database_awaited")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                assert (await client.get("/healthz")).status_code == 200
                answer = await client.get("/readyz")
            assert answer.status_code == 503
            assert "EMAXCONNSESSION" in answer.text
            wire.refusal = None
            await is_ready(port)
            assert (await things.reach(key, "completed"))["said"] == "Hello World"
            assert await asyncio.to_thread(worker.terminate) == 0


async def test_a_users_own_pipeline_is_run_and_explained(shell: Shell, things: Things) -> None:
    there = with_database(shell, things.database).add_pipeline()
    with there.running() as worker:
        started = worker.logged("worker_started")
        assert started["pipelines"] == ["greet"] and started["doorbells"] == ["notify"]
        assert "enrich-job-position" in worker.of("pipelines_left_to_others")[0]["pipelines"]
        worker.logged("doorbell_ping_heard")
        await is_ready(started["health_port"])
        key = things.add_one(wants="World")
        assert (await things.reach(key, "completed"))["said"] == "Hello World"
        assert worker.terminate() == 0
        assert worker.of("stopped")
    told = there.worker("explain", "things", key)
    assert "completed" in told.out and "compose" in told.out and "woken by notify" in told.out
    answer = there.worker("explain", "public.things", key, "--json").json()
    assert [event["kind"] for event in answer["events"]] == ["step", "completed"]


@pytest.mark.needs("pgbouncer")
async def test_behind_a_transaction_pooler_one_line_says_what_is_missing(
    shell: Shell, things: Things, tmp_path: Path
) -> None:
    key = things.add_one(wants="Pool")
    with (
        pooled(things.database.dsn, "transaction", tmp_path) as url,
        shell.add_pipeline().having(SUPABASE_DB_URL=url).running() as worker,
    ):
        assert worker.logged("worker_started")["doorbells"] == []
        await things.reach(key, "completed")
        assert worker.terminate() == 0
        (warning,) = [line for line in worker.lines if line["level"] == "warning"]
    assert warning["event"] == "transaction_pooling"
    assert "port 5432" in warning["cure"]


@pytest.mark.needs("postgrest")
async def test_a_url_and_a_key_are_enough(shell: Shell, things: Things) -> None:
    with data_api_of(things.database) as api:
        settings = {"SUPABASE_URL": api.url, "SUPABASE_SECRET_KEY": api.secret_key}
        key = things.add_one(wants="Key")
        with shell.add_pipeline().having(**settings).running() as worker:
            assert worker.logged("worker_started")["transport"] == "supabase"
            await things.reach(key, "completed")
            assert worker.terminate() == 0
        assert api.secret_key not in json.dumps(worker.lines)


def test_nothing_to_run_names_the_call_that_attaches(shell: Shell, database: Database) -> None:
    error, cure = with_database(shell, database).add_pipeline().worker("run").only_error()
    assert "there is no pipeline to run" in error
    assert "select processing.attach('public.<table>', 'greet', inputs => '{wants}'" in cure


# Commands that a person runs.


def test_a_row_is_cancelled_retried_and_redriven(shell: Shell, things: Things) -> None:
    there = with_database(shell, things.database)
    key = things.add_one()
    assert there.worker("cancel", "things", key).out == f"public.things {key}: cancelled\n"
    assert there.worker("retry", "things", key).out == f"public.things {key}: pending\n"
    things.run("update public.things set processing_priority = 1")
    none = there.worker("redrive", "greet", "--since", "2026-01-01", "--yes")
    assert (none.code, none.err) == (3, "no row matches\n")
    error, cure = there.worker("retry", "things", "999").only_error()
    assert "there is no row 999 in public.things" in error and "key" in cure


def test_a_pipeline_is_paused_and_resumed(shell: Shell, things: Things) -> None:
    there = with_database(shell, things.database)
    there.worker("pause", "greet")
    assert "greet (paused)" in there.worker("status").out
    assert there.worker("resume", "greet").code == 0
    (line,) = [
        line
        for line in there.worker("status", "--json").json()["pipelines"]
        if line["pipeline"] == "greet"
    ]
    assert line["paused"] is False


def test_prune_says_what_it_deleted(shell: Shell, things: Things) -> None:
    said = with_database(shell, things.database).worker("prune", "--events-days", "7")
    assert said.out == "0 usage, 0 events, 0 workers, 0 paid_calls, 0 checkpoints deleted\n"


def test_a_row_that_is_no_work_is_explained(shell: Shell, things: Things) -> None:
    things.attach("greet", inputs=["wants"], outputs=["said"], when="wants is not null")
    told = with_database(shell, things.database).worker("explain", "things", things.add_one())
    assert (told.code, told.err) == (0, "")
    assert "no status" in told.out


def test_an_answer_of_another_shape_is_no_traceback(
    shell: Shell, things: Things, connect: Connections
) -> None:
    connect(things.database).execute(
        "create or replace function processing.overview(pipeline text default null) returns jsonb"
        " language sql as $$ select '{\"pipelines\": []}'::jsonb $$"
    )
    error, cure = with_database(shell, things.database).worker("status").only_error()
    assert "the answer of overview has another shape" in error
    assert "liverows migrate" in cure


def test_the_live_table_ends_in_good_order(shell: Shell, things: Things) -> None:
    there = with_database(shell, things.database)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        there.command("status", "--watch", "--interval", "0.2"),
        cwd=there.folder, env=there.environment(), stdout=theirs, stderr=theirs,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - it only sets a signal
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        # Read until the table was drawn twice. If that never happens, the test's deadline ends it.
        while seen.count(b"greet") < 2:
            seen += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        with suppress(OSError):  # the terminal's end of file
            while os.read(ours, 65536):
                pass
        assert process.wait(60) == 0
    os.close(ours)


async def is_ready(port: int) -> None:
    async with httpx.AsyncClient(timeout=30) as client:

        async def ready() -> bool | None:
            return (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success or None

        await first_found(ready)
