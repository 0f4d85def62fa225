"""Creates databases that look like a Supabase project, on a throw-away server."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from devstack.passwords import verifier
from devstack.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = ROOT / "tests" / "support" / "supabase.sql"
MIGRATIONS = ROOT / "supabase" / "migrations"

OWNER = "postgres"
"""The role that owns the database and runs the migrations; as on Supabase, not a superuser."""

LOGIN_ROLES = (OWNER, "authenticator")


def create_project(server: PostgresServer, name: str, *, migrate: bool = True) -> str:
    """Create a database with Supabase's schemas (a stand-in) and our migrations; returns its DSN.

    The database `postgres` is not created, because every server has it already.
    """
    if name != "postgres":
        create_database(server, name)
    run_script(server.dsn(name), STAND_IN)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        for role in LOGIN_ROLES:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(verifier(server.password))
                )
            )
    dsn = server.dsn(name, user=OWNER)
    if migrate:
        apply_migrations(dsn)
    return dsn


def apply_migrations(dsn: str) -> list[str]:
    """Run all migrations in order, each in its own transaction; returns their names."""
    files = sorted(MIGRATIONS.glob("*.sql"))
    for file in files:
        run_script(dsn, file)
    return [file.name for file in files]


def run_script(dsn: str, file: Path) -> None:
    """Run one SQL file as a single transaction. An error message names the file."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            connection.execute(file.read_bytes())
        except psycopg.Error as error:
            error.add_note(f"in {file.name}")
            raise


def create_database(server: PostgresServer, name: str, *, template: str = "template0") -> None:
    """Create a database. A copy of one of our templates gets the owner `postgres`."""
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
