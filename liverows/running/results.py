"""Results on their way to the database.

A result is ready, sent or postponed. A postponed result waits, and is then ready again.
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
        """Add a result that is ready to be sent."""
        self._ready[result.key] = result

    def keys(self) -> Iterator[RunKey]:
        """Yield the runs whose result the database has not taken yet."""
        yield from self._ready
        yield from self._postponed
        yield from self._sent

    def __iter__(self) -> Iterator[Result]:
        """Iterate over the results that are ready."""
        return iter(self._ready.values())

    def __bool__(self) -> bool:
        """Whether any result is ready."""
        return bool(self._ready)

    @property
    def together(self) -> int:
        """How many ready results may be sent together in one statement."""
        return len(self._ready) - sum(key in self._ready for key in self._alone)

    @property
    def has_one_alone(self) -> bool:
        """Whether a ready result must be sent alone, because it may take long or be refused."""
        return any(key in self._ready for key in self._alone)

    @property
    def has_postponed(self) -> bool:
        """Whether a result is postponed, as when somebody holds its row locked."""
        return bool(self._postponed)

    def send_together(self, most: int | None = None) -> tuple[Result, ...]:
        """Mark as sent, and return, up to `most` (None: all) results that may be sent together."""
        together = (r for r in self._ready.values() if r.key not in self._alone)
        return self._send(tuple(islice(together, most)))

    def send_alone(self) -> tuple[Result, ...]:
        """Mark as sent, and return, one result that must be sent alone; there must be one."""
        key = next(key for key in self._ready if key in self._alone)
        return self._send((self._ready[key],))

    def _send(self, results: tuple[Result, ...]) -> tuple[Result, ...]:
        for result in results:
            self._sent[result.key] = self._ready.pop(result.key)
        return results

    def answered(self, results: Iterable[Result]) -> None:
        """Forget these sent results, because the database has answered."""
        for result in results:
            self._sent.pop(result.key, None)
            self._alone.discard(result.key)

    def written(self, key: RunKey) -> None:
        """Forget how often this result was postponed: it is written, refused or not wanted."""
        if self._tries:
            self._tries.pop(key, None)

    def resend(self, results: Iterable[Result]) -> None:
        """Make these sent results ready again, because no answer came or they were refused."""
        for result in results:
            self._sent.pop(result.key, None)
            self._ready.setdefault(result.key, result)

    def refused(self, results: tuple[Result, ...], *, was_alone: bool) -> Result | None:
        """Make the results of a refused statement ready again, each to be sent alone.

        With `was_alone`, the only result is removed and returned instead.
        """
        self.resend(results)
        if was_alone:
            self._alone.discard(results[0].key)
            return self._ready.pop(results[0].key, None)
        self._alone.update(result.key for result in results)
        return None

    def postpone(self, result: Result) -> int:
        """Let this result be ready again later, to be sent alone.

        Returns how often the result has been postponed.
        """
        tries = self._tries[result.key] = self._tries.get(result.key, 0) + 1
        self.hold(result)
        self._alone.add(result.key)
        wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 10))
        asyncio.get_running_loop().call_later(wait, self._is_due, result.key)
        return tries

    def hold(self, result: Result) -> None:
        """Add the result to the postponed ones, without a timer that makes it ready again."""
        self._postponed[result.key] = result

    def take_postponed(self) -> Result:
        """Remove and return a postponed result; there must be one."""
        return self._postponed.popitem()[1]

    def drop_postponed(self, key: RunKey) -> bool:
        """Drop the postponed result of this run; return whether there was one."""
        if self._postponed.pop(key, None) is None:
            return False
        self._alone.discard(key)
        return True

    def _is_due(self, key: RunKey) -> None:
        result = self._postponed.pop(key, None)
        if result is None:
            self.written(key)  # the result was dropped or taken out meanwhile
        else:
            self._ready[key] = result
            self._on_due()
