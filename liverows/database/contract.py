"""The SQL contract as this worker knows it: every function, its arguments and their types.

A worker changes nothing in the database but by these calls, always with named
arguments. A test holds the table below against the functions that the migrations make.
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
"""Argument names and SQL types, in order. An argument that is left out takes its default."""


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
"""What a running worker calls. Whatever is refused here is waited out, never the end."""


class Transport(Protocol):
    """A way to call the contract: a database connection, or the Data API.

    It may have `sessions`, the database sessions that stay ours, and `reachability`,
    what its calls found out about the database: see `sessions_of`, `reachability_of`.
    """

    kind: str

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of `FUNCTIONS` with the arguments given; its answer as JSON.

        Raises the error that `refusal` makes of the SQLSTATE, and `DatabaseTrouble` with
        code `database_unreachable` when no answer came: the call may have happened.
        `SetupError` comes only from functions that are not in `WORK`.
        """

    async def close(self) -> None:
        """Give back what is open."""


def _busy(message: str) -> DatabaseTrouble:
    return DatabaseTrouble(message, code="database_busy")


_RUN_ERRORS: Mapping[str, Callable[[str], WorkerError]] = {
    "RJ001": LeaseLost,
    "RJ002": Cancelled,
    "RJ004": partial(Permanent, code="bad_output"),
    # Deadlock, serialisation, lock or statement timeout, read-only for now; and what over
    # the Data API, which does not tell FATAL from ERROR, may be the server's own trouble or
    # a trigger's: the same call may work next time.
    **dict.fromkeys(("55P03", "25006", "PGRSTX00"), _busy),
    # PostgREST has no connection.
    **dict.fromkeys(("PGRST000", "PGRST001", "PGRST002", "PGRST003"), DatabaseTrouble),
    # A column, table or function that is gone: a migration or a detach at this very moment.
    **dict.fromkeys(("42703", "42P01"), partial(DatabaseTrouble, code="database_changing")),
    # A value that its column or jsonb does not take; the row is wrong, not the worker.
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
"""By the first two characters: connection, integrity, rollback, resources, an operator's
intervention (such as a timeout or a shutdown), and system errors."""
_UNFIT_LOGINS = frozenset({"28000", "28P01", "3D000"})
"""A login that the server itself refuses: wrong user, wrong password, no such database."""
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
"""By what Supavisor writes into its text, since its SQLSTATE is always XX000."""
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
    """The worker's error for an ERROR of the database; the codes are listed in SQL.

    Of a function in `WORK` it is never a `SetupError`: what is not known is
    `database_refused`, the trouble of this one statement.
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
    """For a FATAL of the server or of a pooler: it is the connection's trouble, whatever
    the SQLSTATE, because poolers say XX000 of everything."""
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
    """Whether a worker should not start with it: a person must mend the setup first."""
    return error.unfit or error.sqlstate in _MISSING or error.sqlstate in _CODES


def unfit(error: DatabaseTrouble) -> SetupError:
    """The same trouble as a reason to end, for a start or for a command."""
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
