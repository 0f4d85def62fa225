"""An application calls its own SQL functions, over a database URL or the Data API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

import liverows
from liverows.base.errors import DatabaseTrouble, Permanent, SetupError, Transient
from liverows.base.settings import Settings
from liverows.database import own_functions
from liverows.database.login import Login
from liverows.database.opening import way_of
from liverows.database.own_functions import shared_way
from tests.support.data_api import DataApi, data_api_of
from tests.support.databases import Database
from tests.support.fake_http import Reply, fake_http

SCHEMA = """
create function public.say(words text, loud boolean default false, times integer default 1)
    returns jsonb language sql as $$ select jsonb_build_array(words, loud, times) $$;
create function public.known(id uuid) returns text language sql as $$ select id::text $$;
create function public.nothing() returns void language sql as $$ select null $$;
create function public.no_row() returns text language sql as $$ select null::text $$;
create function public.empty_list() returns jsonb language sql as $$
    select '[]'::jsonb $$;
create function public."Odd ""name"(word text) returns text language sql
    as $$ select word $$;
create function public.fail_with(state text) returns void language plpgsql
    as $$ begin raise exception 'a secret of the row' using errcode = state; end $$;
"""


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    with psycopg.connect(module_database.dsn) as connection:
        connection.execute(SCHEMA)
    return module_database


@pytest.fixture(scope="module")
def data_api(filled: Database) -> Iterator[DataApi]:
    with data_api_of(filled) as api:
        yield api


@pytest.fixture(params=["postgres", pytest.param("data_api", marks=pytest.mark.needs("postgrest"))])
async def database(
    request: pytest.FixtureRequest, filled: Database
) -> AsyncIterator[liverows.Database]:
    if request.param == "postgres":
        settings = by_url(filled.dsn_as("service_role"))
    else:
        api = request.getfixturevalue("data_api")
        settings = by_key(api.url, api.secret_key)
    async with liverows.open_database(settings) as opened:
        yield opened


def by_url(url: str) -> Settings:
    return Settings(_env_file=None, supabase_db_url=SecretStr(url))


def by_key(url: str, key: str) -> Settings:
    return Settings(_env_file=None, supabase_url=url, supabase_secret_key=SecretStr(key))


@contextmanager
def told(kind: type[Exception]) -> Iterator[Any]:
    """The raised error. It is checked that it says nothing that the row's owner must not read."""
    with pytest.raises(kind) as caught:
        yield caught
    error = caught.value
    assert type(error) is kind
    assert error.__cause__ is None
    assert "secret" not in str(error)


async def test_a_function_gets_named_arguments_and_answers_json(
    database: liverows.Database,
) -> None:
    assert await database.call("say", words="hi") == ["hi", False, 1]
    assert await database.call("say", times=3, words="Zoë", loud=True) == ["Zoë", True, 3]
    one = str(uuid4())
    assert await database.call("known", id=one) == one
    assert await database.call("empty_list") == []


async def test_nothing_is_none(database: liverows.Database) -> None:
    assert await database.call("nothing") is None
    assert await database.call("no_row") is None


async def test_a_function_of_another_schema_is_called_by_its_name(
    database: liverows.Database,
) -> None:
    assert await database.call("contract_version", schema="processing") == 1


async def test_a_name_is_taken_as_it_is_written(filled: Database) -> None:
    async with liverows.open_database(by_url(filled.dsn)) as database:
        assert await database.call('Odd "name', word="a'b") == "a'b"


@pytest.mark.parametrize("state", ["57P03", "40P01", "40001", "53300", "57014", "55P03", "25006"])
async def test_a_database_that_is_busy_may_answer_later(
    database: liverows.Database, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if state == "40001":
        # PostgREST makes such a transaction again and again, until the caller has enough.
        monkeypatch.setattr(own_functions, "_CALL_SECONDS", 1.0)
    with told(Transient) as caught:
        await database.call("fail_with", state=state)
    assert caught.value.code == "database_unreachable"


@pytest.mark.parametrize("state", ["RJ001", "RJ002", "22P02", "23514", "42501", "42P01", "P0001"])
async def test_what_the_database_refuses_is_refused_for_good(
    database: liverows.Database, state: str
) -> None:
    with capture_logs() as events, told(Permanent) as caught:
        await database.call("fail_with", state=state)
    assert caught.value.code == "internal"
    assert state in caught.value.message
    [event] = events
    assert event["sqlstate"] == state
    assert "secret" not in str(event)


async def test_a_function_that_is_not_there_or_a_value_that_does_not_fit_is_refused(
    database: liverows.Database,
) -> None:
    for function, arguments in (("missing", {}), ("known", {"id": "no secret uuid"})):
        with told(Permanent):
            await database.call(function, **arguments)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply({}, 503), "database_unreachable"),
        (Reply(b"<html>"), "database_unreachable"),
        (Reply({}, 401), "database_refused"),
        (Reply({}, 404), "database_refused"),
    ],
)
async def test_the_answers_of_a_gateway_fail_no_row_for_good(reply: Reply, code: str) -> None:
    async with fake_http() as fake:
        fake.script(reply)
        async with liverows.open_database(by_key(fake.url, "sb_secret_made_up")) as database:
            with told(Transient) as caught:
                await database.call("known")
    assert caught.value.code == code


async def test_a_refused_password_fails_no_row_for_good(filled: Database) -> None:
    url = filled.dsn.replace(filled.server.password, "a-secret-of-before")
    async with liverows.open_database(by_url(url)) as database:
        with told(Transient) as caught:
            await database.call("known")
    assert caught.value.code == "database_refused"


async def test_a_database_that_does_not_answer_may_answer_later() -> None:
    for settings in (
        by_url("postgresql://secret:secret@127.0.0.1:1/postgres"),
        by_key("http://127.0.0.1:1", "sb_secret_made_up"),
    ):
        async with liverows.open_database(settings) as database:
            with told(Transient) as caught:
                await database.call("known")
            assert caught.value.code == "database_unreachable"


async def test_a_worker_and_its_application_share_one_login(filled: Database) -> None:
    """If the worker's login failed, the application does not try again before the wait is over."""
    url = "postgresql://nobody@127.0.0.1:1/postgres"
    settings = by_url(url)
    login = way_of(settings)
    assert isinstance(login, Login)
    with pytest.raises(DatabaseTrouble):
        await login.connect("liverows")
    login.database_url = SecretStr(filled.dsn)  # as if the settings had been read again
    with shared_way(settings, login):
        async with liverows.open_database(by_url(url)) as database:
            with told(Transient):  # still in the wait after the worker's failed login
                await database.call("no_row")
        async with liverows.open_database(by_url(filled.dsn)) as other:
            assert await other.call("no_row") is None


async def test_no_database_is_a_matter_of_the_setup() -> None:
    with pytest.raises(SetupError, match="no database is configured"):
        async with liverows.open_database(Settings(_env_file=None)):
            pass
