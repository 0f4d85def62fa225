"""For how long the doorbells of a worker have not worked."""

from __future__ import annotations

from collections.abc import Iterable

from liverows.base.clock import Clock
from liverows.base.types import JsonObject
from liverows.doorbells.doorbell import Doorbell


class DeafTimes:
    """Remembers when each doorbell worked last. A new doorbell counts as working until now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._worked_at: dict[str, float] = {}

    def seconds(self, doorbells: Iterable[Doorbell]) -> JsonObject:
        """Return by name for how many whole seconds each of them has not worked; 0 if it works."""
        now = self._clock.monotonic()
        told: JsonObject = {}
        for bell in doorbells:
            if bell.working():
                self._worked_at[bell.name] = now
            told[bell.name] = round(now - self._worked_at.setdefault(bell.name, now))
        return told
