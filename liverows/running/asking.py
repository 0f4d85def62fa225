"""Which pipelines the next claim asks for.

Usually all of them. The database isolates a broken row or table by itself, but it cannot catch
an error at the commit of a claim. After such an error the pipelines are asked for in two
halves, and those in halves again, until the broken pipeline is alone and has to wait.
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
    """Groups of pipelines that are asked for in turn; one group as long as no claim is refused.

    While some pipeline has no row running, `kept` slots are left for it.
    """

    def __init__(self, names: Iterable[str], load: Workload, clock: Clock, kept: int = 1) -> None:
        self._load = load
        self._clock = clock
        self._reserved = min(kept, load.slots - 1)
        self.serve(names)

    def serve(self, names: Iterable[str]) -> None:
        """Ask for these from now on, all together."""
        self._names = tuple(names)
        self._kept = self._reserved if len(self._names) > 1 else 0
        self._groups = deque([self._names])
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    @property
    def is_split(self) -> bool:
        """Whether some pipelines are asked for by themselves."""
        return len(self._groups) > 1 or bool(self._not_before)

    def next(self) -> Asked:
        """What to ask for now."""
        now = self._clock.monotonic()
        for _ in range(len(self._groups)):
            self._groups.rotate(-1)
            names = self._groups[-1]
            if not names or self._not_before.get(names[0], now) <= now:
                return self._asked(names)
        return self._asked(())

    def sooner(self, seconds: float | None) -> float | None:
        """When to ask again: an answer named this time, but other groups have their turn sooner."""
        if not self.is_split:
            return seconds
        return _TURN_SECONDS if seconds is None else min(seconds, _TURN_SECONDS)

    def refused(self, asked: Asked) -> None:
        """The database refused this claim as a whole."""
        names = tuple(asked.pipelines)
        if names not in self._groups:
            return  # the worker serves other pipelines by now
        if len(names) > 1:
            self._groups.remove(names)
            middle = len(names) // 2
            self._groups.extend((names[:middle], names[middle:]))
        elif names:
            tries = self._tries[names[0]] = self._tries.get(names[0], 0) + 1
            wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10))
            self._not_before[names[0]] = self._clock.monotonic() + wait
            log.error("pipeline_refused", pipeline=names[0], again_in_seconds=wait)

    def answered(self, asked: Asked) -> None:
        """The database answered this claim."""
        if not self.is_split:
            return
        for name in asked.pipelines:
            self._tries.pop(name, None)
            self._not_before.pop(name, None)
        if asked.pipelines and not self._not_before:
            self._groups = deque([self._names])

    def _asked(self, names: tuple[str, ...]) -> Asked:
        if not self._kept:
            return Asked(names)
        running = {running.job.pipeline for running in self._load.running}
        waiting = {row.job.pipeline for row in self._load.waiting}
        return Asked(names, running | waiting, self._kept)
