"""Rows for which a recipe waits, and the end of a run that has to wait for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from liverows.base.errors import Permanent
from liverows.base.json_values import fingerprint
from liverows.base.types import Json, JsonObject
from liverows.database.messages import AwaitedRow

WAIT = "@wait"
"""The name of the checkpoints that hold the answers to waits."""


class RowWaits(BaseException):
    """Ends a run whose row waits for other rows. The database has ended the run already.

    It is not an `Exception`, so that a recipe that catches errors does not catch it.
    """


def distinct(ids: Iterable[object]) -> list[str]:
    """Return the keys as text, each once; `Permanent` for one text instead of several keys."""
    if isinstance(ids, str | bytes):
        raise Permanent("wait_for takes a list of keys, not one text", code="internal")
    return list(dict.fromkeys(map(str, ids)))


def named(table: str, ids: Iterable[str], nth: int) -> str:
    """Return the name of a recipe's `nth` wait for these rows, whatever their order."""
    return fingerprint({"table": table, "ids": sorted(ids), "nth": nth})


def stored(rows: Iterable[AwaitedRow]) -> Json:
    """Return the rows as they are stored in a checkpoint."""
    return [
        {
            "id": row.id,
            "status": row.status,
            "error_code": row.error_code,
            "set_aside": row.set_aside,
        }
        for row in rows
    ]


def read(output: Json) -> tuple[AwaitedRow, ...]:
    """Return the rows in a stored checkpoint."""
    return tuple(
        AwaitedRow(
            id=str(one["id"]),
            status=one["status"],  # type: ignore[arg-type]  # written by the contract
            error_code=None if one["error_code"] is None else str(one["error_code"]),
            set_aside=bool(one["set_aside"]),
        )
        for one in cast("list[JsonObject]", output)
    )
