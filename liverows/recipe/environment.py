"""What a worker process gives to its runs, and what it is told of their steps."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from liverows.base.clock import Clock, SystemClock
from liverows.base.paying import Bound
from liverows.base.prices import PriceTable
from liverows.base.usage import Usage
from liverows.database.messages import RunClient
from liverows.recipe.open_requests import OpenRequests
from liverows.recipe.spending import Spending

StepOutcome: TypeAlias = Literal["ran", "reused", "fallback", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """How one call of a step ended, for metrics.

    `stopped`: the call was cancelled. `reused`: a stored result was found. `seconds` includes
    waits, and `usage` covers all tries. `maybe_paid_twice` counts tries after one whose answer is
    unknown. `budget` names the measure, such as `calls`, of a budget that refused a call.
    """

    pipeline: str
    step: str
    outcome: StepOutcome
    attempts: int = 0
    seconds: float = 0.0
    usage: tuple[Usage, ...] = ()
    maybe_paid_twice: int = 0
    budget: str | None = None


def _all_open(_provider: str) -> None:
    return None


def _unobserved(_report: StepReport) -> None:
    return None


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What a worker process gives to each of its runs.

    `closed_for(provider)` gives the seconds for which a provider stays closed, or None. `observe`
    gets a report of each call of a step, and must not raise. `random` gives numbers in [0, 1).
    """

    client: RunClient
    clock: Clock = field(default_factory=SystemClock)
    closed_for: Callable[[str], float | None] = _all_open
    observe: Callable[[StepReport], None] = _unobserved
    random: Callable[[], float] = random.random
    progress_interval: float = 1.0
    spending: Spending = field(default_factory=Spending)
    requests: OpenRequests = field(default_factory=OpenRequests)
    prices: PriceTable = field(default_factory=PriceTable)

    def priced(self, usage: Usage) -> Usage:
        """Return the usage with the cost that the operator's price table gives, if it does."""
        return replace(usage, cost_usd=self.prices.cost_of(usage))

    def priced_bound(self, bound: Bound) -> Bound:
        """Return the bound with the cost that the operator's price table gives, if it does."""
        return replace(bound, cost_usd=self.prices.cost_of(bound))
