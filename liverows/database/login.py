"""Logging in to the database: every connection of a process is opened here.

Poolers and servers refuse logins for many reasons that pass by themselves. Trying again at
once makes some of them worse: Supavisor bans an address after too many tries. So all
connections of a process share one wait, which grows after each failure. A login that is
asked for during the wait fails at once with the last trouble.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, SetupError
from liverows.base.logger import get_logger
from liverows.database.driver_errors import DRIVER_ERRORS, connection_trouble, trouble_of
from liverows.database.reachability import GrowingWait, Reachability
from liverows.database.sessions import Connection

log = get_logger(__name__)

_CONNECT_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_UNANSWERED_CAP = 2.0
_REFUSED_CAP = 10.0
"""The longest pause, in seconds, between two tries. A server that does not answer is asked more
often than a server that refuses the login."""
TRANSACTION_POOLER_PORT = 6543
POOLING_CURE = (
    "point SUPABASE_DB_URL at the direct connection or at the session pooler (port 5432); "
    "until then rows are found by the other doorbells and the sweep"
)
_AFFINITY_PROBES = 3
"""How many transactions must get the same backend, before we believe that it stays."""
_BACKEND = "select pg_catalog.pg_backend_pid()"

_SETTINGS = """
select pg_catalog.set_config('statement_timeout', least(nullif((
        select s.setting::bigint from pg_catalog.pg_settings as s where s.name = 'statement_timeout'
    ), 0), $1::bigint)::text, false),
    pg_catalog.set_config('idle_in_transaction_session_timeout', $1::bigint::text, false),
    pg_catalog.set_config('tcp_keepalives_idle', '30', false),
    pg_catalog.set_config('tcp_keepalives_interval', '10', false),
    pg_catalog.set_config('tcp_keepalives_count', '3', false)
"""
_WHERE_THE_SYSTEM_CAN = """
select pg_catalog.set_config('tcp_user_timeout', '30000', false),
    pg_catalog.set_config('client_connection_check_interval', '200', false)
"""
"""In milliseconds. With `client_connection_check_interval` a backend ends soon after its client
was killed, even in the middle of a statement, and its locks are freed."""


class _Parts(NamedTuple):
    host: str
    port: int | None


class Login:
    """Opens connections to one database.

    Somebody may change the password in the settings. So when the login is refused, `read_again`
    is called: it returns the URL that the settings have now, or None if they have none or cannot
    be read.
    """

    def __init__(
        self,
        database_url: SecretStr,
        *,
        read_again: Callable[[], SecretStr | None] | None = None,
    ) -> None:
        self.reachability = Reachability()
        self.database_url = database_url
        self._read_again = read_again
        self._wait = GrowingWait()
        self._last: DatabaseTrouble | None = None
        self._probing = asyncio.Lock()
        self._has_sessions: bool | None = None

    @classmethod
    def of(cls, database: SecretStr | Login) -> Login:
        """The given login, or a new one for a caller that has only a URL."""
        return database if isinstance(database, Login) else cls(database)

    async def connect(
        self, application_name: str, *, prepared: bool = False, timeout: float = _CONNECT_SECONDS
    ) -> Connection:
        """A new connection. `prepared` lets the driver keep prepared statements; behind a
        transaction pooler it must be false, because there the backend changes.

        `DatabaseTrouble` if the login failed, or if the wait after the last failure is not over
        yet; `SetupError` if the URL is malformed. `timeout` is in seconds.
        """
        if self._last is not None and not self._wait.is_over:
            raise self._last.again()
        try:
            connection = await self._dial(application_name, prepared, timeout)
        except DatabaseTrouble as trouble:
            connection = await self._dial_elsewhere(trouble, application_name, prepared, timeout)
        self._wait.reset()
        self._last = None
        return connection

    @asynccontextmanager
    async def connected(
        self, application_name: str, *, timeout: float = _CONNECT_SECONDS
    ) -> AsyncIterator[Connection]:
        """A connection that is closed at the end of the block. Raises like `connect`.

        Errors of the driver inside the block are translated: if the connection broke, into
        `DatabaseTrouble`; if the server refused a statement, into the error that the contract's
        `refusal` makes of it. Neither quotes a row or a password.
        """
        connection = await self.connect(application_name, timeout=timeout)
        try:
            yield connection
        except DRIVER_ERRORS as error:
            raise trouble_of(error, connection) from None
        finally:
            await _close(connection)

    async def has_sessions(self) -> bool:
        """Whether each connection keeps its backend. Behind a transaction pooler it does not.

        The database is asked once, and again after the URL has changed. Everything that needs
        a session of its own (LISTEN, session locks, prepared statements) uses this answer. Raises
        like `connected`.
        """
        async with self._probing:
            if self._has_sessions is None:
                self._has_sessions = await self._probe()
            return self._has_sessions

    async def _probe(self) -> bool:
        if database_parts(self.database_url).port == TRANSACTION_POOLER_PORT:
            return False
        name = "liverows probe"
        async with (
            self.connected(name) as ours,
            self.connected(name) as rival,
            asyncio.timeout(_CONNECT_SECONDS),
        ):
            return await _keeps_backend(ours, rival)

    async def _dial(self, application_name: str, prepared: bool, timeout: float) -> Connection:
        try:
            return await asyncpg.connect(
                self.database_url.get_secret_value(),
                timeout=timeout,
                statement_cache_size=100 if prepared else 0,
                max_cached_statement_lifetime=0,
                server_settings={"application_name": application_name},
            )
        except (ValueError, asyncpg.ClientConfigurationError):
            # Raised without the cause, because the driver's message may quote the password.
            raise SetupError(
                "SUPABASE_DB_URL is not a database URL",
                cure="write it as postgresql://user:password@host:5432/postgres",
                code="malformed_settings",
            ) from None
        except DRIVER_ERRORS as error:
            raise connection_trouble(error, what="refused the login") from None

    async def _dial_elsewhere(
        self, trouble: DatabaseTrouble, application_name: str, prepared: bool, timeout: float
    ) -> Connection:
        """Try the URL that the settings have now, if it is a new one; else raise the trouble."""
        url = self._read_again() if self._read_again and trouble.sqlstate else None
        if url is None or url.get_secret_value() == self.database_url.get_secret_value():
            raise self._noted(trouble) from None
        log.warning("database_url_changed", reason="the login was refused; the new URL is tried")
        before, self.database_url = self.database_url, url
        # The new URL may lead through another pooler.
        self._has_sessions = None
        try:
            return await self._dial(application_name, prepared, timeout)
        except DatabaseTrouble as again:
            raise self._noted(again) from None
        except SetupError as malformed:
            self.database_url = before
            log.error("database_url_malformed", cure=malformed.cure)
            raise self._noted(trouble) from None

    def _noted(self, trouble: DatabaseTrouble) -> DatabaseTrouble:
        self._last = trouble
        refused = trouble.sqlstate is not None
        seconds = self._wait.failed(_REFUSED_CAP if refused else _UNANSWERED_CAP)
        self.reachability.failed(trouble)
        log.warning(
            "database_login_failed",
            sqlstate=trouble.sqlstate,
            reason=trouble.message,
            next_try_seconds=round(seconds, 1),
        )
        return trouble


async def _keeps_backend(ours: Connection, rival: Connection) -> bool:
    """Whether `ours` always gets the same backend, even if there is a pooler."""
    before = await ours.fetchval(_BACKEND)
    # A transaction pooler that has one client always gives it the same backend. So a second
    # client takes a backend and keeps its transaction open: if it got the backend that `ours`
    # had, or if `ours` gets another one now, there is a transaction pooler.
    async with rival.transaction():
        if await rival.fetchval(_BACKEND) == before:
            return False
        for _ in range(_AFFINITY_PROBES):
            async with ours.transaction():
                if await ours.fetchval(_BACKEND) != before:
                    return False
    return True


async def settle(connection: Connection, *, statement_seconds: float, timeout: float) -> None:
    """Set a session's time limits, so that the server ends what we no longer wait for.

    `statement_seconds` is how long one statement may take. The limits are set by a statement,
    because poolers refuse such parameters at the start of a connection.
    """
    await connection.fetchrow(_SETTINGS, int(statement_seconds * 1000), timeout=timeout)
    try:
        await connection.fetchrow(_WHERE_THE_SYSTEM_CAN, timeout=timeout)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        log.debug("session_setting_unknown", sqlstate=error.sqlstate)


async def _close(connection: Connection) -> None:
    """Close the connection properly, but do not wait long for a server that does not answer."""
    with suppress(*DRIVER_ERRORS):
        await connection.close(timeout=_CLOSE_SECONDS)
    connection.terminate()


def database_parts(database_url: SecretStr) -> _Parts:
    """Host and port of the URL; an empty host and no port if they cannot be read."""
    try:
        parts = urlsplit(database_url.get_secret_value())
        return _Parts(parts.hostname or "", parts.port)
    except ValueError:
        return _Parts("", None)
