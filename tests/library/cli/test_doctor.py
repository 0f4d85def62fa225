"""`liverows doctor` finds what is wrong and names the cure."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from devstack import postgrest
from liverows.base.settings import Settings
from liverows.cli.check_queue import check_doorbells, echo
from liverows.cli.doctor import examine
from liverows.database.client import ContractClient
from liverows.database.opening import opened_client
from liverows.doorbells.doorbell import Doorbell, SendPing
from liverows.doorbells.realtime import RealtimeDoorbell
from liverows.testing.postgres import PostgresServer
from tests.library.cli.command import PIPELINE, Shell
from tests.library.cli.examining import examined
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database, fresh_database
from tests.support.pgbouncer import pooled
from tests.support.phoenix import PhoenixServer
from tests.support.things import Things
from tests.support.wire import wire_to


async def test_a_project_in_order_has_no_problem(things: Things, packages: tuple[str, ...]) -> None:
    found = await examined(things.database, packages=packages, deadline=60)
    # The application's pipelines are attached, too, and nobody runs them here.
    assert "enrich-job-position" in found.pop("workers").detail
    assert "nobody has looked at them yet" in found.pop("alerts").detail
    assert {finding.state for finding in found.values()} <= {"ok", "skipped"}, found
    assert found["database"].detail.startswith("direct connection, Postgres 1")
    assert found["contract"].detail == "version 1"
    assert found["grants"].detail == "postgres may call the contract"
    assert found["publication public.things"].state == "ok"
    assert found["doorbell notify"].detail.startswith("heard after ")


PAID_CHECK = """
from liverows import Finding, paid, record_usage

async def check_model():
    async with paid("small-model", input_tokens=900, output_tokens=100, cost_usd=0.5):
        record_usage("small-model", input_tokens=9, output_tokens=1, cost_usd=0.25)
    return [Finding("model", "ok", "it was asked")]

checks = (check_model,)
"""


async def test_a_check_that_pays_counts_in_the_budgets_and_is_left_out_beyond_them(
    things: Things, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = ("paying_pipelines",)
    (tmp_path / packages[0]).mkdir()
    (tmp_path / packages[0] / "__init__.py").write_text(PAID_CHECK)
    (tmp_path / packages[0] / "greet.py").write_text(PIPELINE)
    monkeypatch.syspath_prepend(tmp_path)
    things.call("set_budget", measure="cost_usd", most=Decimal("0.6"), operator="ann")
    found = await examined(things.database, packages=packages)
    assert found["model"].state == "ok"
    (line,) = (line for line in things.call("budgets") if line["per"] == "all")
    assert (line["spent"], line["reserved"]) == (0.25, 0)
    (day,) = things.call("spending")
    assert (day["pipeline"], day["input_tokens"], day["cost_usd"]) == ("", 9, 0.25)
    found = await examined(things.database, packages=packages)
    assert "model" not in found
    assert "limit for paid work" in found["services"].detail
    (line,) = (line for line in things.call("budgets") if line["per"] == "all")
    assert (line["spent"], line["reserved"]) == (0.25, 0)


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
    things: Things, packages: tuple[str, ...]
) -> None:
    things.run("alter publication supabase_realtime drop table public.things")
    finding = (await examined(things.database, packages=packages))["publication public.things"]
    assert finding.state == "warning"
    assert finding.cure is not None
    assert "add table public.things" in finding.cure


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
async def test_the_data_api_alone_tells_the_server_and_the_missing_migrations(
    things: Things,
) -> None:
    with data_api_of(things.database) as api:
        there: dict[str, Any] = {
            "supabase_url": api.url,
            "supabase_secret_key": SecretStr(api.secret_key),
            "deadline": 0.1,
        }
        found = await examined(**there)
        (shown,) = things.run("show server_version")
        version = str(shown["server_version"]).split()[0]
        assert found["Data API"].detail.endswith(f"Postgres {version}")
        assert found["migrations"].state == "ok"
        things.run("delete from processing.library_migrations where version = '20261121000911'")
        assert (
            "20261121000911_processing_rows.sql" in (await examined(**there))["migrations"].detail
        )


@pytest.mark.needs("postgrest")
async def test_a_publishable_key_is_refused_by_name(database: Database) -> None:
    with data_api_of(database) as api:
        found = await examined(
            supabase_url=api.url, supabase_secret_key=SecretStr(api.publishable_key)
        )
    assert found["Data API"].state == "problem"
    assert "SUPABASE_SECRET_KEY" in (found["Data API"].cure or "")


@pytest.mark.needs("postgrest")
async def test_a_url_and_a_database_of_two_projects_are_told_apart(
    database: Database, postgres_server: PostgresServer, project_template: str
) -> None:
    with data_api_of(database) as api, fresh_database(postgres_server, project_template) as other:
        with psycopg.connect(other.server.dsn(other.name)) as superuser:
            # The databases of the tests are copies; those of two projects are not.
            superuser.execute("update processing.contract_mark set secret = 'of another project'")
        there: dict[str, Any] = {
            "supabase_url": api.url,
            "supabase_secret_key": SecretStr(api.secret_key),
            # Nobody serves Realtime here, and no doorbell is what this is about.
            "deadline": 0.1,
        }
        one = await examined(database, **there)
        two = await examined(other, **there)
    assert one["same project"].state == "ok"
    assert two["same project"].state == "problem"
    assert "SUPABASE_DB_URL and SUPABASE_URL" in two["same project"].detail


async def test_pipelines_are_held_against_the_database(
    things: Things, packages: tuple[str, ...]
) -> None:
    assert (await examined(things.database))["pipeline greet"].detail.startswith("not run here")
    assert (await examined(things.database, packages=packages))["pipeline greet"].state == "ok"
    things.call("pause", pipeline="greet", paused=True)
    found = await examined(things.database, packages=packages)
    assert found["pipeline greet"].state == "warning"


async def test_what_the_database_refuses_is_told_without_quoting_it(
    things: Things, packages: tuple[str, ...]
) -> None:
    with psycopg.connect(things.database.dsn, autocommit=True) as connection:
        connection.execute(
            "insert into processing.set_aside (table_id, row_id, pipeline, kind, owner_key,"
            " priority, sqlstate, message, since, tries, look_again_at) values"
            " ('public.things', 'k1', 'greet', 'claim', '', 0, '23514',"
            " 'a word of the row', now(), 1, now())"
        )
        connection.execute(
            "create trigger zz before update on public.things for each row"
            " execute function suppress_redundant_updates_trigger()"
        )
        connection.execute('alter trigger zz on public.things rename to "~zz"')
    findings = await examined(things.database, packages=packages)
    assert findings["set aside"].state == "warning"
    assert "23514" in findings["set aside"].detail
    assert "k1" in findings["set aside"].detail
    assert "a word of the row" not in str(findings)
    assert "~zz" in findings["pipeline greet"].detail


async def test_a_pipeline_that_no_longer_fits_its_table_is_a_problem(things: Things) -> None:
    things.run(
        "insert into processing.broken (pipeline, sqlstate, message, since, tries,"
        " look_again_at) values ('greet', '42703', 'a word of the row', now(), 1, now())"
    )
    settings = Settings(_env_file=None, supabase_db_url=SecretStr(things.database.dsn))
    found = await examine(settings, deadline=5)
    (problem,) = [one for one in found if one.check == "pipeline greet" and one.state == "problem"]
    assert "42703" in problem.detail
    assert "a word of the row" not in str(found)


async def test_a_pipeline_that_no_living_worker_runs_is_named_with_what_waits(
    things: Things,
) -> None:
    things.add()
    finding = (await examined(things.database))["workers"]
    assert finding.state == "warning"
    assert "greet (1 rows wait)" in finding.detail
    others = [row["pipeline"] for row in things.call("list_pipelines")]
    things.call("heartbeat", worker=str(uuid4()), held=Jsonb([]), info=Jsonb({"pipelines": others}))
    assert (await examined(things.database))["workers"].state == "ok"


async def test_it_says_whether_anybody_looks_at_alerts_and_hears_of_them(things: Things) -> None:
    finding = (await examined(things.database))["alerts"]
    assert finding.state == "warning"
    assert "LIVEROWS_ALERT_URL" in str(finding.cure) and "alerts watch" in str(finding.cure)
    things.call("due_alerts")
    found = await examined(things.database)
    assert found["alerts"].state == "ok"
    assert "alerts: messages" not in found
    things.run("update processing.alerts set looked_at = looked_at - interval '3 minutes'")
    things.run(
        "insert into processing.firing (alert, subject, state, since, seen_at, details, message,"
        " problem) values ('row-failed', 'a', 'firing', now(), now(), '{}', gen_random_uuid(),"
        " 'HTTP 404')"
    )
    found = await examined(things.database)
    assert found["alerts"].state == found["alerts: messages"].state == "warning"
    assert "nobody has looked at them since 20" in found["alerts"].detail
    assert "HTTP 404" in found["alerts: messages"].detail
    things.run("delete from processing.alerts")
    assert not {"alerts", "alerts: messages"} & (await examined(things.database)).keys()


async def test_migrations_that_are_missing_are_named(things: Things) -> None:
    there = (await examined(things.database))["migrations"]
    assert there.state == "ok"
    things.run("delete from processing.library_migrations where version = '20261121000911'")
    finding = (await examined(things.database))["migrations"]
    assert finding.state == "problem"
    assert "20261121000911_processing_rows.sql" in finding.detail
    assert "liverows migrate" in str(finding.cure)


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

        name, seconds = await echo(build, answered, 60)
        assert name == "realtime" and seconds is not None and 0 < seconds < 60
        assert await echo(build, unanswered, 0.5) == ("realtime", None)


async def test_what_a_pooler_refuses_is_told_in_its_words_with_a_cure(database: Database) -> None:
    async with wire_to(database.dsn) as (wire, url):
        wire.refusal = "(EMAXCONNSESSION) max clients reached in session mode"
        found = (await examined(url=url))["database"]
    assert found.state == "problem"
    assert "EMAXCONNSESSION" in found.detail
    assert "pool size" in str(found.cure)


@pytest.mark.filterwarnings("ignore:ConnectionClosed:DeprecationWarning")
@pytest.mark.parametrize("reaches", [True, False])
async def test_without_a_worker_realtime_is_judged_by_what_it_delivers(
    database: Database, monkeypatch: pytest.MonkeyPatch, reaches: bool
) -> None:
    """A database whose message of the day is lost is told from a Realtime that hears nothing."""
    async with PhoenixServer.running() as server:

        async def ping(_client: object, nonce: str) -> None:
            if reaches:
                topic = "realtime:processing:doorbell"
                await server.broadcast(topic, "ping", {"nonce": nonce, "id": "1"})

        monkeypatch.setattr(ContractClient, "ping_realtime", ping)
        settings = Settings(
            _env_file=None,
            supabase_db_url=SecretStr(database.dsn),
            supabase_url=server.supabase_url,
            supabase_secret_key=SecretStr(server.key),
        )
        async with opened_client(settings) as client:
            found = await check_doorbells(settings, None, client, [], 60 if reaches else 3)
    (finding,) = found
    assert finding.check == "doorbell realtime"
    assert finding.state == ("ok" if reaches else "warning")
    assert finding.detail.startswith("heard after" if reaches else "joined, and hears itself after")
