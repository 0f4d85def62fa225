"""Databases that look like a Supabase project, on a throw-away server."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

import psycopg
from psycopg import sql

from liverows.base.errors import Unreachable
from liverows.database.migrations import Migration
from liverows.testing.passwords import verifier
from liverows.testing.postgres import PostgresServer

OWNER = "postgres"
"""The role that owns the database and runs the migrations; as on Supabase, not a superuser."""

LOGIN_ROLES = (OWNER, "authenticator")

MOVABLE_CLOCK = """
create schema test;
create table test.clock (offset_by interval not null);
insert into test.clock values ('0');
grant usage on schema test to public;
grant select on test.clock to public;
create or replace function processing.clock() returns timestamptz
language sql volatile set search_path = pg_catalog, pg_temp
as $$ select clock_timestamp() + (select offset_by from test.clock) $$;
"""
"""Stored in a table, not in a setting, so that every session sees the same time."""


def create_supabase(server: PostgresServer, name: str) -> str:
    """Create a database with what Supabase puts into one (a stand-in); returns its URL.

    The database `postgres` is not created, because every server has it already.
    """
    if name != "postgres":
        create_database(server, name)
    for file in ("supabase_roles.sql", "supabase.sql"):
        run_sql(server.dsn(name), (files(__package__) / file).read_text(encoding="utf-8"), file)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for role in LOGIN_ROLES:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(verifier(server.password))
                )
            )
    return server.dsn(name, user=OWNER)


def migrate(dsn: str, migrations: Iterable[Migration]) -> None:
    """Apply these migrations in their order, each in its own transaction."""
    for migration in migrations:
        run_sql(dsn, migration.sql, migration.file)


def connected(url: str) -> psycopg.Connection:
    """Connect to the database of a test; raises `Unreachable` without the password in it."""
    __tracebackhide__ = True  # pytest would show the URL
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        said = str(error).strip().splitlines()[-1]
    # Not in the handler: pytest would show the error before, with the arguments of psycopg.
    raise Unreachable(
        f"the database of the test gives no connection: {said}",
        cure="look whether its server runs, and has connections left",
    )


def run_sql(dsn: str, script: str, name: str) -> None:
    """Run a script as a single transaction. An error message has the name of the script."""
    __tracebackhide__ = True  # pytest would show the URL
    with connected(dsn) as connection:
        try:
            connection.execute(script.encode())
        except psycopg.Error as error:
            error.add_note(f"in {name}")
            raise


def create_database(server: PostgresServer, name: str, *, template: str = "template0") -> None:
    """Create a database. A copy of another template gets the owner `postgres`."""
    statement = sql.SQL("create database {} template {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    if template != "template0":
        statement += sql.SQL(" owner {}").format(sql.Identifier(OWNER))
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(statement)


def drop_database(server: PostgresServer, name: str) -> None:
    """Drop a database; connections to it are ended."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
