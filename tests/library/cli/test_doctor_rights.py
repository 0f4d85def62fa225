"""`liverows doctor` names what could slip things of a role into the functions of the queue."""

from __future__ import annotations

import psycopg
import pytest
from pydantic import SecretStr

from liverows.cli.check_database import check_database
from liverows.cli.check_rights import check_makers
from liverows.database.login import Login
from liverows.database.opening import connected
from tests.library.cli.examining import examined
from tests.support.databases import Database
from tests.support.things import Things

# Rights, and whether they are told on Postgres 17 and 18, and with which cure.
MAKERS = {
    "grant create on schema public to anon": (
        True, True, "revoke create on schema public from anon"
    ),
    "grant create on schema public to public": (
        True, True, "revoke create on schema public from public"
    ),
    "grant create on schema extensions to liverows_worker": (
        True, True, "revoke create on schema extensions from liverows_worker"
    ),
    "grant create on schema processing to anon": (
        True, True, "revoke create on schema processing from anon"
    ),
    "create schema mine; grant create on schema mine to liverows_worker": (
        True, False, "revoke create on schema mine from liverows_worker"
    ),
    "create schema mine authorization liverows_worker": (
        True, False, "alter schema mine owner to postgres"
    ),
    "create schema mine; grant create on schema mine to anon": (False, False, ""),
    "grant usage on schema public to anon": (False, False, ""),
}  # fmt: skip


@pytest.mark.parametrize("grants", MAKERS)
async def test_a_role_that_could_slip_a_check_into_the_functions_is_named(
    database: Database, grants: str
) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        superuser.execute(grants)
    login = Login.of(SecretStr(database.dsn))
    async with connected(login) as connection:
        told = [await check_makers(connection, major) for major in (17, 18)]
        here = connection.get_server_version().major >= 18
    *states, cure = MAKERS[grants]
    assert [bool(findings) for findings in told] == states
    for finding in (one for findings in told for one in findings):
        assert finding.state == "warning"
        assert str(finding.cure).endswith(f": {cure}")
    checks = {finding.check for finding in await check_database(login)}
    assert ("rights to create" in checks) is states[here]


PATHS = {
    "''": True,
    "public": True,
    "pg_temp, public": True,
    "public, my_pg_temp": True,
    "pg_catalog, pg_temp": False,
    'public, "pg_temp"': False,
    "pg_temp": False,
}
"""Paths of a function, and whether types of a session come before those that it means."""


@pytest.mark.parametrize("path", PATHS)
async def test_a_trigger_into_which_a_session_could_slip_a_type_is_a_warning(
    things: Things, packages: tuple[str, ...], path: str
) -> None:
    assert "search_path" not in await examined(things.database, packages=packages)
    things.run(
        "create function public.touch() returns trigger language plpgsql"
        f" set search_path = {path} as $$ begin return new; end $$"
    )
    things.run(
        "create trigger touch before update on public.things"
        " for each row execute function public.touch()"
    )
    found = await examined(things.database, packages=packages)
    assert ("search_path" in found) is PATHS[path]
    if PATHS[path]:
        assert found["search_path"].state == "warning"
        assert "public.touch()" in found["search_path"].detail
        cure = "alter function public.touch() set search_path = pg_catalog, pg_temp"
        assert cure in str(found["search_path"].cure)


async def test_so_is_a_store_function(things: Things, packages: tuple[str, ...]) -> None:
    things.run(
        "create function public.keep(id bigint, handover jsonb) returns void language sql"
        " set search_path = '' as $$ select null $$"
    )
    settings = (row for row in things.call("list_pipelines") if row["pipeline"] == "greet")
    (greet,) = settings
    things.attach("greet", inputs=greet["inputs"], outputs=greet["outputs"], store="public.keep")
    found = await examined(things.database, packages=packages)
    assert "public.keep(bigint,jsonb)" in found["search_path"].detail
    things.run("alter function public.keep set search_path = pg_catalog, pg_temp")
    assert "search_path" not in await examined(things.database, packages=packages)
