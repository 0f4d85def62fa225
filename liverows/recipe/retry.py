"""Retries inside a step: seconds, never minutes.

Only `Transient` and `RateLimited` are tried again. A wait that is longer than a slot
should be held for is not waited here: the error leaves the step, and the row goes
back to the database until then. So no failure is retried on both levels.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
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

R = TypeVar("R")
log = structlog.get_logger(__name__)

# The share of a floor that jitter may add, so that all who were told "in 10 s" do not
# come back in the same millisecond.
_SPREAD_ABOVE_FLOOR = 0.1
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently a step is tried; all times are in seconds.

    A wait is drawn evenly between zero and `first_wait * 2 ** n`, at most `max_wait`
    ("full jitter", kept at the cap: AWS Architecture Blog, "Exponential Backoff And
    Jitter"). A provider's Retry-After is a floor under it. A floor above
    `longest_wait` ends the retries here. No try starts later than `total` after the
    first one did.
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
        """Is this a wait so long that it belongs to the database?"""
        return (
            isinstance(error, RateLimited)
            and error.retry_after is not None
            and error.retry_after > self.longest_wait
        )

    def wait(self, attempt: int, error: BaseException | None, random: Callable[[], float]) -> float:
        """Seconds to wait after the `attempt`-th try (from 1) ended with `error`."""
        # The exponent is bounded because 2 ** 5000 is no float.
        ceiling = min(self.max_wait, self.first_wait * 2.0 ** min(attempt - 1, 63))
        jittered = random() * ceiling
        floor = error.retry_after if isinstance(error, RateLimited) else None
        return jittered if floor is None else max(spread(floor, random), jittered)


ONCE = Retry(attempts=1)
"""For a step that must not be repeated inside one run."""


def spread(floor: float, random: Callable[[], float]) -> float:
    """A wait a little above a floor, never below it."""
    return floor + random() * max(_LEAST_SPREAD, floor * _SPREAD_ABOVE_FLOOR)


async def patiently(
    call: Callable[[], Awaitable[R]], retry: Retry, clock: Clock, random: Callable[[], float]
) -> R:
    """Call until it succeeds; else raises the last try's error."""
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
    """May a declared fallback stand in after this error?

    Not when nobody wants a result any more, not to save money by a worse answer, and
    not when a good answer only takes longer: a long rate limit waits in the database.
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
    """The one error that decides what becomes of the row.

    Parallel steps raise groups; nested ones are searched through. Losing the row
    outranks its failing for good, which outranks waiting. Of several rate limits the
    longest counts. What this package did not raise on purpose comes last.
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
    # `max` keeps the first of equals, so other errors stay in the order of raising.
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
