"""Decides which pipelines the next claim asks for: usually all of them.

The SQL of a claim sets broken rows aside, but it cannot catch an error at the commit, for instance.
So the group of a claim that is refused as a whole is split into two, which are asked for in turn.
A pipeline that is refused alone waits before its next try.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from liverows.base.clock import Clock
from liverows.base.logger import get_logger
from liverows.database.client import Asked
from liverows.running.workload import Workload

log = get_logger(__name__)

_TURN_SECONDS = 0.25
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0


class Asking:
    """Groups of pipelines that are asked for in turn.

    With several pipelines, a claim leaves its last `kept` slots to those of which this worker holds
    no row.
    """

    def __init__(self, names: Iterable[str], load: Workload, clock: Clock, kept: int = 1) -> None:
        self._load = load
        self._clock = clock
        self._reserved = min(kept, load.slots - 1)
        self.serve(names)

    def serve(self, names: Iterable[str]) -> None:
        """Ask for these pipelines from now on, in one group, and forget earlier refusals."""
        self._names = tuple(names)
        self._kept = self._reserved if len(self._names) > 1 else 0
        self._groups = deque([self._names])
        self._unproven: set[tuple[str, ...]] = set()
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    @property
    def is_split(self) -> bool:
        """Whether the pipelines are in several groups, or one waits after it was refused."""
        return len(self._groups) > 1 or bool(self._not_before)

    def next(self) -> Asked:
        """Return the next group that need not wait; no pipelines if every group has to wait."""
        now = self._clock.monotonic()
        for _ in range(len(self._groups)):
            self._groups.rotate(-1)
            names = self._groups[-1]
            if not names or self._not_before.get(names[0], now) <= now:
                return self._asked(names)
        return self._asked(())

    def sooner(self, seconds: float | None) -> float | None:
        """Return in how many seconds to ask again; None if no time is known.

        `seconds` is when the next row becomes due. While `is_split`, the answer may be sooner.
        """
        if not self.is_split:
            return seconds
        return _TURN_SECONDS if seconds is None else min(seconds, _TURN_SECONDS)

    def refused(self, asked: Asked) -> None:
        """Split the group of a refused claim; a pipeline that was asked for alone must wait."""
        names = tuple(asked.pipelines)
        if names not in self._groups:
            return  # the groups have changed since this claim was sent
        if len(names) > 1:
            self._groups.remove(names)
            self._unproven.discard(names)
            middle = len(names) // 2
            halves = names[:middle], names[middle:]
            self._groups.extend(halves)
            self._unproven.update(halves)
        elif names:
            tries = self._tries[names[0]] = self._tries.get(names[0], 0) + 1
            wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10))
            self._not_before[names[0]] = self._clock.monotonic() + wait
            log.error("pipeline_refused", pipeline=names[0], again_in_seconds=wait)

    def answered(self, asked: Asked) -> None:
        """Forget earlier refusals of these pipelines, and join the groups once each was answered.

        If they were joined earlier, a broken pipeline in another group would never be found.
        """
        if not self.is_split:
            return
        self._unproven.discard(tuple(asked.pipelines))
        for name in asked.pipelines:
            self._tries.pop(name, None)
            self._not_before.pop(name, None)
        if asked.pipelines and not self._not_before and not self._unproven:
            self._groups = deque([self._names])

    def _asked(self, names: tuple[str, ...]) -> Asked:
        if not self._kept:
            return Asked(names)
        running = {running.job.pipeline for running in self._load.running}
        waiting = {row.job.pipeline for row in self._load.waiting}
        return Asked(names, running | waiting, self._kept)
