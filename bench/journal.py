"""What a worker under measurement writes down: when each handler started."""

from __future__ import annotations

import time

from bench.conversation import say


class Journal:
    """Rows in the order in which their handlers started, with the wall clock then.

    The same for every system, and cheap: it runs within what is measured.
    """

    def __init__(self) -> None:
        self.starts: list[tuple[str, float]] = []
        self._goal = 0

    def started(self, row_id: str) -> None:
        """A handler starts now."""
        self.starts.append((row_id, time.time()))
        if len(self.starts) == self._goal:
            say("reached")

    def tell_at(self, count: int) -> None:
        """Say `reached` as soon as so many handlers have started, also if they have."""
        self._goal = count
        if len(self.starts) >= count:
            say("reached")
