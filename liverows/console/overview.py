"""The page Overview: pipelines, workers, providers and what is spent today."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from liverows.base.types import Json
from liverows.console.answers import many, one
from liverows.console.desk import Desk
from liverows.console.trends import BUCKET_SECONDS, Trend, first_moment, trends_of

SLOW_SECONDS = 30.0
"""How old the charts and sums may be; they cost more to read than the counts."""
QUIET_SECONDS = 30
"""After so many seconds without a sign of life a worker counts as gone."""

Ask = Callable[..., Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What changes slowly: trends by pipeline, dollars of today by pipeline, and budgets.

    `budgets` are those of which something is used, and `unused` how many others there are.
    """

    trends: dict[str, Trend] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    budgets: list[dict[str, Any]] = field(default_factory=list)
    unused: int = 0


class Overview:
    """Reads the overview, and keeps for a while what is dear to read."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sums = _Sums()
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def read(self, ask: Ask) -> dict[str, Any]:
        """Return what the page shows; `ask` is a method of the desk."""
        seen = one(await ask("overview"), "overview")
        # A page does not wait for a live one that reads just now, each call in its turn.
        if self._read_at is None or not self._reading.locked():
            async with self._reading:
                if self._read_at is None or time.monotonic() - self._read_at > SLOW_SECONDS:
                    self._sums = await self._read_sums(ask)
                    self._read_at = time.monotonic()
        sums = self._sums
        pipelines = [self._line(line, sums) for line in seen["pipelines"]]
        workers = seen["workers"]
        return seen | {
            "pipelines": pipelines,
            "sums": sums,
            "busy": any(line["processing"] or line["due"] for line in pipelines),
            "closed": [
                {"provider": name, "seconds": seconds}
                for name, seconds in seen["providers_closed"].items()
            ],
            "alive": [each for each in workers if each["beat_seconds_ago"] <= QUIET_SECONDS],
            "gone": [each for each in workers if each["beat_seconds_ago"] > QUIET_SECONDS],
            "spent_today": sum(sums.spent.values()),
            "failed": sum(line["failed"] for line in pipelines),
            "oldest": max(
                (float(line["oldest_due_seconds"] or 0) for line in pipelines), default=0.0
            )
            or None,
        }

    @staticmethod
    def _line(line: dict[str, Any], sums: _Sums) -> dict[str, Any]:
        pipeline = line["pipeline"]
        trend = sums.trends.get(pipeline)
        return line | {
            "trend": trend,
            "failed": trend.failed if trend else 0,
            "spent": sums.spent.get(pipeline, 0),
            # A table that cannot be read has no counts.
            "pending_known": line["pending"] or 0,
            "due_known": line["due"] or 0,
        }

    async def _read_sums(self, ask: Ask) -> _Sums:
        now = datetime.now(UTC)
        start = first_moment(now)
        told = await self._known(
            ask, "history", since=start.isoformat(), bucket_seconds=BUCKET_SECONDS
        )
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        spent = defaultdict[str, float](float)
        for line in many(await ask("spending", since=midnight.isoformat()), "spending"):
            spent[line["pipeline"]] += float(line["cost_usd"] or 0)
        budgets = await self._known(ask, "budgets")
        used = [each for each in budgets if each["spent"] or each["reserved"] or each["reached"]]
        return _Sums(trends_of(told, start), dict(spent), used, len(budgets) - len(used))

    async def _known(self, ask: Ask, function: str, **arguments: Json) -> list[dict[str, Any]]:
        """Ask a function that a part of the page needs; that part is left out without it."""
        if not self._desk.has(function):
            return []
        return many(await ask(function, **arguments), function)
