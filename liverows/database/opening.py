"""The way to the database that the settings name, and what kind of way it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, SetupError, Unreachable
from liverows.base.settings import Settings, load_settings
from liverows.database.client import Store
from liverows.database.contract import Transport, refusal
from liverows.database.login import NO_ANSWER, Login, connection_trouble
from liverows.database.postgres_transport import PostgresTransport
from liverows.database.sessions import Connection

TRANSACTION_POOLER_PORT = 6543
POOLING_CURE = (
    "point SUPABASE_DB_URL at the direct connection or at the session pooler (port 5432); "
    "until then rows are found by the other doorbells and the sweep"
)
IPV6_HINT = (
    "the direct host has IPv6 addresses only: where the network has none, use the "
    "session pooler's connection string"
)

_CONNECT_SECONDS = 10.0
_BACKEND = "select pg_backend_pid()"
_DIRECT_HOST = re.compile(r"db\.[a-z0-9]+\.supabase\.co")


@asynccontextmanager
async def opened_store(
    settings: Settings, *, prepared: bool = False, login: Login | None = None
) -> AsyncIterator[Store]:
    """The store over a database URL, or else over a URL and a key; closed at the end.

    `prepared` makes statements cheaper and needs a session of one's own; `login` is that
    of `login_of`, where connections are shared with others. `SetupError` if nothing
    is configured, `Unreachable` if what is configured does not answer.
    """
    store = Store(_transport(settings, prepared, login))
    try:
        yield store
    except DatabaseTrouble as trouble:
        if trouble.code != "database_unreachable":
            raise
        # A server that said no names its own cure; one that is silent may be elsewhere.
        cure = trouble.cure or unreachable_cure(settings)
        raise Unreachable(trouble.message, cure=cure) from trouble
    finally:
        await store.close()


def login_of(settings: Settings) -> Login | None:
    """The way in that all connections of a process share, if a database URL is set."""
    url = settings.supabase_db_url
    return None if url is None else Login(url, read_again=_source(settings, "supabase_db_url"))


def _source(settings: Settings, name: str) -> Callable[[], SecretStr | None] | None:
    """Reads one secret as it is written now; None if it came from elsewhere than that."""

    def read() -> SecretStr | None:
        try:
            found = getattr(load_settings(), name)
        except SetupError:
            return None
        return found if isinstance(found, SecretStr) else None

    return read if read() == getattr(settings, name) else None


def _transport(settings: Settings, prepared: bool, login: Login | None) -> Transport:
    login = login or login_of(settings)
    if login is not None:
        return PostgresTransport(login, prepared=prepared)
    if settings.supabase_url is not None and settings.supabase_secret_key is not None:
        # Here, because supabase-py takes long to import and is often not needed.
        from liverows.database.data_api_transport import SupabaseTransport

        return SupabaseTransport(
            settings.supabase_url,
            settings.supabase_secret_key,
            read_again=_source(settings, "supabase_secret_key"),
        )
    raise SetupError(
        "no database is configured",
        cure="set SUPABASE_DB_URL, or SUPABASE_URL and SUPABASE_SECRET_KEY (see .env.template)",
        code="malformed_settings",
    )


def unreachable_cure(settings: Settings) -> str:
    """What to check when the database that is configured does not answer."""
    if settings.supabase_db_url is None:
        return "check SUPABASE_URL, and that the project runs and is not paused"
    cure = "check that the database runs, and host and port of SUPABASE_DB_URL"
    return f"{cure}; {IPV6_HINT}" if is_ipv6_only(settings.supabase_db_url) else cure


def is_ipv6_only(database_url: SecretStr) -> bool:
    """Is it the direct host of a hosted project, which has no IPv4 address by default?"""
    return _DIRECT_HOST.fullmatch(_parts(database_url)[0]) is not None


async def has_sessions(database_url: SecretStr) -> bool:
    """Does each connection keep its backend? Behind a transaction pooler it does not.

    Raises like `connected`.
    """
    if _parts(database_url)[1] == TRANSACTION_POOLER_PORT:
        return False
    async with (
        connected(database_url) as ours,
        connected(database_url) as rival,
        asyncio.timeout(_CONNECT_SECONDS),
    ):
        before = await ours.fetchval(_BACKEND)
        # An open transaction next to ours takes the backend away, if it can be taken.
        async with rival.transaction():
            if await rival.fetchval(_BACKEND) == before:
                return False
            return bool(await ours.fetchval(_BACKEND) == before)


@asynccontextmanager
async def connected(database_url: SecretStr) -> AsyncIterator[Connection]:
    """One connection for a look at the database itself, behind any pooler.

    `Unreachable` if it does not answer or refuses the login, `SetupError` if the URL is
    none. What the database refuses later is raised as by the contract's `refusal`.
    """
    try:
        connection = await Login(database_url).connect("liverows command")
    except DatabaseTrouble as trouble:
        raise _unreachable(trouble, database_url) from trouble
    try:
        yield connection
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise _unreachable(connection_trouble(error), database_url) from error
        raise refusal(error.sqlstate or "XX000", str(error.args[0]), error.hint) from error
    except NO_ANSWER as error:
        raise _unreachable(connection_trouble(error), database_url) from error
    finally:
        connection.terminate()


def _unreachable(trouble: DatabaseTrouble, database_url: SecretStr) -> Unreachable:
    cure = trouble.cure or "check the database URL: host, port, user, password and database"
    hint = f"; {IPV6_HINT}" if is_ipv6_only(database_url) else ""
    return Unreachable(trouble.message, cure=cure + hint)


def _parts(database_url: SecretStr) -> tuple[str, int | None]:
    try:
        parts = urlsplit(database_url.get_secret_value())
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None
