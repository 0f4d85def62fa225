"""The SQL contract as this worker knows it: every function, its arguments and their types.

A worker changes nothing in the database but by these calls, always with named
arguments. A test holds the table below against the functions that the migrations make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from worker.base.errors import (
    Cancelled,
    ContractMismatch,
    LeaseLost,
    Permanent,
    SetupError,
    Transient,
    WorkerError,
)
from worker.base.types import Json, JsonObject

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
    },
    "complete": {**_ROW, "outputs": "jsonb", "handover": "jsonb"},
    "fail": {
        **_ROW,
        "error": "jsonb",
        "retryable": "boolean",
        "retry_after": "double precision",
    },
    "retry_later": {
        **_ROW,
        "error": "jsonb",
        "retry_after": "double precision",
        "spends_attempt": "boolean",
        "provider": "text",
    },
    "release": _ROW,
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
    },
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
    "spending": {"since": "timestamp with time zone", "owner": "text"},
    "pause": {"pipeline": "text", "paused": "boolean"},
    "prune": {
        "events_older_than": "interval",
        "workers_older_than": "interval",
        "max_rows": "integer",
    },
}
"""Argument names and SQL types, in order. An argument that is left out takes its default."""


class Transport(Protocol):
    """A way to call the contract: a database connection, or the Data API."""

    kind: str

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of `FUNCTIONS` with the arguments given; its answer as JSON.

        Raises the error that `refusal` makes of the SQLSTATE, and `Transient` with
        code `database_unreachable` when no answer came: the call may have happened.
        """

    async def close(self) -> None:
        """Give back what is open."""


_RUN_ERRORS: Mapping[str, Callable[[str], WorkerError]] = {
    "RJ001": LeaseLost,
    "RJ002": Cancelled,
    "RJ004": partial(Permanent, code="bad_output"),
    # Deadlock, serialisation, lock or statement timeout, no free connection, or read-only
    # for now, as a full disk makes a hosted project: the same call may work next time.
    **dict.fromkeys(
        ("40001", "40P01", "55P03", "57014", "25006", "PGRST003", "PGRSTX00"),
        partial(Transient, code="database_busy"),
    ),
    **dict.fromkeys(
        ("57P01", "57P02", "57P03", "53300", "PGRST000", "PGRST001", "PGRST002"),
        partial(Transient, code="database_unreachable"),
    ),
    # A column or table that is gone: somebody detached a queue at this very moment.
    **dict.fromkeys(("42703", "42P01"), partial(Transient, code="database_changing")),
    # A value that its column or jsonb does not take; the row is wrong, not the worker.
    **dict.fromkeys(
        ("22001", "22003", "22007", "22008", "22021", "22P02", "22P05"),
        partial(Permanent, code="bad_output"),
    ),
}
_CLASSES: Mapping[str, Callable[[str], WorkerError]] = {
    "08": partial(Transient, code="database_unreachable"),
    "23": partial(Permanent, code="bad_output"),
    "53": partial(Transient, code="database_busy"),
    "58": partial(Transient, code="database_busy"),
}
"""By the first two characters: connection, integrity, resources, and system errors."""
_CURES: Mapping[str, str] = {
    "RJ003": "`worker doctor` lists what is attached; see processing.attach",
    "42501": "connect as postgres, service_role or a login role that is granted `worker`",
    "P0002": "check the table and the row's key",
}
_CODES: Mapping[str, str] = {"42501": "not_permitted", "P0002": "not_found"}
_MISSING = frozenset({"3F000", "42883", "PGRST106", "PGRST202"})


def refusal(sqlstate: str, message: str, hint: str | None = None) -> WorkerError:
    """The worker's error for what the database answered; the codes are listed in SQL."""
    known_error = _RUN_ERRORS.get(sqlstate) or _CLASSES.get(sqlstate[:2])
    if known_error is not None:
        return known_error(message)
    if sqlstate in _MISSING:
        return ContractMismatch(
            f"schema {SCHEMA} is not there as this worker needs it: {message}",
            cure="run `worker migrate`; on a hosted project also list the schema "
            f"{SCHEMA} under API settings, Exposed schemas",
        )
    known = sqlstate.startswith("RJ") or sqlstate in _CURES
    return SetupError(
        message if known else f"the database answered {sqlstate}: {message}",
        cure=hint or _CURES.get(sqlstate, "see the database's log"),
        code=_CODES.get(sqlstate, "refused" if known else "database_error"),
    )
