"""The SQL contract as this worker knows it: every function, its arguments and their types.

A worker changes the database only through these functions, always with named arguments.
A test compares the table below with the functions that the migrations create.
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

SCHEMA = "processing"
CONTRACT_VERSION = 1

_ROW = {"worker": "uuid", "table_name": "text", "row_id": "text", "run": "bigint"}

FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "contract_version": {},
    "list_pipelines": {},
    "claim": {
        "worker": "uuid",
        "pipelines": "text[]",
        "slots": "integer",
        "sweep": "boolean",
        "woken_by": "text",
        "busy": "text[]",
        "kept": "integer",
        "slow": "boolean",
    },
    "finish": {"worker": "uuid", "results": "jsonb"},
    "finish_and_claim": {
        "worker": "uuid",
        "results": "jsonb",
        "pipelines": "text[]",
        "slots": "integer",
        "sweep": "boolean",
        "woken_by": "text",
        "busy": "text[]",
        "kept": "integer",
        "slow": "boolean",
    },
    "checkpoint": {
        **_ROW,
        "nonce": "uuid",
        "step": "text",
        "version": "text",
        "input_hash": "text",
        "output": "jsonb",
        "keep": "text",
        "max_age_seconds": "double precision",
        "shareable": "boolean",
        "details": "jsonb",
        "spent": "jsonb",
    },
    "begin_call": {
        **_ROW,
        "nonce": "uuid",
        "step": "text",
        "version": "text",
        "input_hash": "text",
        "tries": "integer",
        "after_answer": "boolean",
    },
    "spend": {"worker": "uuid", "entries": "jsonb", "answered": "jsonb"},
    "shared_checkpoint": {
        "pipeline": "text",
        "step": "text",
        "version": "text",
        "input_hash": "text",
    },
    "progress": {
        **_ROW,
        "nonce": "uuid",
        "stage": "text",
        "percent": "integer",
        "outputs": "jsonb",
    },
    "heartbeat": {
        "worker": "uuid",
        "held": "jsonb",
        "info": "jsonb",
        "claim_timeout_seconds": "double precision",
        "ended": "uuid[]",
    },
    "take_back": {"worker": "uuid"},
    "sign_off": {"worker": "uuid"},
    "ping_doorbell": {"nonce": "text"},
    "cancel": {"table_name": "text", "row_id": "text", "requested_by": "uuid"},
    "retry": {
        "table_name": "text",
        "row_id": "text",
        "fresh": "boolean",
        "requested_by": "uuid",
    },
    "reset_edited": {
        "table_name": "text",
        "row_id": "text",
        "columns": "text[]",
        "requested_by": "uuid",
    },
    "redrive": {
        "pipeline": "text",
        "error_code": "text",
        "failed_since": "timestamp with time zone",
        "fresh": "boolean",
        "max_rows": "integer",
    },
    "explain": {"table_name": "text", "row_id": "text"},
    "overview": {},
    "forget_owner": {"owner": "text"},
    "spending": {"since": "timestamp with time zone", "owner": "text"},
    "pause": {"pipeline": "text", "paused": "boolean"},
    "prune": {
        "events_older_than": "interval",
        "workers_older_than": "interval",
        "max_rows": "integer",
    },
}
"""Argument names and SQL types, in order. An argument that is left out gets its default."""


WORK = frozenset(
    {
        "claim",
        "finish",
        "finish_and_claim",
        "checkpoint",
        "begin_call",
        "spend",
        "shared_checkpoint",
        "progress",
        "heartbeat",
        "take_back",
        "sign_off",
        "ping_doorbell",
    }
)
"""The functions that a running worker calls. If the database refuses one of these calls, the
worker waits until the trouble is over; it never stops because of it."""


class Transport(Protocol):
    """A way to call the contract: a database connection, or the Data API.

    A transport may have two more attributes: `sessions`, the database sessions that stay
    open for this process, and `reachability`, which says whether the database answered its
    last call. They are read by `sessions_of` and `reachability_of`.
    """

    kind: str

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of `FUNCTIONS` with the arguments given; returns its answer as JSON.

        Raises the error that `refusal` makes of the SQLSTATE. When no answer came, it raises
        `DatabaseTrouble` with code `database_unreachable`; the function may have run even so.
        Only functions that are not in `WORK` raise a `SetupError`.
        """

    async def close(self) -> None:
        """Close the open connections."""


def _busy(message: str) -> DatabaseTrouble:
    return DatabaseTrouble(message, code="database_busy")


_RUN_ERRORS: Mapping[str, Callable[[str], WorkerError]] = {
    "RJ001": LeaseLost,
    "RJ002": Cancelled,
    "RJ004": partial(Permanent, code="bad_output"),
    # A lock timeout, a server that only reads for now, and an internal error of PostgREST.
    # The same call may work next time.
    **dict.fromkeys(("55P03", "25006", "PGRSTX00"), _busy),
    # PostgREST has no connection to the database.
    **dict.fromkeys(("PGRST000", "PGRST001", "PGRST002", "PGRST003"), DatabaseTrouble),
    # A column or a table is gone: a migration or a detach is just under way.
    **dict.fromkeys(("42703", "42P01"), partial(DatabaseTrouble, code="database_changing")),
    # The column, or jsonb, does not take the value. The row is wrong, not the worker.
    **dict.fromkeys(
        ("22001", "22003", "22007", "22008", "22021", "22P02", "22P05", "54000"),
        partial(Permanent, code="bad_output"),
    ),
}
_CLASSES: Mapping[str, Callable[[str], WorkerError]] = {
    "08": _busy,
    "23": partial(Permanent, code="bad_output"),
    "40": _busy,
    "53": _busy,
    "57": _busy,
    "58": _busy,
}
"""Errors by the first two characters of the SQLSTATE: connection (08), integrity (23), rollback
such as a deadlock (40), resources (53), an operator's intervention such as a timeout or a
shutdown (57), and system errors (58)."""
_UNFIT_LOGINS = frozenset({"28000", "28P01", "3D000"})
"""The server itself refuses the login: wrong user, wrong password, no such database."""
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
"""Cures by a word in Supavisor's message, because its SQLSTATE is always XX000."""
_SERVER_CURES: Mapping[str, str] = {
    "53300": "raise max_connections, or let fewer processes connect; each worker needs three",
    "57P01": "nothing to do: the server ended the connection and another is opened",
    "57P03": "nothing to do: the server starts or stops",
}
_CURES: Mapping[str, str] = {
    "RJ003": "`liverows doctor` lists what is attached; see processing.attach",
    "42501": "connect as postgres, service_role or a login role that is granted `worker`",
    "P0002": "check the table and the row's key",
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
    """The worker's error for an ERROR of the database. The migrations list the RJ… codes.

    For a function in `WORK` the result is never a `SetupError`. An unknown SQLSTATE becomes
    `database_refused`, which concerns this one statement only.
    """
    known_error = _RUN_ERRORS.get(sqlstate) or _CLASSES.get(sqlstate[:2])
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
    """The worker's error for a FATAL of the server or of a pooler. It always concerns the
    connection, whatever its SQLSTATE, because poolers use XX000 for every error."""
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
    """Whether the worker should not start, because a person must repair the setup first."""
    return error.unfit or error.sqlstate in _MISSING or error.sqlstate in _CODES


def unfit(error: DatabaseTrouble) -> SetupError:
    """The same trouble as an error that ends a start or a command."""
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
