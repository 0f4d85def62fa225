"""What the next statement carries, and when it leaves.

There are no timers to batch by: what finishes while a statement is under way travels
with the next one, so a lone result leaves at once and a burst shares a commit. While
rows wait in the database a second statement leaves before the first is answered:

- Large loads go as two halves, each with results and a claim, so that the database
  works on one while Python runs the rows of the other.
- While a statement takes longer than a second, another one leaves beside it in any case: the
  first may wait for a slow trigger of one row, and holds up only the rows that it carries.
- What may take that long goes alone: a row that takes long to claim, and each result of a
  statement that the database refused as a whole. Such statements go one after the other, and
  a second one beside a stuck one only if there is nothing else to send.
- Small ones would cost more as halves than they gain. Their claim and their results go
  apart, side by side: the slots are filled again before the results are on disk.
"""

from __future__ import annotations

from liverows.base.types import WakeSource
from liverows.running.ahead import ClaimAhead
from liverows.running.wake import Wake
from liverows.running.workload import Statement, Workload

_AT_ONCE = 2
_WORTH_A_HALF = 16
"""Rows. Half a load that is smaller costs more as a statement than it gains."""
_STUCK_SECONDS = 1.0
"""A statement that is not answered by then may wait for one row; others go their own way."""
_WORTH_GOING_APART = 4
"""Rows. Fewer travel with the next claim, in one commit."""


class Dispatch:
    """Packs the workload into statements; at most two are under way.

    `backlog` says whether the last claim brought all that it asked for. `apart` sends
    results and claims in statements of their own, after one with both was refused.
    `slow_rows` says that rows may wait which take long to claim.
    """

    def __init__(self, load: Workload, ahead: ClaimAhead, wake: Wake) -> None:
        self.under_way: list[Statement] = []
        self.backlog = False
        self.apart = False
        self.slow_rows = False
        self._sent_at: dict[int, float] = {}
        self._overlapped: set[int] = set()
        self._load = load
        self._ahead = ahead
        self._wake = wake

    def next(self) -> Statement | None:
        """The statement that there is a reason for now, if any; it counts as under way."""
        if len(self.under_way) >= _AT_ONCE:
            return None
        is_one_alone = any(statement.alone for statement in self.under_way)
        statement = None if is_one_alone else self._alone()
        statement = statement or self._usual()
        if statement is None and self._is_stuck():
            statement = self._alone()
        if statement is not None:
            self.under_way.append(statement)
            self._sent_at[id(statement)] = self._wake.now()
        return statement

    def _alone(self) -> Statement | None:
        """A statement that may take long, and so carries one row only."""
        if self._load.has_suspect:
            return Statement(
                self._load.pack_suspect(), sweep=False, woken_by="finished", alone=True
            )
        if self.slow_rows and self._load.free() > 0:
            return Statement(self._load.pack(1, 0), sweep=False, woken_by="due", alone=True)
        return None

    def _usual(self) -> Statement | None:
        ahead = self._ahead.rows()
        slots = self._load.free(ahead)
        half = (self._load.slots + ahead) // _AT_ONCE
        if self._is_stuck():
            # The slots that a stuck claim asked for are for others meanwhile. What it brings
            # waits for a slot, or goes back.
            asked_for = sum(statement.parcel.slots for statement in self.under_way)
            return self._fused(self._load.free(ahead + asked_for), None, ahead, beside=True)
        if not self.backlog:
            return self._fused(slots, None, ahead)
        if half >= _WORTH_A_HALF:
            return self._fused(min(slots, half), half, ahead)
        return self._apart(slots) or self._fused(slots, None, ahead)

    def _is_stuck(self) -> bool:
        """Whether the one statement under way takes long, as behind a slow trigger of one row."""
        return any(
            self._wake.now() - self._sent_at[id(statement)] > _STUCK_SECONDS
            for statement in self.under_way
        )

    @property
    def _usual_under_way(self) -> list[Statement]:
        return [statement for statement in self.under_way if not statement.alone]

    def answered(self, statement: Statement) -> None:
        """Its answer is here, or none will come."""
        self.under_way.remove(statement)
        del self._sent_at[id(statement)]
        # A claim does not see what results beside it change: a limit may have places again, a
        # row that was put back may be due. So one more claim follows when the results are
        # written. Not before: as long as they are stuck, every claim would ask for the next.
        was_overlapped = id(statement) in self._overlapped
        self._overlapped.discard(id(statement))
        if statement.parcel.results and (self.under_way or was_overlapped):
            self._wake.note("finished")
        if statement.parcel.slots:
            self._overlapped.update(id(one) for one in self.under_way if one.parcel.results)

    def _fused(
        self, slots: int, most: int | None, ahead: int, *, beside: bool = False
    ) -> Statement | None:
        """At most so many results, and a claim for the slots; `beside` does not wait for more."""
        results = self._load.together
        if self.apart and results:
            slots = 0
        if self._usual_under_way and not beside and results < self._worth(most, ahead):
            return None  # a trickle travels with the next statement
        sweep = self._wake.sweep_is_due
        # Without a slot a ring is kept for later; taking rows back from the dead is not.
        woken_by = self._wake.take() if slots else None
        if not (results or woken_by or sweep):
            return None
        return self._statement(slots, most, woken_by, sweep=sweep)

    def _worth(self, half: int | None, ahead: int) -> int:
        # Rows are short while some are claimed ahead: those at hand soon fill the load.
        fills_soon = ahead and (self._load.waiting or self._load.running)
        return max(half or 0, _WORTH_A_HALF) if fills_soon else _WORTH_A_HALF

    def _apart(self, slots: int) -> Statement | None:
        """A claim alone, or results alone, beside one of the other kind."""
        enough_results = self._load.together >= _WORTH_GOING_APART
        other = next(iter(self._usual_under_way), None)
        if other is None:
            claims = slots > 0 and enough_results
        else:
            claims = not other.parcel.slots and slots >= _WORTH_GOING_APART
        if claims:
            sweep = self._wake.sweep_is_due
            return self._statement(slots, 0, self._wake.take(), sweep=sweep)
        if other is not None and not other.parcel.results and enough_results:
            return self._statement(0, None, None, sweep=False)
        return None

    def _statement(
        self, slots: int, most: int | None, woken_by: WakeSource | None, *, sweep: bool
    ) -> Statement:
        if sweep:
            self._wake.swept()
        return Statement(self._load.pack(slots, most), sweep, woken_by or "finished")
