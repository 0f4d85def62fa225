"""Short ways to set and read budgets, and to reserve what a paid call can use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.library.sql.questions import PIPELINE
from tests.support.queue import Connection, Queue, Row

BOUND = {"calls": 1, "cost_usd": 0.05}
"""The most that one call of these tests can use."""


def reserve(queue: Queue, row: Row, amounts: dict[str, float], **more: Any) -> dict[str, Any]:
    """Reserve; answers `refused`, or {} and the reservation."""
    reservation = more.pop("reservation", None) or str(uuid4())
    answer: dict[str, Any] = queue.call(
        "reserve", worker=queue.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], reservation=reservation, amounts=amounts, **more,
    )  # fmt: skip
    return answer or {"reservation": reservation}


def budget(
    connection: Connection, measure: str, most: float | None, **scope: Any
) -> dict[str, Any]:
    limit = None if most is None else Decimal(str(most))
    answer: dict[str, Any] = Queue(connection).call(
        "set_budget", measure=measure, most=limit, operator="ann", **scope
    )
    return answer


def lines(queue: Queue) -> list[dict[str, Any]]:
    """The lines of `budgets`, without those of the application's own pipelines."""
    return [line for line in queue.call("budgets") if line["pipeline"] in (None, PIPELINE)]


def line(queue: Queue, **wanted: Any) -> dict[str, Any]:
    """The only line of `budgets` with these values."""
    (found,) = [
        line for line in lines(queue) if all(line[name] == value for name, value in wanted.items())
    ]
    return dict(found)
