"""Reserves budgets in the database for the requests of one try of a step."""

from __future__ import annotations

from uuid import uuid4

from liverows.base.errors import BudgetExceeded
from liverows.base.paying import Bound, asked_model
from liverows.base.sentences import SENTENCES, in_one
from liverows.base.types import JsonObject
from liverows.database.messages import BudgetReached, ClaimedJob
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.retry import spread

BUSY_WAITS = 5
"""How often a call waits in its slot for others that are under way. After that the row waits."""
BUSY_SECONDS = 1.0


class StepTill:
    """The `Till` of one try. `prepaid` is the reservation of one call that `begin_call` made."""

    def __init__(
        self, environment: RunEnvironment, job: ClaimedJob, prepaid: str | None = None
    ) -> None:
        self._environment = environment
        self._job = job
        self._prepaid = prepaid
        self.refused: BudgetReached | None = None

    async def reserve(self, bound: Bound) -> str:
        """Reserve the bound and one call; the first request takes the place of the prepaid call.

        Raises `BudgetExceeded` if a budget has too little left, `LeaseLost` or `Cancelled` if the
        run no longer owns the row. Other requests of the run that are under way end first.
        """
        reservation = str(uuid4())
        try:
            await self._reserved(reservation, bound)
        except BudgetExceeded:
            raise
        except BaseException:
            # The database may have made the reservation, but the request is not made.
            self.settle(reservation, in_full=False)
            if (prepaid := self.taken()) is not None:
                self.settle(prepaid, in_full=False)
            raise
        self._environment.requests.begin(self._job.key)
        return reservation

    async def _reserved(self, reservation: str, bound: Bound) -> None:
        requests, key = self._environment.requests, self._job.key
        waits = 0
        while (refused := await self._ask(reservation, bound)) is not None:
            # Within another request this would wait for itself.
            others_end = asked_model() is None and await requests.one_ended(key)
            if refused.busy and others_end:
                continue
            if refused.busy and waits < BUSY_WAITS:
                waits += 1
                await busy_wait(self._environment)
                continue
            while others_end:
                others_end = await requests.one_ended(key)
            self.refused = refused
            raise exceeded(refused)

    async def _ask(self, reservation: str, bound: Bound) -> BudgetReached | None:
        environment = self._environment
        spending = environment.spending
        entries, settled = spending.of(self._job.key), spending.settled()
        refused = await environment.client.reserve(
            self._job.key,
            reservation,
            amounts_of(environment.priced_bound(bound)),
            replaces=self._prepaid,
            entries=spending.as_json(entries),
            settled=settled,
        )
        self._prepaid = None
        spending.written(entries)
        spending.told_settled(settled)
        return refused

    def settle(self, reservation: str, *, in_full: bool) -> None:
        """Note that the request has ended without usage."""
        self._environment.spending.settle(reservation, in_full=in_full)

    def request_ended(self) -> None:
        """Let a refused request of the run ask again."""
        self._environment.requests.end(self._job.key)

    def taken(self) -> str | None:
        """Return the reservation of the prepaid call, for usage that reserved nothing itself."""
        prepaid, self._prepaid = self._prepaid, None
        return prepaid

    def end(self, *, called: bool) -> None:
        """End the try. If nothing has settled the prepaid call, it counts if it was `called`."""
        if (prepaid := self.taken()) is not None:
            self.settle(prepaid, in_full=called)


async def busy_wait(environment: RunEnvironment) -> None:
    """Wait a moment, because calls that are under way usually use less than they reserve."""
    await environment.clock.sleep(spread(BUSY_SECONDS, environment.random))


def exceeded(refused: BudgetReached) -> BudgetExceeded:
    """Return the error with which the row waits, or fails if its pipeline says so."""
    waits = refused.busy or not refused.fails
    kind = "busy" if refused.busy else refused.period
    return BudgetExceeded(
        in_one(SENTENCES[f"budget_reached.{kind}" if waits else "budget_reached"]),
        retry_after=refused.wait_seconds if waits else None,
        code="budget_reached",
        detail=(
            f"per {refused.per} and {refused.period}: {refused.used:g} of {refused.limit:g} "
            f"{refused.measure} used, {refused.reserved:g} reserved"
        ),
        params={"kind": kind} if waits else None,
    )


def amounts_of(bound: Bound) -> JsonObject:
    """Return the bound by measure, as `processing.reserve` takes it."""
    tokens = [bound.input_tokens, bound.output_tokens]
    amounts: JsonObject = {"calls": 1}
    if any(count is not None for count in tokens):
        amounts["tokens"] = sum(count or 0 for count in tokens)
    for measure in ("input_tokens", "output_tokens", "audio_seconds", "cost_usd"):
        if (amount := getattr(bound, measure)) is not None:
            amounts[measure] = amount
    return amounts
