"""Measures how a call's time grows with its input, independent of the machine."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Given = TypeVar("Given")

TIMES_LONGER = 4
MOST_TIMES_SLOWER = 8.0
"""For an input four times as long: a linear call takes 4 times as long, a quadratic one 16
times."""
PLAINLY_TIMES_SLOWER = 5.0
"""For the same. A call whose time has a part that is linear and one that is quadratic reaches this
for a quarter of the length from which it takes `MOST_TIMES_SLOWER` times as long."""
UNNOTICED_SECONDS = 0.001
HANGS_SECONDS = 20.0
REPEATS = 5


class _Late(Exception):
    """Raised when a call takes longer than allowed."""


def grows_too_fast(
    call: Callable[[Given], object], given: Callable[[int], Given], *, unnoticed: float
) -> str | None:
    """What is wrong with the time of a call, or None. `given(n)` makes an input of n times a size.

    A call that takes less than `unnoticed` seconds for the fourfold size is accepted. Otherwise its
    times are compared within this run, in the thread's own processor time. If it seems too slow it
    is measured again, also with larger inputs, and the smallest of several measurements counts, so
    that a busy machine changes nothing. An endless call is stopped. Works only in the main thread,
    because signals do.
    """
    with _alarms():
        slow = _seconds(call, given(TIMES_LONGER))
        if slow is None:
            return f"takes more than {HANGS_SECONDS} s"
        fast = _seconds(call, given(1)) if slow > unnoticed else None
        if fast is None or slow <= MOST_TIMES_SLOWER * fast:
            return None
        growths = [_growth(call, given, size) for size in (1, 2)]
    if None in growths:
        return f"takes more than {HANGS_SECONDS} s"
    least = min(growth for growth in growths if growth is not None)
    if least <= MOST_TIMES_SLOWER:
        return None
    return f"takes {least:.1f} times as long for {TIMES_LONGER} times the text"


def is_plainly_linear(
    call: Callable[[Given], object], given: Callable[[int], Given], *, unnoticed: float
) -> bool:
    """Whether one measurement of short inputs leaves no doubt that the time of a call is linear.

    It spares `grows_too_fast` on inputs twice as long. So that it passes nothing which that would
    find, `unnoticed` must be a quarter: that is what a quadratic call takes for half the length.
    """
    with _alarms():
        slow = _seconds(call, given(TIMES_LONGER))
        if slow is None or slow <= unnoticed:
            return slow is not None
        fast = _seconds(call, given(1))
        return fast is not None and slow <= PLAINLY_TIMES_SLOWER * fast


def limited(call: Callable[[], object]) -> bool:
    """Make a call; whether it ended within `HANGS_SECONDS`. Only in the main thread, as above."""

    def made(_: None) -> None:
        call()

    with _alarms():
        return _seconds(made, None) is not None


def _growth(
    call: Callable[[Given], object], given: Callable[[int], Given], size: int
) -> float | None:
    fast, slow = (
        [_seconds(call, given(times)) for _ in range(REPEATS)]
        for times in (size, size * TIMES_LONGER)
    )
    known = [seconds for seconds in slow if seconds is not None]
    least = min((seconds for seconds in fast if seconds is not None), default=None)
    return min(known) / least if known and least else None


def _seconds(call: Callable[[Given], object], given: Given) -> float | None:
    """The time of one call; None if it was stopped."""
    start = time.thread_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_SECONDS)
        call(given)
    except _Late:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - start


@contextmanager
def _alarms() -> Iterator[None]:
    """The `re` module handles signals while it matches, so a signal handler can stop a match."""

    def late(_number: int, _frame: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGVTALRM, late)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)
