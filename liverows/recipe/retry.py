"""Retries inside a step, for trouble that may pass within seconds.

If a service asks for a wait that is too long to hold a slot for, the step raises the error at once,
so that the row waits in the database.
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
from liverows.base.tracing import event

R = TypeVar("R")
log = get_logger(__name__)

# A required wait is lengthened at random, because otherwise all callers that were told "in 10 s"
# would return at the same moment. This is the share of the wait, at least 0.1 s.
_SPREAD_ABOVE_FLOOR = 0.1
_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Retry:
    """How often one call of a step is tried at most, and how long it waits between tries.

    All times are in seconds. The n-th wait is random between 0 and `first_wait * 2 ** (n - 1)`, but
    between 0 and `max_wait` if that is less (AWS Architecture Blog, "Exponential Backoff And
    Jitter"). If a service says how long to wait (Retry-After), the wait is at least that long, even
    above `max_wait`. If the service asks for more than `longest_wait`, the step is not tried again.
    The step is not tried again either if the wait would end later than `total` seconds after the
    first try began.

    Raises `SetupError` if `attempts` is below 1.
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
        """Whether `error` is a rate limit whose wait is too long to hold a slot for."""
        return (
            isinstance(error, RateLimited)
            and error.retry_after is not None
            and error.retry_after > self.longest_wait
        )

    def wait(self, attempt: int, error: BaseException | None, random: Callable[[], float]) -> float:
        """Return the seconds to wait after the `attempt`-th try (from 1) ended with `error`."""
        # The exponent is limited, because a power like 2.0 ** 5000 raises OverflowError.
        ceiling = min(self.max_wait, self.first_wait * 2.0 ** min(attempt - 1, 63))
        jittered = random() * ceiling
        floor = error.retry_after if isinstance(error, RateLimited) else None
        return jittered if floor is None else max(spread(floor, random), jittered)


ONCE = Retry(attempts=1)
"""The `Retry` of a step that is tried once per call, without a second try."""


def spread(floor: float, random: Callable[[], float]) -> float:
    """Return a random wait between `floor` and a tenth more, or 0.1 s more if that is longer."""
    return floor + random() * max(_LEAST_SPREAD, floor * _SPREAD_ABOVE_FLOOR)


async def patiently(
    call: Callable[[], Awaitable[R]], retry: Retry, clock: Clock, random: Callable[[], float]
) -> R:
    """Call until a try succeeds and return its value; after the last try, raise its error."""
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
    """Whether a declared fallback may replace the result of a step that ended with this error.

    False if the error asks for a wait above `retry.longest_wait`: the row then waits in the
    database.
    """
    is_final = isinstance(error, LeaseLost | Cancelled | BudgetExceeded | SetupError)
    return not is_final and not retry.gives_back(error)


_RANKS: tuple[type[WorkerError], ...] = (
    LeaseLost,
    Cancelled,
    InvalidInput,
    Permanent,
    BudgetExceeded,
    RateLimited,
    Transient,
)


def leading_error(error: Exception) -> Exception:
    """Return the one error that decides what happens to the row, from a group that parallel steps
    raise.

    The loss of the lease comes first, then `Cancelled`, `Permanent` errors, a budget for which the
    row waits, and `Transient` errors.
    """
    leaves = list(_leaves(error))
    for kind in _RANKS:
        matches = [leaf for leaf in leaves if isinstance(leaf, kind) and _ranks_as(leaf, kind)]
        if matches:
            return max(matches, key=_seconds_to_wait)
    return leaves[0]


def _ranks_as(error: Exception, kind: type[WorkerError]) -> bool:
    # A row that waits for a budget would not fail by itself.
    waits = isinstance(error, BudgetExceeded) and error.retry_after is not None
    return kind is not Permanent or not waits


def _leaves(error: Exception) -> list[Exception]:
    if not isinstance(error, ExceptionGroup):
        return [error]
    return [leaf for inner in error.exceptions for leaf in _leaves(inner)]


def _seconds_to_wait(error: Exception) -> float:
    # Errors without such a wait get 0. Of equal items `max` returns the first, so the first error
    # is chosen.
    return (error.retry_after or 0.0) if isinstance(error, RateLimited) else 0.0


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _note_retry(state: RetryCallState) -> None:
    error = _error(state)
    code = error.code if isinstance(error, WorkerError) else ""
    event("retry", {"error.type": code, "liverows.wait_seconds": round(state.upcoming_sleep, 3)})
    log.info(
        "step_retry",
        attempt=state.attempt_number,
        wait_seconds=round(state.upcoming_sleep, 3),
        code=code or None,
    )
