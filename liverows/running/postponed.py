"""Results that cannot be written now, because somebody holds their row locked.

Such a row holds up only itself: its result waits here and is sent again after a moment
that grows from a tenth of a second to two, while the results of other rows travel on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from liverows.database.messages import JobKey, Result
from liverows.running.workload import Workload

_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 2.0


class Postponed:
    """Moves results aside and back into the workload; `on_due` is called when one is back."""

    def __init__(self, load: Workload, on_due: Callable[[], None]) -> None:
        self._load = load
        self._on_due = on_due
        self._tries: dict[JobKey, int] = {}

    def postpone(self, result: Result) -> int:
        """Send this result again later; how often that was said of it."""
        tries = self._tries[result.key] = self._tries.get(result.key, 0) + 1
        self._load.postponed[result.key] = result
        self._load.suspect(result.key)
        wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10))
        asyncio.get_running_loop().call_later(wait, self._come_back, result.key)
        return tries

    def written(self, key: JobKey) -> None:
        """The result is written, or nobody wants it any more."""
        if self._tries:
            self._tries.pop(key, None)

    def _come_back(self, key: JobKey) -> None:
        result = self._load.postponed.pop(key, None)
        if result is None:
            self.written(key)  # the run was taken away meanwhile
        else:
            self._load.results[key] = result
            self._on_due()
