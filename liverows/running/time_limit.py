"""Time limits of runs: like `asyncio.timeout`, but all runs share one timer.

A timer for each run would cost a short row much of its time.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class TimeLimits:
    """Cancels those runs of one event loop that have reached their time limit."""

    def __init__(self) -> None:
        self.running: set[_Limit] = set()
        self._timer: asyncio.TimerHandle | None = None

    def limit(self, seconds: float) -> _Limit:
        """Return a context manager that limits the time of its block, as `asyncio.timeout` does."""
        return _Limit(self, seconds)

    def entered(self, limit: _Limit) -> None:
        """Begin to watch the limit of a block that has begun."""
        self.running.add(limit)
        if self._timer is None or limit.ends_at < self._timer.when():
            self._set_timer(limit.ends_at)

    def left(self, limit: _Limit) -> None:
        """Stop watching the limit of a block that has ended; the timer stays as it is."""
        self.running.discard(limit)

    def _set_timer(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(moment, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        for limit in [limit for limit in self.running if limit.ends_at <= now]:
            self.running.discard(limit)
            limit.end()
        self._timer = None
        if self.running:
            self._set_timer(min(limit.ends_at for limit in self.running))


class _Limit:
    """The time limit of one block, as a context manager."""

    __slots__ = ("_limits", "_over", "_seconds", "_task", "_was_cancelled", "ends_at")

    def __init__(self, limits: TimeLimits, seconds: float) -> None:
        self._limits = limits
        self._seconds = seconds
        self._over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # only a task can be cancelled
        self._task = task
        self._was_cancelled = task.cancelling()
        self.ends_at = asyncio.get_running_loop().time() + self._seconds
        self._limits.entered(self)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._limits.left(self)
        if not self._over:
            return
        # If somebody else has asked for a cancellation too, `CancelledError` passes on.
        is_ours_alone = self._task.uncancel() <= self._was_cancelled
        if is_ours_alone and exc_type is not None and issubclass(exc_type, asyncio.CancelledError):
            raise TimeoutError from exc

    def end(self) -> None:
        """Cancel the task, because the time of the block is over."""
        self._over = True
        self._task.cancel()
