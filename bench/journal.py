"""Where a measured worker notes when each handler started."""

from __future__ import annotations

import time

from bench.conversation import say


class Journal:
    """Rows in the order in which their handlers started, each with the time of the wall clock.

    Every system uses the same journal. It is cheap, because its cost is part of the measurement.
    """

    def __init__(self) -> None:
        self.starts: list[tuple[str, float]] = []
        self._goal = 0

    def started(self, row_id: str) -> None:
        """Note that a handler starts now."""
        self.starts.append((row_id, time.time()))
        if len(self.starts) == self._goal:
            say("reached")

    def tell_at(self, count: int) -> None:
        """Send `reached` as soon as so many handlers have started; perhaps they have already."""
        self._goal = count
        if len(self.starts) >= count:
            say("reached")
