"""The SQL contract: its version, how its functions are called, and the errors they raise.

The functions themselves are listed in `functions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from liverows.base.errors import (
    Cancelled,
    ContractMismatch,
    DatabaseTrouble,
    LeaseLost,
    Permanent,
    SetupError,
    Unreachable,
    WorkerError,
)
from liverows.base.types import Json, JsonObject
from liverows.database.functions import WORK

SCHEMA = "processing"
CONTRACT_VERSION = 1
"""A release may raise it by one, when SQL gains something that older workers do not know. SQL and
workers whose versions differ by at most one work together, so that they can be updated one after
the other, without a stop."""

YOUNG_ARGUMENTS: Mapping[tuple[str, str], int] = {}
"""By function and argument, the contract version that brought the argument. A database of an
earlier version is called without it. Versions that no worker supports any more are left out."""


def works_with(version: object) -> bool:
    """Whether this worker works with a database of this contract version."""
    return isinstance(version, int) and abs(version - CONTRACT_VERSION) <= 1


def understood(function: str, arguments: JsonObject, version: int) -> JsonObject:
    """Return the arguments that the function has in a database of this contract version."""
    young = {
        name
        for (of_function, name), since in YOUNG_ARGUMENTS.items()
        if of_function == function and since > version
    }
    return {name: value for name, value in arguments.items() if name not in young}


class Transport(Protocol):
    """A way to call the contract: over database connections, or over the Data API.

    A transport may have three more attributes: `sessions`, the database sessions that stay open
    for this process, `reachability`, which says when the database last answered, and `renew`, a
    method that makes the next calls go over new sessions and returns true. The functions
    `sessions_of` and `reachability_of` read the first two.
    """

    kind: str

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of `FUNCTIONS` with these arguments; return its answer as JSON.

        If the database refuses the call, raises the error that `refusal` makes of the SQLSTATE. If
        no answer comes, raises `DatabaseTrouble` with code `database_unreachable`; the function may
        have run even so. If the password or the key is refused, a function in `WORK` raises
        `DatabaseTrouble`, usually marked `unfit`, and another function usually `SetupError`. Raises
        `SetupError` for a malformed URL or key, and `Permanent` for a value that cannot be sent.
        """

    async def close(self) -> None:
        """Close the open connections of this transport."""


def _busy(message: str) -> DatabaseTrouble:
    return DatabaseTrouble(message, code="database_busy")


_RUN_ERRORS: Mapping[str, Callable[[str], WorkerError]] = {
    "RJ001": LeaseLost,
    "RJ002": Cancelled,
    "RJ004": partial(Permanent, code="bad_output"),
    "RJ011": partial(Permanent, code="bad_wait"),
    # A lock that was not free, a transaction that may not write, and an internal PostgREST error.
    # The same call may work next time.
    **dict.fromkeys(("55P03", "25006", "PGRSTX00"), _busy),
    # PostgREST itself got no working connection to the database.
    **dict.fromkeys(("PGRST000", "PGRST001", "PGRST002", "PGRST003"), DatabaseTrouble),
    # A column or a table is missing, perhaps because a migration or a detach runs just now.
    **dict.fromkeys(("42703", "42P01"), partial(DatabaseTrouble, code="database_changing")),
    # An error in a value, such as a wrong form for a type, or a limit of Postgres (54000).
    **dict.fromkeys(
        ("22001", "22003", "22007", "22008", "22021", "22P02", "22P05", "54000"),
        partial(Permanent, code="bad_output"),
    ),
}
_SERVER_IS_FULL = (
    "database is not accepting commands",
    "too many notifications in the NOTIFY queue",
)
"""The first words of messages with SQLSTATE 54000 that say nothing about a value: the server has
used up its transaction ids or its notification queue, and refuses writes until that is mended."""
_CLASSES: Mapping[str, Callable[[str], WorkerError]] = {
    "08": _busy,
    "23": partial(Permanent, code="bad_output"),
    "40": _busy,
    "53": _busy,
    "57": _busy,
    "58": _busy,
}
"""Errors by the first two characters of the SQLSTATE, for a SQLSTATE that `_RUN_ERRORS` does not
have: connection (08), integrity (23), rollback such as a deadlock (40), resources (53), an
operator's intervention such as a timeout or a shutdown (57), and system errors (58)."""
_UNFIT_LOGINS = frozenset({"28000", "28P01", "3D000"})
"""SQLSTATEs with which the server refuses a login: not authorized (28000), wrong password (28P01)
and no such database (3D000)."""
_LOGIN_CURE = "check SUPABASE_DB_URL: host, port, user, password and database"
_POOLER_CURES: Mapping[str, str] = {
    "EMAXCONNSESSION": "raise the pooler's pool size, or let fewer processes connect; each "
    "worker needs three connections",
    "EMAXCLIENTCONN": "let fewer processes connect, or choose a larger compute size",
    "ECHECKOUTTIMEOUT": "the pooler found no free connection; look for long transactions",
    "ECIRCUITBREAKER": "the pooler shut us out after wrong logins; check the password, and wait",
    "ENOTFOUND": "check the user (postgres.<project>) and the pooler's host; "
    "a paused project is not found either",
    "not found": "check the user (postgres.<project>) and the pooler's host; "
    "a paused project is not found either",
}
"""What a person can do, by a part of the message of an error with SQLSTATE XX000. The pooler
Supavisor sends such errors."""
_SERVER_CURES: Mapping[str, str] = {
    "53300": "raise max_connections, or let fewer processes connect; each worker needs three",
    "57P01": "nothing to do: the server ended the connection and another is opened",
    "57P03": "nothing to do: the server starts or stops",
}
_CURES: Mapping[str, str] = {
    "RJ003": "`liverows doctor` lists what is attached; see processing.attach",
    "42501": "connect as postgres, service_role or a login role that is granted `liverows_worker`",
    "P0002": "check the table and the row's key",
    "22023": "correct the argument; `liverows doctor` lists what is attached",
}
_CODES: Mapping[str, str] = {"42501": "not_permitted", "P0002": "not_found"}
_MISSING = frozenset({"3F000", "42883", "PGRST106", "PGRST202"})
_MISSING_CURE = (
    "run `liverows migrate`; on a hosted project also list the schema "
    f"{SCHEMA} under API settings, Exposed schemas"
)


def refusal(
    sqlstate: str, message: str, hint: str | None = None, *, function: str | None = None
) -> WorkerError:
    """Return the library's error for an ERROR with which the database refused a statement.

    `function` is the function of the contract that was called. A SQLSTATE that is neither in
    `_RUN_ERRORS` nor in `_CLASSES` becomes a `DatabaseTrouble` for a function in `WORK`, and a
    `SetupError` for any other statement. The first migration lists the RJ… codes.
    """
    known_error = _RUN_ERRORS.get(sqlstate) or _CLASSES.get(sqlstate[:2])
    if message.startswith(_SERVER_IS_FULL):
        known_error = _busy
    if known_error is not None:
        error = known_error(message)
    elif function in WORK:
        error = _statement_trouble(sqlstate, message, hint)
    else:
        error = _setup_error(sqlstate, message, hint)
    error.sqlstate = sqlstate
    return error


def connection_refusal(
    sqlstate: str, message: str, *, what: str = "refused the login"
) -> DatabaseTrouble:
    """Return the library's error for a refused login, or for an error that ended the connection.

    The returned error has the code `database_unreachable` for every SQLSTATE. `what` completes the
    sentence "the database …".
    """
    return DatabaseTrouble(
        f"the database {what}: {message}",
        sqlstate=sqlstate,
        cure=_connection_cure(sqlstate, message),
        unfit=sqlstate in _UNFIT_LOGINS,
    )


def _connection_cure(sqlstate: str, message: str) -> str:
    if sqlstate == "XX000":
        cures = (cure for word, cure in _POOLER_CURES.items() if word in message)
        return next(cures, _LOGIN_CURE)
    return _SERVER_CURES.get(sqlstate, _LOGIN_CURE)


def is_unfit(error: DatabaseTrouble) -> bool:
    """Whether a person must repair the cause of this trouble before a worker can start."""
    return error.unfit or error.sqlstate in _MISSING or error.sqlstate in _CODES


def unfit(error: DatabaseTrouble) -> SetupError:
    """Return the trouble as an `Unreachable`, an error that ends a start or a command."""
    return Unreachable(error.message, cure=error.cure or _LOGIN_CURE)


def _statement_trouble(sqlstate: str, message: str, hint: str | None) -> DatabaseTrouble:
    if sqlstate in _MISSING:
        code = "database_changing" if sqlstate.startswith("PGRST") else "database_refused"
        return DatabaseTrouble(message, code=code, cure=hint or _MISSING_CURE)
    return DatabaseTrouble(message, code="database_refused", cure=hint or _CURES.get(sqlstate))


def _setup_error(sqlstate: str, message: str, hint: str | None) -> SetupError:
    if sqlstate in _MISSING:
        return ContractMismatch(
            f"schema {SCHEMA} is not there as this worker needs it: {message}", cure=_MISSING_CURE
        )
    known = sqlstate.startswith("RJ") or sqlstate in _CURES
    return SetupError(
        message if known else f"the database answered {sqlstate}: {message}",
        cure=hint or _CURES.get(sqlstate, "see the database's log"),
        code=_CODES.get(sqlstate, "refused" if known else "database_error"),
    )
