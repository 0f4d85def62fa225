"""`liverows doctor` finds what is wrong and names the cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

import worker
from devstack import postgrest
from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.cli.check_queue import echo
from liverows.cli.doctor import examine
from liverows.doorbells.doorbell import Doorbell, SendPing
from liverows.doorbells.realtime import RealtimeDoorbell
from tests.library.cli.command import Shell
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database
from tests.support.pgbouncer import pooled
from tests.support.phoenix import PhoenixServer
from tests.support.things import Things
from tests.support.wire import wire_to


async def examined(
    database: Database | None = None, *, url: str | None = None, **more: Any
) -> dict[str, Finding]:
    """The findings by their check."""
    dsn = url or (database.dsn if database else None)
    given = {"packages": worker.PACKAGES, "pipelines": ["enrich-job-position"]} | more
    settings = Settings(_env_file=None, supabase_db_url=dsn and SecretStr(dsn), **given)
    return {finding.check: finding for finding in await examine(settings, deadline=5)}


async def test_a_project_in_order_has_no_problem(database: Database) -> None:
    found = await examined(database)
    assert {finding.state for finding in found.values()} <= {"ok", "skipped"}, found
    assert found["database"].detail.startswith("direct connection, Postgres 1")
    assert found["contract"].detail == "version 1"
    assert found["grants"].detail == "postgres may call the contract"
    assert found["publication public.job_positions"].state == "ok"
    assert found["doorbell notify"].detail.startswith("heard after ")


def test_the_report_is_json_for_programs_and_shows_no_secret(
    shell: Shell, bare_database: Database
) -> None:
    password = bare_database.server.password
    there = shell.having(SUPABASE_DB_URL=bare_database.dsn)
    ended = there.worker("doctor", "--json")
    assert ended.code == 1
    found = {line["check"]: line for line in ended.json()}
    assert found["contract"]["state"] == "problem"
    assert "liverows migrate" in found["contract"]["cure"]
    assert "SUPABASE_DB_URL yes" in found["settings: database"]["detail"]
    assert password not in ended.out + ended.err
    assert there.worker("doctor").out.count("cure: ") == 1


async def test_no_database_setting_is_a_problem() -> None:
    found = await examined()
    assert found["settings: database"].state == "problem"
    assert "SUPABASE_DB_URL no" in found["settings: database"].detail


async def test_a_role_without_grants_is_told_what_to_grant(
    database: Database, connect: Connections
) -> None:
    connect(database).execute("grant usage on schema processing to authenticated")
    found = await examined(url=database.dsn_as("authenticated"))
    assert found["grants"].state == "problem"
    assert found["grants"].cure is not None
    assert "grant liverows_worker to authenticated" in found["grants"].cure


async def test_a_table_outside_the_publication_is_a_warning(
    database: Database, connect: Connections
) -> None:
    connect(database).execute("alter publication supabase_realtime drop table public.job_positions")
    finding = (await examined(database))["publication public.job_positions"]
    assert finding.state == "warning"
    assert finding.cure is not None
    assert "add table public.job_positions" in finding.cure


@pytest.mark.needs("pgbouncer")
@pytest.mark.parametrize(
    ("mode", "said"), [("session", "session pooler"), ("transaction", "transaction pooler")]
)
async def test_the_pooling_mode_is_told(
    database: Database, tmp_path: Path, mode: str, said: str
) -> None:
    with pooled(database.dsn, "session" if mode == "session" else "transaction", tmp_path) as url:
        found = await examined(url=url)
    assert found["database"].detail.startswith(said)
    assert ("doorbell notify" in found) is (mode == "session")


@pytest.mark.needs("postgrest")
async def test_a_schema_that_is_not_exposed_is_explained(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgrest, "SCHEMAS", ("public",))
    with data_api_of(database) as api:
        found = await examined(supabase_url=api.url, supabase_secret_key=SecretStr(api.secret_key))
    assert found["Data API"].state == "problem"
    assert found["Data API"].cure is not None
    assert "Exposed schemas" in found["Data API"].cure


@pytest.mark.needs("postgrest")
async def test_a_publishable_key_is_refused_by_name(database: Database) -> None:
    with data_api_of(database) as api:
        found = await examined(
            supabase_url=api.url, supabase_secret_key=SecretStr(api.publishable_key)
        )
    assert found["Data API"].state == "problem"
    assert "SUPABASE_SECRET_KEY" in (found["Data API"].cure or "")


async def test_pipelines_are_held_against_the_database(things: Things, shell: Shell) -> None:
    found = await examined(things.database)
    assert found["pipeline greet"].detail.startswith("not run here")
    assert found["pipeline enrich-job-position"].state == "ok"
    things.call("pause", pipeline="enrich-job-position", paused=True)
    found = await examined(things.database)
    assert found["pipeline enrich-job-position"].state == "warning"


async def test_what_the_database_refuses_is_told_without_quoting_it(database: Database) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(
            "insert into processing.set_aside (table_id, row_id, pipeline, kind, owner_key,"
            " priority, sqlstate, message, since, tries, look_again_at) values"
            " ('public.job_positions', 'k1', 'enrich-job-position', 'claim', '', 0, '23514',"
            " 'a word of the row', now(), 1, now())"
        )
        connection.execute(
            "insert into processing.broken (pipeline, sqlstate, message, since, tries,"
            " look_again_at) values ('company-research', '42703', 'x', now(), 1, now())"
        )
        connection.execute(
            "create trigger zz before update on public.job_positions for each row"
            " execute function suppress_redundant_updates_trigger()"
        )
        connection.execute('alter trigger zz on public.job_positions rename to "~zz"')
    findings = await examined(database)
    assert findings["set aside"].state == "warning"
    assert "23514" in findings["set aside"].detail
    assert "k1" in findings["set aside"].detail
    assert "a word of the row" not in str(findings)
    assert findings["pipeline company-research"].state == "problem"
    assert "~zz" in findings["pipeline enrich-job-position"].detail


@pytest.mark.filterwarnings("ignore:ConnectionClosed:DeprecationWarning")
async def test_realtime_is_measured_and_its_deafness_is_noticed() -> None:
    async with PhoenixServer.running() as server:

        def build(ping: SendPing) -> Doorbell:
            return RealtimeDoorbell(server.supabase_url, SecretStr(server.key), ping)

        async def answered(nonce: str) -> None:
            topic = "realtime:processing:doorbell"
            await server.broadcast(topic, "ping", {"nonce": nonce, "id": "1"})

        async def unanswered(_nonce: str) -> None:
            return

        name, seconds = await echo(build, answered, 5)
        assert name == "realtime" and seconds is not None and 0 < seconds < 5
        assert await echo(build, unanswered, 0.5) == ("realtime", None)


async def test_what_a_pooler_refuses_is_told_in_its_words_with_a_cure(database: Database) -> None:
    async with wire_to(database.dsn) as (wire, url):
        wire.refusal = "(EMAXCONNSESSION) max clients reached in session mode"
        found = (await examined(url=url))["database"]
    assert found.state == "problem"
    assert "EMAXCONNSESSION" in found.detail
    assert "pool size" in str(found.cure)
