"""Results on their way to the database.

A result is ready, then sent, then gone. When no answer comes it is ready again. When somebody
holds its row locked it is postponed: it waits for a tenth of a second at first and for two
seconds at most, and then it is ready again. Results of other rows travel on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from liverows.database.messages import Result, RunKey

_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 2.0


class Results:
    """The results of one worker that the database has not taken yet.

    `on_due` is called when a postponed result is ready again.
    """

    def __init__(self, on_due: Callable[[], None] = lambda: None) -> None:
        self._on_due = on_due
        self._ready: dict[RunKey, Result] = {}
        self._sent: dict[RunKey, Result] = {}
        self._postponed: dict[RunKey, Result] = {}
        self._tries: dict[RunKey, int] = {}
        self._alone: set[RunKey] = set()

    def add(self, result: Result) -> None:
        """A result that is ready to be written."""
        self._ready[result.key] = result

    def keys(self) -> Iterator[RunKey]:
        """The runs whose result is not written yet."""
        yield from self._ready
        yield from self._postponed
        yield from self._sent

    def __iter__(self) -> Iterator[Result]:
        """The results that are ready."""
        return iter(self._ready.values())

    def __bool__(self) -> bool:
        """Whether any result is ready."""
        return bool(self._ready)

    @property
    def together(self) -> int:
        """How many ready results may travel in one statement."""
        return len(self._ready) - sum(key in self._ready for key in self._alone)

    @property
    def has_one_alone(self) -> bool:
        """Whether a ready result must travel alone, because it may have to wait in the database."""
        return any(key in self._ready for key in self._alone)

    @property
    def has_postponed(self) -> bool:
        """Whether a result waits for somebody else's lock."""
        return bool(self._postponed)

    def send_together(self, most: int | None = None) -> tuple[Result, ...]:
        """Take those that may travel together, at most so many, for one statement."""
        together = (r for r in self._ready.values() if r.key not in self._alone)
        return self._send(tuple(islice(together, most)))

    def send_alone(self) -> tuple[Result, ...]:
        """Take one that travels alone."""
        key = next(key for key in self._ready if key in self._alone)
        return self._send((self._ready[key],))

    def _send(self, results: tuple[Result, ...]) -> tuple[Result, ...]:
        for result in results:
            self._sent[result.key] = self._ready.pop(result.key)
        return results

    def answered(self, results: Iterable[Result]) -> None:
        """The database answered for these results, whatever it said."""
        for result in results:
            self._sent.pop(result.key, None)
            self._alone.discard(result.key)

    def written(self, key: RunKey) -> None:
        """The result is written, or nobody wants it any more: forget how often it was tried."""
        if self._tries:
            self._tries.pop(key, None)

    def resend(self, results: Iterable[Result]) -> None:
        """No answer came: these are ready again."""
        for result in results:
            self._sent.pop(result.key, None)
            self._ready.setdefault(result.key, result)

    def refused(self, results: tuple[Result, ...], *, was_alone: bool) -> Result | None:
        """The database refused a statement as a whole: from now on its results travel alone.

        So only the bad result fails again, which may take as long as the time limit of a
        statement. If the statement carried one result only (`was_alone`), that is the bad one:
        it is returned, and no longer kept here.
        """
        self.resend(results)
        if was_alone:
            self._alone.discard(results[0].key)
            return self._ready.pop(results[0].key, None)
        self._alone.update(result.key for result in results)
        return None

    def postpone(self, result: Result) -> int:
        """Send this result again later, and alone. Returns how often it has been postponed."""
        tries = self._tries[result.key] = self._tries.get(result.key, 0) + 1
        self.hold(result)
        self._alone.add(result.key)
        wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10))
        asyncio.get_running_loop().call_later(wait, self._is_due, result.key)
        return tries

    def hold(self, result: Result) -> None:
        """Keep the result among the postponed ones, until somebody takes it from there."""
        self._postponed[result.key] = result

    def take_postponed(self) -> Result:
        """Take one of the postponed results out, whenever it was due."""
        return self._postponed.popitem()[1]

    def drop_postponed(self, key: RunKey) -> bool:
        """Drop a postponed result whose run is not ours any more; whether there was one."""
        if self._postponed.pop(key, None) is None:
            return False
        self._alone.discard(key)
        return True

    def _is_due(self, key: RunKey) -> None:
        result = self._postponed.pop(key, None)
        if result is None:
            self.written(key)  # the run was taken away meanwhile
        else:
            self._ready[key] = result
            self._on_due()
