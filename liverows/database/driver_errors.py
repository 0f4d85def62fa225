"""What an error of asyncpg means: the one translation for every connection of a process.

If the server answers a statement with an error, only that statement has failed and the
connection can still be used. After every other error the connection is lost.
"""

from __future__ import annotations

import asyncpg

from liverows.base.errors import DatabaseTrouble, Permanent, WorkerError
from liverows.database.contract import connection_refusal, refusal
from liverows.database.sessions import Connection

NO_ANSWER = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises when no error of the server arrived."""
DRIVER_ERRORS = (*NO_ANSWER, asyncpg.PostgresError)


def is_answer(error: BaseException, connection: Connection) -> bool:
    """Whether the server answered a statement with this error and keeps the session open."""
    if not isinstance(error, asyncpg.PostgresError) or connection.is_closed():
        return False
    return not isinstance(error, asyncpg.ConnectionDoesNotExistError)


def trouble_of(
    error: BaseException, connection: Connection, *, function: str | None = None
) -> WorkerError:
    """The library's error for an error that a statement on this connection raised."""
    if isinstance(error, asyncpg.PostgresError) and is_answer(error, connection):
        return statement_refusal(error, function)
    return connection_trouble(error)


def statement_refusal(error: asyncpg.PostgresError, function: str | None = None) -> WorkerError:
    """The library's error when the server refused a statement.

    `function` is the function of the contract that was called; None for other SQL.
    """
    if isinstance(error, asyncpg.DataError) and error.severity is None:
        # asyncpg itself raised this before it sent anything. Its message quotes the value, so
        # the message is not repeated.
        return Permanent("a value cannot be sent to the database", code="bad_output")
    # Not `str(error)`, because that adds the detail, which quotes the row.
    return refusal(error.sqlstate or "XX000", str(error.args[0]), error.hint, function=function)


def connection_trouble(
    error: BaseException, *, what: str = "ended the connection"
) -> DatabaseTrouble:
    """The library's error when a connection broke, or could not be opened.

    asyncpg raises its own `ConnectionDoesNotExistError`; the server's last error, which says
    more, is the cause of it.
    """
    said = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
    if isinstance(said, asyncpg.PostgresError) and said.severity is not None:
        # Not `str(said)`, because that adds the detail, which quotes the row.
        return connection_refusal(said.sqlstate or "XX000", str(said.args[0]), what=what)
    return DatabaseTrouble(f"the database did not answer: {type(said).__name__}")
