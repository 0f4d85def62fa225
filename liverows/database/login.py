"""The one way in to the database: every connection of a process is opened here.

Poolers and servers refuse logins for many reasons that pass by themselves, and asking
again at once makes some of them worse (Supavisor bans an address after too many tries).
So all connections of a process share one growing wait. Whoever asks during the wait is
told the last trouble at once.
"""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, SetupError
from liverows.base.logger import get_logger
from liverows.database.contract import connection_refusal
from liverows.database.reachability import GrowingWait, Reachability
from liverows.database.sessions import Connection

log = get_logger(__name__)

_CONNECT_SECONDS = 10.0
_UNANSWERED_CAP = 2.0
_REFUSED_CAP = 10.0
"""Seconds between tries, at most: a server that is away is asked more often than one
that refuses."""
NO_ANSWER = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises where no server's error arrived."""

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
"""In milliseconds. With the second a backend ends soon after its client was killed, also
in the middle of a statement; its locks with it."""


class Login:
    """Opens connections to one database.

    `read_again` answers the URL as it is written now, or None: asked when the login is
    refused, because the password may have been changed there meanwhile.
    """

    def __init__(
        self,
        database_url: SecretStr,
        *,
        read_again: Callable[[], SecretStr | None] | None = None,
    ) -> None:
        self.reachability = Reachability()
        self._database_url = database_url
        self._read_again = read_again
        self._wait = GrowingWait()
        self._last: DatabaseTrouble | None = None

    @classmethod
    def of(cls, database: SecretStr | Login) -> Login:
        """A login for those who were given a URL only."""
        return database if isinstance(database, Login) else cls(database)

    async def connect(
        self, application_name: str, *, prepared: bool = False, timeout: float = _CONNECT_SECONDS
    ) -> Connection:
        """A new connection. `prepared` keeps statements, which poolers mix up.

        `DatabaseTrouble` if there was no login, also while a wait after the last one
        lasts; `SetupError` if the URL is none. `timeout` is in seconds.
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

    async def _dial(self, application_name: str, prepared: bool, timeout: float) -> Connection:
        try:
            return await asyncpg.connect(
                self._database_url.get_secret_value(),
                timeout=timeout,
                statement_cache_size=100 if prepared else 0,
                max_cached_statement_lifetime=0,
                server_settings={"application_name": application_name},
            )
        except (ValueError, asyncpg.ClientConfigurationError):
            # Without the cause, because the driver's message may quote the password.
            raise SetupError(
                "SUPABASE_DB_URL is not a database URL",
                cure="write it as postgresql://user:password@host:5432/postgres",
                code="malformed_settings",
            ) from None
        except (*NO_ANSWER, asyncpg.PostgresError) as error:
            raise connection_trouble(error, what="refused the login") from None

    async def _dial_elsewhere(
        self, trouble: DatabaseTrouble, application_name: str, prepared: bool, timeout: float
    ) -> Connection:
        """With the URL as it is written now, if that is another one; else the trouble."""
        url = self._read_again() if self._read_again and trouble.sqlstate else None
        if url is None or url.get_secret_value() == self._database_url.get_secret_value():
            raise self._noted(trouble) from None
        log.warning("database_url_changed", reason="the login was refused; the new URL is tried")
        before, self._database_url = self._database_url, url
        try:
            return await self._dial(application_name, prepared, timeout)
        except DatabaseTrouble as again:
            raise self._noted(again) from None
        except SetupError as malformed:
            self._database_url = before
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


def connection_trouble(
    error: BaseException, *, what: str = "ended the connection"
) -> DatabaseTrouble:
    """For an error with which a connection ended, or never began.

    asyncpg hides the server's last word behind its own `ConnectionDoesNotExistError`.
    """
    said = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
    if isinstance(said, asyncpg.PostgresError) and said.severity is not None:
        # Not `str(said)`, which adds the detail.
        return connection_refusal(said.sqlstate or "XX000", str(said.args[0]), what=what)
    return DatabaseTrouble(f"the database did not answer: {type(said).__name__}")


async def settle(connection: Connection, *, statement_seconds: float, timeout: float) -> None:
    """Let the server end what its client cannot wait for any more; for a session of ours.

    `statement_seconds` is how long one statement may take. By `set`, because poolers
    refuse such parameters at the start of a connection.
    """
    await connection.fetchrow(_SETTINGS, int(statement_seconds * 1000), timeout=timeout)
    try:
        await connection.fetchrow(_WHERE_THE_SYSTEM_CAN, timeout=timeout)
    except asyncpg.PostgresError as error:
        if connection.is_closed():
            raise
        log.debug("session_setting_unknown", sqlstate=error.sqlstate)
