"""What an error of asyncpg means: the one translation for every connection of a process.

An error that the server sends as the answer to a statement belongs to that statement, and the
connection goes on. Every other error is the end of the connection.
"""

from __future__ import annotations

import asyncpg

from liverows.base.errors import DatabaseTrouble, Permanent, WorkerError
from liverows.database.contract import connection_refusal, refusal
from liverows.database.sessions import Connection

NO_ANSWER = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises where no error of the server arrived."""
DRIVER_ERRORS = (*NO_ANSWER, asyncpg.PostgresError)


def is_answer(error: BaseException, connection: Connection) -> bool:
    """Whether the server answered a statement with this error and goes on with the session."""
    if not isinstance(error, asyncpg.PostgresError) or connection.is_closed():
        return False
    return not isinstance(error, asyncpg.ConnectionDoesNotExistError)


def trouble_of(
    error: BaseException, connection: Connection, *, function: str | None = None
) -> WorkerError:
    """The library's error for an error with which a statement on this connection ended."""
    if isinstance(error, asyncpg.PostgresError) and is_answer(error, connection):
        return statement_refusal(error, function)
    return connection_trouble(error)


def statement_refusal(error: asyncpg.PostgresError, function: str | None = None) -> WorkerError:
    """For the server's answer to a call of this function of the contract, or to other SQL."""
    if isinstance(error, asyncpg.DataError) and error.severity is None:
        # Raised by asyncpg itself before it sends anything, and its message quotes the value.
        return Permanent("a value cannot be sent to the database", code="bad_output")
    # Not `str(error)`: that adds the detail, which quotes the row.
    return refusal(error.sqlstate or "XX000", str(error.args[0]), error.hint, function=function)


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
