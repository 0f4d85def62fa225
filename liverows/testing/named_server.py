"""A server of others, on which the test kit makes databases of its own and drops them again.

Nothing is read or changed in the database of the URL: a connection to it creates and drops the
others. Roles belong to the whole server. Those of Supabase that the server lacks are created, and
they stay; a role that is there is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from liverows.base.errors import SetupError, Unreachable
from liverows.testing.databases import run_sql

ROLES = {
    "postgres": "nologin",
    "anon": "nologin noinherit",
    "authenticated": "nologin noinherit",
    "service_role": "nologin noinherit bypassrls",
    "authenticator": "nologin noinherit",
    "supabase_auth_admin": "nologin noinherit",
    "supabase_storage_admin": "nologin noinherit",
    "supabase_realtime_admin": "nologin noinherit",
}
"""The roles that migrations for Supabase may name, with what they are if they must be created."""

_OWNED = re.compile(r"(authorization|owner to) (postgres|supabase_\w+_admin)\b")
_ACTING = re.compile(r"^(set role supabase_\w+_admin|reset role);$", re.MULTILINE)
_MAY_CREATE = "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
_LACKING = "select r from unnest(%s::text[]) as r where to_regrole(r) is null"


class NamedServer:
    """The server of a URL. Its role owns the databases and runs the migrations."""

    def __init__(self, url: str) -> None:
        try:
            self._url = urlsplit(url)
            port = self._url.port or 5432
        except ValueError:
            # The error may have a part of the password.
            raise _malformed() from None
        if not self._url.scheme.startswith("postgres") or not self._url.hostname:
            raise _malformed()
        self.place = f"{self._url.hostname}:{port}"
        self.created_roles: list[str] = []

    def check(self) -> None:
        """Create the roles that are missing.

        Raises `Unreachable` if there is no connection, and `SetupError` if the role of the URL may
        not create databases, or roles that are missing.
        """
        with self.alone(), self._connected() as connection:
            may_create = connection.execute(_MAY_CREATE).fetchone()
            user = connection.info.user
            if may_create != (True,):
                raise SetupError(
                    f"the role {user} of TEST_DATABASE_URL may not create databases",
                    cure=f"alter role {user} createdb, or name another role in the URL",
                )
            lacking = connection.execute(_LACKING, [list(ROLES)]).fetchall()
            for (role,) in lacking:
                self._create_role(connection, role, user)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for other processes in such a block, as those of pytest-xdist: all use the same
        roles, and of two that create a role at once, one would fail.
        """
        with self._connected() as connection, connection.transaction():
            connection.execute("set local idle_in_transaction_session_timeout = 0")
            connection.execute("select pg_advisory_xact_lock(hashtextextended('liverows_test', 0))")
            yield

    def create(self, name: str) -> str:
        """Create a database with what Supabase puts into one (a stand-in); returns its URL."""
        self._execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        self._prefer_schemas(name)
        stand_in = (files(__package__) / "supabase.sql").read_text(encoding="utf-8")
        run_sql(self._url_of(name), _ACTING.sub("", _OWNED.sub(r"\1 current_user", stand_in)), name)
        return self._url_of(name)

    def copy(self, template: str, name: str) -> str:
        """Create a database as a copy of another one; returns its URL."""
        self._execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        self._prefer_schemas(name)
        return self._url_of(name)

    def drop(self, name: str) -> None:
        """Drop a database that `create` or `copy` made; connections to it are ended."""
        self._execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )

    def _prefer_schemas(self, name: str) -> None:
        """Set the search path that Supabase sets for its role. A copy does not inherit it."""
        self._execute(
            sql.SQL("alter database {} set search_path = {}, public, extensions").format(
                sql.Identifier(name), sql.Identifier("$user")
            )
        )

    def _create_role(self, connection: psycopg.Connection, role: str, user: str) -> None:
        create = sql.SQL(f"create role {{}} {ROLES[role]}").format(sql.Identifier(role))
        try:
            connection.execute(create)
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            return  # somebody else was faster
        except psycopg.errors.InsufficientPrivilege as error:
            raise SetupError(
                f"the server of TEST_DATABASE_URL has no role {role}, which Supabase has, and "
                f"{user} may not create it",
                cure=f"run as a superuser: {create.as_string()}",
            ) from error
        self.created_roles.append(role)

    def _execute(self, statement: sql.Composed) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self) -> psycopg.Connection:
        try:
            return psycopg.connect(self._url.geturl(), autocommit=True)
        except psycopg.ProgrammingError:
            # The error may have a part of the password, such as a % that is not written as %25.
            raise _malformed() from None
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[-1]
            raise Unreachable(
                f"the server of TEST_DATABASE_URL at {self.place} gives no connection: {said}",
                cure="start the server, or correct the URL",
            ) from error

    def _url_of(self, name: str) -> str:
        return self._url._replace(path=f"/{quote(name)}").geturl()


def _malformed() -> SetupError:
    return SetupError(
        "TEST_DATABASE_URL is not the URL of a Postgres server",
        cure="write it like postgresql://user:password@host:5432/postgres; special characters of "
        "the password are percent-encoded, such as %25 for %",
        code="malformed_settings",
    )
