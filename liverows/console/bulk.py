"""Actions on all rows that match a filter: planned, confirmed, done in small transactions."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from liverows.base.errors import InvalidInput, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject
from liverows.console.answers import one
from liverows.console.desk import Desk
from liverows.console.filters import Filter

log = get_logger(__name__)

ACTIONS: Mapping[str, str] = {
    "retry": "Retry",
    "retry_fresh": "Retry from the beginning",
    "retry_from": "Retry from a step",
    "cancel": "Cancel",
    "priority": "Change the priority",
}
"""By action, what the page calls it. `give_back` is only for one row."""

ROWS_A_CALL = 250
MOST_COUNTED = 100_000
MOST_KEPT = 100
_MOST_EXAMPLES = 20
_TRIES = 6


@dataclass(slots=True)
class Bulk:
    """One action on many rows. `state` is planned, running, done, stopped or failed."""

    action: str
    chosen: Filter
    argument: JsonObject
    arguments: JsonObject
    operator: str
    expected: int
    is_more: bool
    key: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    state: str = "planned"
    changed: int = 0
    refused: int = 0
    left: int = 0
    examples: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    task: asyncio.Task[None] | None = None

    @property
    def seen(self) -> int:
        """How many of the rows were looked at."""
        return self.changed + self.refused + self.left

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        if self.begun_at is None:
            return 0.0
        return ((self.ended_at or datetime.now(UTC)) - self.begun_at).total_seconds()


class Bulks:
    """The actions that operators of this console have planned or begun."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Bulk] = {}

    async def count(self, argument: JsonObject) -> tuple[int, bool]:
        """Return how many rows match a filter, and whether there are more than were counted."""
        told = await self._desk.ask("count_rows", filter=argument, most=MOST_COUNTED)
        answer = one(told, "count_rows")
        return int(answer["rows"]), bool(answer["more"])

    async def plan(self, action: str, chosen: Filter, arguments: JsonObject, operator: str) -> Bulk:
        """Count the rows and keep the plan until it is confirmed.

        Times of the filter are fixed now: what is confirmed is what was counted.
        """
        if action not in ACTIONS:
            raise InvalidInput(f"there is no action {action}; there are {', '.join(ACTIONS)}")
        if not chosen:
            raise InvalidInput("choose which rows are meant; a filter must name something")
        argument = chosen.argument()
        expected, is_more = await self.count(argument)
        bulk = Bulk(action, chosen, argument, arguments, operator, expected, is_more)
        self._make_room()
        self._known[bulk.key] = bulk
        return bulk

    def find(self, key: str) -> Bulk | None:
        """Return the action of this key, or None if it was never planned, or is forgotten."""
        return self._known.get(key)

    def start(self, bulk: Bulk) -> None:
        """Begin a planned action; one that was begun before goes on as it is."""
        if bulk.state == "planned":
            bulk.state, bulk.begun_at = "running", datetime.now(UTC)
            bulk.task = asyncio.create_task(self._carry_out(bulk), name="console bulk")

    async def stop(self, bulk: Bulk) -> None:
        """End an action; what is done stays done."""
        if bulk.task is not None and not bulk.task.done():
            bulk.task.cancel()
            await asyncio.wait([bulk.task])

    async def close(self) -> None:
        """End every action."""
        for bulk in self._known.values():
            await self.stop(bulk)

    def _make_room(self) -> None:
        """Forget the oldest actions, but none that runs: it goes on, and can be stopped."""
        others = [key for key, bulk in self._known.items() if bulk.state != "running"]
        for key in others[: max(0, len(self._known) + 1 - MOST_KEPT)]:
            del self._known[key]

    async def _carry_out(self, bulk: Bulk) -> None:
        try:
            after: Json = None
            while True:
                answer = await self._change(bulk, after)
                bulk.changed += int(answer["changed"])
                bulk.refused += int(answer["refused"])
                bulk.left += int(answer["left"])
                room = _MOST_EXAMPLES - len(bulk.examples)
                bulk.examples += list(answer["examples"])[:room]
                after = answer["next"]
                if after is None:
                    break
            bulk.state = "done"
        except asyncio.CancelledError:
            bulk.state = "stopped"
            raise
        except WorkerError as error:
            bulk.state, bulk.trouble = "failed", error.message
        except Exception as error:
            bulk.state, bulk.trouble = "failed", f"unexpected {type(error).__name__}"
            log.exception("bulk_action_failed", action=bulk.action, error=type(error).__name__)
        finally:
            bulk.ended_at = datetime.now(UTC)

    async def _change(self, bulk: Bulk, after: Json) -> dict[str, Any]:
        """Change the next rows. A repeated call finds only those that are not changed yet."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Transient),
            stop=stop_after_attempt(_TRIES),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            reraise=True,
        ):
            with attempt:
                told = await self._desk.ask(
                    "change_rows",
                    action=bulk.action,
                    filter=bulk.argument,
                    operator=bulk.operator,
                    arguments=bulk.arguments,
                    after=after,
                    max_rows=ROWS_A_CALL,
                )
                return one(told, "change_rows")
        raise AssertionError("unreachable: the last attempt raises")
