"""Translates the errors of asyncpg into the library's errors.

Errors that are no answer of the server usually count as a broken connection.
"""

from __future__ import annotations

import os
import socket
import ssl

import asyncpg

from liverows.base.errors import DatabaseTrouble, Permanent, WorkerError
from liverows.database.contract import connection_refusal, refusal
from liverows.database.sessions import Connection

NO_ANSWER = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Classes of errors that are raised when no error message came from the server."""
DRIVER_ERRORS = (*NO_ANSWER, asyncpg.PostgresError)

_CERTIFICATE_CURE = (
    "renew the server's certificate, or correct the host name or sslrootcert of SUPABASE_DB_URL"
)
_FILES_CURE = "check the files that SUPABASE_DB_URL names, such as sslrootcert or a socket's folder"


def is_answer(error: BaseException, connection: Connection) -> bool:
    """Whether only a statement failed, and the session is still open."""
    if not isinstance(error, asyncpg.PostgresError) or connection.is_closed():
        return False
    return not isinstance(error, asyncpg.ConnectionDoesNotExistError)


def trouble_of(
    error: BaseException, connection: Connection, *, function: str | None = None
) -> WorkerError:
    """Return the library's error for an error that a statement on this connection raised.

    `function` is the called function of the contract; None for other SQL.
    """
    if isinstance(error, asyncpg.PostgresError) and is_answer(error, connection):
        return statement_refusal(error, function)
    return connection_trouble(error)


def statement_refusal(error: asyncpg.PostgresError, function: str | None = None) -> WorkerError:
    """Return the library's error for a refused statement, or for a value that asyncpg cannot send.

    `function` is the called function of the contract; None for other SQL.
    """
    if isinstance(error, asyncpg.DataError) and error.severity is None:
        # asyncpg itself raised this error, and its message quotes the value.
        return Permanent("a value cannot be sent to the database", code="bad_output")
    # `str(error)` would add the server's DETAIL, which may quote the row.
    return refusal(error.sqlstate or "XX000", str(error.args[0]), error.hint, function=function)


def connection_trouble(
    error: BaseException, *, what: str = "ended the connection"
) -> DatabaseTrouble:
    """Return the library's error for a connection that broke or could not be opened.

    The server's last error may be the `__cause__` of asyncpg's error.
    """
    said = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
    if isinstance(said, asyncpg.PostgresError) and said.severity is not None:
        # `str(said)` would add the server's DETAIL, which may quote the row.
        return connection_refusal(said.sqlstate or "XX000", str(said.args[0]), what=what)
    if isinstance(said, ssl.SSLCertVerificationError):
        return DatabaseTrouble(
            f"the database's certificate was refused: {said.verify_message}",
            cure=_CERTIFICATE_CURE,
            unfit=True,
        )
    in_files = isinstance(said, ssl.SSLError | FileNotFoundError | PermissionError)
    cure = _FILES_CURE if in_files else None
    return DatabaseTrouble(f"the database did not answer: {_named(said)}", cure=cure)


def _named(error: BaseException) -> str:
    """Return the error's class, and of a class that says nothing also what the system says."""
    name = type(error).__name__
    if isinstance(error, socket.gaierror):
        return f"{name}: {error.strerror}"
    if type(error) is OSError and error.errno is not None:
        return f"{name}: {os.strerror(error.errno)}"
    return name
