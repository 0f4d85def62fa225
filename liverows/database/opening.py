"""Opens the way to the database that the settings name: a database login, or the Data API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, SetupError, Unreachable
from liverows.base.extras import REALTIME_CURE, has_realtime
from liverows.base.settings import Settings, load_settings
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.login import Login, database_parts
from liverows.database.postgres_transport import PostgresTransport
from liverows.database.sessions import Connection

if TYPE_CHECKING:
    from liverows.database.data_api import DataApi

IPV6_HINT = (
    "the direct host has IPv6 addresses only: where the network has none, use the "
    "session pooler's connection string"
)

_DIRECT_HOST = re.compile(r"db\.[a-z0-9]+\.supabase\.co")


Way: TypeAlias = "Login | DataApi"


class DatabaseSettings(Protocol):
    """Settings that name a database: a database URL, or a project's URL and secret key."""

    @property
    def supabase_db_url(self) -> SecretStr | None: ...
    @property
    def supabase_url(self) -> str | None: ...
    @property
    def supabase_secret_key(self) -> SecretStr | None: ...


@asynccontextmanager
async def opened_client(
    settings: Settings, *, prepared: bool = False, way: Way | None = None
) -> AsyncIterator[ContractClient]:
    """Open a client over `way` (by default `way_of(settings)`); close it at the end of the block.

    `prepared` needs connections that keep their backend. Raises like `way_of`, and `Unreachable` if
    the database did not answer or refused the login.
    """
    client = ContractClient(_transport(way or way_of(settings), prepared))
    try:
        yield client
    except DatabaseTrouble as trouble:
        if trouble.code != "database_unreachable":
            raise
        cure = trouble.cure or unreachable_cure(settings)
        raise Unreachable(trouble.message, cure=cure) from trouble
    finally:
        await client.close()


def way_of(settings: DatabaseSettings) -> Way:
    """Return a `Login` if a database URL is set, otherwise a `DataApi` if a URL and a key are set.

    Raises `SetupError` if neither can be made.
    """
    login = login_of(settings)
    if login is not None:
        return login
    if settings.supabase_url is not None and settings.supabase_secret_key is not None:
        if not has_realtime():
            raise SetupError(
                "the way over SUPABASE_URL needs the library's extra realtime",
                cure=f"{REALTIME_CURE}, or set SUPABASE_DB_URL",
                code="malformed_settings",
            )
        # Imported only here, because supabase-py is slow to import and may not be installed.
        from liverows.database.data_api import DataApi

        return DataApi(
            settings.supabase_url,
            settings.supabase_secret_key,
            read_again=_source(settings, "supabase_secret_key"),
        )
    raise SetupError(
        "no database is configured",
        cure="set SUPABASE_DB_URL, or SUPABASE_URL and SUPABASE_SECRET_KEY (see .env.template)",
        code="malformed_settings",
    )


def login_of(settings: DatabaseSettings) -> Login | None:
    """Make the `Login` that all connections of a process share; None without a database URL."""
    url = settings.supabase_db_url
    return None if url is None else Login(url, read_again=_source(settings, "supabase_db_url"))


def same_database(one: DatabaseSettings, other: DatabaseSettings) -> bool:
    """Whether both settings lead to the same database by the same way, with the same secret."""
    if one.supabase_db_url is not None or other.supabase_db_url is not None:
        return one.supabase_db_url == other.supabase_db_url
    return (one.supabase_url, one.supabase_secret_key) == (
        other.supabase_url,
        other.supabase_secret_key,
    )


def _source(settings: DatabaseSettings, name: str) -> Callable[[], SecretStr | None] | None:
    """Return a function that reads the secret `name` again from the environment and `.env`.

    None if the secret in use is not the one that is read there now.
    """

    def read() -> SecretStr | None:
        try:
            found = getattr(load_settings(), name)
        except SetupError:
            return None
        return found if isinstance(found, SecretStr) else None

    return read if read() == getattr(settings, name) else None


def _transport(way: Way, prepared: bool) -> Transport:
    if isinstance(way, Login):
        return PostgresTransport(way, prepared=prepared)
    from liverows.database.data_api_transport import DataApiTransport

    return DataApiTransport(way)


def unreachable_cure(settings: Settings) -> str:
    """Return what a person should check when the configured database does not answer."""
    if settings.supabase_db_url is None:
        return "check SUPABASE_URL, and that the project runs and is not paused"
    cure = "check that the database runs, and host and port of SUPABASE_DB_URL"
    return f"{cure}; {IPV6_HINT}" if is_ipv6_only(settings.supabase_db_url) else cure


def is_ipv6_only(database_url: SecretStr) -> bool:
    """Whether the URL names a project's direct host, which usually has no IPv4 address."""
    return _DIRECT_HOST.fullmatch(database_parts(database_url).host) is not None


async def has_sessions(database: SecretStr | Login) -> bool:
    """Whether each connection keeps its backend; see `Login`. Raises like `connected` below."""
    login = Login.of(database)
    with _for_a_command(login):
        return await login.has_sessions()


@asynccontextmanager
async def connected(database: SecretStr | Login) -> AsyncIterator[Connection]:
    """Open one connection without prepared statements, and close it at the end of the block.

    Raises `Unreachable` if the database does not answer or refuses the login.
    """
    login = Login.of(database)
    with _for_a_command(login):
        async with login.connected("liverows command") as connection:
            yield connection


@contextmanager
def _for_a_command(login: Login) -> Iterator[None]:
    """Turn the trouble of no answer or a refused login into `Unreachable`, which ends a command."""
    try:
        yield
    except DatabaseTrouble as trouble:
        if trouble.code != "database_unreachable":
            raise
        cure = trouble.cure or "check the database URL: host, port, user, password and database"
        hint = f"; {IPV6_HINT}" if is_ipv6_only(login.database_url) else ""
        raise Unreachable(trouble.message, cure=cure + hint) from trouble
