"""Retries inside a step, which take seconds and never minutes.

Only `Transient` and `RateLimited` errors are tried again. If a wait is too long to hold a slot for,
the step raises the error and the row waits in the database instead. So a failure is never retried
on both levels.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from liverows.base.clock import Clock
from liverows.base.errors import (
    BudgetExceeded,
    Cancelled,
    InvalidInput,
    LeaseLost,
    Permanent,
    RateLimited,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.base.logger import get_logger

R = TypeVar("R")
log = get_logger(__name__)

# Jitter adds up to this share of a required wait. Otherwise all callers that were told "in 10 s"
# would return in the same millisecond.
_SPREAD_ABOVE_FLOOR = 0.1
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a step is tried and how long it waits between tries; all times in seconds.

    A wait is random between 0 and `first_wait * 2 ** n`, and at most `max_wait` ("full jitter",
    kept at the cap: AWS Architecture Blog, "Exponential Backoff And Jitter"). It is never shorter
    than a provider's Retry-After. If Retry-After is above `longest_wait`, the step stops retrying.
    No try starts later than `total` after the first one.
    """

    attempts: int = 3
    first_wait: float = 0.5
    max_wait: float = 10.0
    total: float = 120.0
    longest_wait: float = 15.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise SetupError(
                f"Retry(attempts={self.attempts}) would never call the step",
                cure="use attempts=1 for a single try",
            )

    def gives_back(self, error: BaseException) -> bool:
        """Whether the required wait is so long that the row should wait in the database."""
        return (
            isinstance(error, RateLimited)
            and error.retry_after is not None
            and error.retry_after > self.longest_wait
        )

    def wait(self, attempt: int, error: BaseException | None, random: Callable[[], float]) -> float:
        """Seconds to wait after the `attempt`-th try (from 1) ended with `error`."""
        # The exponent is limited because 2 ** 5000 does not fit a float.
        ceiling = min(self.max_wait, self.first_wait * 2.0 ** min(attempt - 1, 63))
        jittered = random() * ceiling
        floor = error.retry_after if isinstance(error, RateLimited) else None
        return jittered if floor is None else max(spread(floor, random), jittered)


ONCE = Retry(attempts=1)
"""For a step that must be tried only once per run."""


def spread(floor: float, random: Callable[[], float]) -> float:
    """A random wait a little above `floor`, and never below it."""
    return floor + random() * max(_LEAST_SPREAD, floor * _SPREAD_ABOVE_FLOOR)


async def patiently(
    call: Callable[[], Awaitable[R]], retry: Retry, clock: Clock, random: Callable[[], float]
) -> R:
    """Call until it succeeds; if all tries fail, raise the error of the last one."""
    began = clock.monotonic()

    def worth_another(error: BaseException) -> bool:
        return isinstance(error, Transient) and not retry.gives_back(error)

    def wait(state: RetryCallState) -> float:
        return retry.wait(state.attempt_number, _error(state), random)

    def stop(state: RetryCallState) -> bool:
        is_late = clock.monotonic() + state.upcoming_sleep - began > retry.total
        return state.attempt_number >= retry.attempts or is_late

    retrying = AsyncRetrying(
        sleep=clock.sleep,
        retry=retry_if_exception(worth_another),
        wait=wait,
        stop=stop,
        before_sleep=_note_retry,
        reraise=True,
    )
    return await retrying(call)


def allows_fallback(error: WorkerError, retry: Retry) -> bool:
    """Whether a declared fallback may replace the result after this error.

    Not if the row is no longer ours or was cancelled, not to save money with a worse answer, and
    not if the setup is wrong. A long rate limit does not allow it either: the row waits in the
    database for the good answer.
    """
    is_final = isinstance(error, LeaseLost | Cancelled | BudgetExceeded | SetupError)
    return not is_final and not retry.gives_back(error)


_RANKS: tuple[type[WorkerError], ...] = (
    LeaseLost,
    Cancelled,
    InvalidInput,
    Permanent,
    RateLimited,
    Transient,
)


def leading_error(error: Exception) -> Exception:
    """The one error that decides what happens to the row.

    Parallel steps raise groups, which may be nested. `LeaseLost` and `Cancelled` come first, then
    permanent errors, then waits and transient errors. Of several rate limits the longest wins. Any
    other exception is chosen only if the group has none of these.
    """
    leaves = list(_leaves(error))
    for kind in _RANKS:
        matches = [leaf for leaf in leaves if isinstance(leaf, kind)]
        if matches:
            return max(matches, key=_seconds_to_wait)
    return leaves[0]


def _leaves(error: Exception) -> list[Exception]:
    if not isinstance(error, ExceptionGroup):
        return [error]
    return [leaf for inner in error.exceptions for leaf in _leaves(inner)]


def _seconds_to_wait(error: Exception) -> float:
    # `max` returns the first of equal items, so other errors keep the order they were raised in.
    return (error.retry_after or 0.0) if isinstance(error, RateLimited) else 0.0


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _note_retry(state: RetryCallState) -> None:
    error = _error(state)
    log.info(
        "step_retry",
        attempt=state.attempt_number,
        wait_seconds=round(state.upcoming_sleep, 3),
        code=error.code if isinstance(error, WorkerError) else None,
    )
