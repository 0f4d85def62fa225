"""Logging in to the database: every connection of a process is opened here.

Poolers and servers refuse logins for many reasons that pass by themselves. Trying again at once
can make things worse: Supavisor bans an address after too many tries. So all connections that
share a `Login` share one wait, which grows after each failure. A connection that is asked for
during the wait fails at once with the last trouble.
"""

from __future__ import annotations

import asyncio
import ssl
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
"""The longest pauses between two tries, in seconds: `_UNANSWERED_CAP` after no answer, and
`_REFUSED_CAP` after a refused login."""
TRANSACTION_POOLER_PORT = 6543
POOLING_CURE = (
    "point SUPABASE_DB_URL at the direct connection or at the session pooler (port 5432); "
    "until then rows are found by the other doorbells and the sweep"
)
_AFFINITY_PROBES = 3
"""How many transactions must run on the same backend before a connection counts as keeping it."""
_BACKEND = "select pg_catalog.pg_backend_pid()"

_SETTINGS = """
select pg_catalog.set_config('statement_timeout', least(nullif((
        select s.setting::bigint from pg_catalog.pg_settings as s where s.name = 'statement_timeout'
    ), 0), $1::bigint)::text, false),
    pg_catalog.set_config('idle_in_transaction_session_timeout', $1::bigint::text, false),
    pg_catalog.set_config('idle_session_timeout', '0', false),
    pg_catalog.set_config('tcp_keepalives_idle', '30', false),
    pg_catalog.set_config('tcp_keepalives_interval', '10', false),
    pg_catalog.set_config('tcp_keepalives_count', '3', false)
"""
_WHERE_THE_SYSTEM_CAN = """
select pg_catalog.set_config('tcp_user_timeout', '30000', false),
    pg_catalog.set_config('client_connection_check_interval', '200', false)
"""
"""Settings in milliseconds that not every system supports. `client_connection_check_interval` ends
a backend soon after its client was killed, also in the middle of a statement, and so frees the
backend's locks."""


class _Parts(NamedTuple):
    host: str
    port: int | None


class Login:
    """Opens connections to one database.

    Somebody may change the password in the settings. So when the login is refused, `read_again`
    is called: it returns the URL that the settings have now, or None if they have none or cannot
    be read. If that URL is a new one and is well formed, that URL is used from then on.
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
        """Return the given `Login`, or a new one if only a URL is given."""
        return database if isinstance(database, Login) else cls(database)

    async def connect(
        self, application_name: str, *, prepared: bool = False, timeout: float = _CONNECT_SECONDS
    ) -> Connection:
        """Open a new connection; each try to log in may take `timeout` seconds.

        `prepared` lets the driver keep prepared statements. It must be false behind a transaction
        pooler, where another backend without these statements may get the next transaction. Raises
        `DatabaseTrouble` if the login fails, or if the wait after the last failure is not over yet;
        `SetupError` if the URL is malformed.
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
        """Open a connection that is closed at the end of the block. Raises like `connect`.

        An error of the driver inside the block becomes `DatabaseTrouble` if the connection broke.
        If only a statement failed, the error becomes what `statement_refusal` makes of it.
        """
        connection = await self.connect(application_name, timeout=timeout)
        try:
            yield connection
        except DRIVER_ERRORS as error:
            raise trouble_of(error, connection) from None
        finally:
            await _close(connection)

    async def has_sessions(self) -> bool:
        """Whether each connection keeps its backend, which is its process in the server.

        Behind a transaction pooler a connection does not. LISTEN, session locks and prepared
        statements need it. A URL with port 6543 counts as a transaction pooler; otherwise the
        database is asked. The answer is kept until the URL changes. Raises like `connected`.
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
        except ssl.SSLCertVerificationError as error:  # is a `ValueError` too, so it comes first
            raise connection_trouble(error) from None
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
        """If the login was refused and the settings have a new URL now, connect with that URL.

        Otherwise, or if the new URL fails too, note the trouble, begin a wait and raise it.
        """
        url = self._read_again() if self._read_again and trouble.sqlstate else None
        if url is None or url.get_secret_value() == self.database_url.get_secret_value():
            raise self._noted(trouble) from None
        log.warning("database_url_changed", reason="the login was refused; the new URL is tried")
        before, self.database_url = self.database_url, url
        # Unknown again, because the new URL may lead through another pooler.
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
    """Whether the transactions of `ours` seem to keep one backend. A pooler may change backends."""
    before = await ours.fetchval(_BACKEND)
    # A transaction pooler with only one client may give this client the same backend each time. So
    # `rival` takes a backend and keeps its transaction open. If `rival` got the backend that `ours`
    # had before, or if `ours` gets another backend now, there is a transaction pooler.
    async with rival.transaction():
        if await rival.fetchval(_BACKEND) == before:
            return False
        for _ in range(_AFFINITY_PROBES):
            async with ours.transaction():
                if await ours.fetchval(_BACKEND) != before:
                    return False
    return True


async def settle(connection: Connection, *, statement_seconds: float, timeout: float) -> None:
    """Set a session's time limits and keepalives.

    With these the server ends a statement that takes too long, and a session whose client is gone.
    A limit for idle sessions is switched off, because a doorbell only listens, and because the end
    of a worker's session tells other workers that the worker is dead.
    `statement_seconds` is how long one statement may take; a shorter limit that the session already
    has stays. `timeout`, in seconds, is for each of the two statements here. The limits are set by
    statements, because some poolers refuse such parameters at the start of a connection.
    """
    await connection.fetchrow(_SETTINGS, int(statement_seconds * 1000), timeout=timeout)
    try:
        await connection.fetchrow(_WHERE_THE_SYSTEM_CAN, timeout=timeout)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        log.debug("session_setting_unknown", sqlstate=error.sqlstate)


async def _close(connection: Connection) -> None:
    """Close the connection properly; if closing fails or takes longer than a second, cut it off."""
    with suppress(*DRIVER_ERRORS):
        await connection.close(timeout=_CLOSE_SECONDS)
    connection.terminate()


def database_parts(database_url: SecretStr) -> _Parts:
    """Return host and port of the URL: "" without a host, None without a port.

    If the URL cannot be read, it counts as one without host and port.
    """
    try:
        parts = urlsplit(database_url.get_secret_value())
        return _Parts(parts.hostname or "", parts.port)
    except ValueError:
        return _Parts("", None)
