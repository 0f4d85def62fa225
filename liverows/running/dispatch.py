"""What the next statement carries, and when it leaves.

There are no timers to batch by: what finishes while a statement is under way travels
with the next one, so a lone result leaves at once and a burst shares a commit. A second
statement leaves before the first is answered in three cases:

- The first takes longer than a second. It may wait for a slow trigger of one row, and holds up
  only the rows that it carries.
- A row or a result may take that long. It goes alone: a row that takes long to claim, and each
  result of a statement that the database refused as a whole. Such statements go one after the
  other, and one of them beside a stuck one only if there is nothing else to send.
- More rows wait in the database than the last claim brought. How the load is cut in two then
  is decided in `overlap.py`. It only saves time: without it everything works the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from liverows.base.types import WakeSource
from liverows.database.client import Asked
from liverows.database.messages import Claimed, Result
from liverows.running.ahead import ClaimAhead
from liverows.running.asking import Asking
from liverows.running.overlap import WORTH_A_STATEMENT, Cut, cut_in_two
from liverows.running.wake import Wake
from liverows.running.workload import Workload

_AT_ONCE = 2
_STUCK_SECONDS = 1.0
"""A statement without an answer after this time may be waiting for one row. Other rows and
results then travel in another statement."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What one statement carries: results to write, and how many rows to bring back.

    `asked` names the pipelines whose rows it asks for. With `sweep`, rows are taken back from
    the dead first. One that is `alone` may take long, so that nothing else travels with it.
    Two statements with the same content are still two different statements.
    """

    results: tuple[Result, ...]
    slots: int
    asked: Asked
    sent_at: float
    woken_by: WakeSource = "finished"
    sweep: bool = False
    alone: bool = False

    @property
    def claims_slowly(self) -> bool:
        """Whether it claims one of the rows that take long to claim."""
        return self.alone and not self.results


class Dispatch:
    """Packs the workload into statements; at most two are under way."""

    def __init__(self, load: Workload, asking: Asking, ahead: ClaimAhead, wake: Wake) -> None:
        self.under_way: list[Statement] = []
        self._load = load
        self._asking = asking
        self._ahead = ahead
        self._wake = wake
        self._backlog = False
        """Whether the last claim brought all that it asked for, so that more rows may wait."""
        self._apart = False
        """Whether results and claims go in separate statements: one with both was refused."""
        self._slow_rows = False
        """Whether rows may be waiting that take long to claim."""
        self._overlapped: list[Statement] = []

    def next(self) -> Statement | None:
        """The next statement, if there is a reason to send one now; it counts as under way."""
        if len(self.under_way) >= _AT_ONCE:
            return None
        is_one_alone = any(statement.alone for statement in self.under_way)
        statement = None if is_one_alone else self._alone()
        statement = statement or self._usual()
        if statement is None and self._is_stuck():
            statement = self._alone()
        if statement is not None:
            self.under_way.append(statement)
        return statement

    def answered(self, statement: Statement, claimed: Claimed | None) -> None:
        """The database answered, with rows if the statement asked for any."""
        self._measure(statement)
        if claimed is None:
            return
        self._asking.answered(statement.asked)
        self._slow_rows = claimed.slow
        if not statement.slots or statement.alone:
            return
        if not statement.results:
            self._apart = False
        # The claim brought as many rows as it asked for, so there may be more in the database.
        self._backlog = len(claimed.jobs) == statement.slots
        if self._backlog:
            self._wake.note("finished")
        else:
            self._wake.due_in(self._asking.sooner(claimed.next_due_seconds))

    def unanswered(self, statement: Statement, *, refused: bool) -> None:
        """No answer came; `refused` if the database refused the statement as a whole."""
        self._measure(statement)
        if not refused:
            return
        if statement.results:
            # It is not known whether the results or the claim are to blame.
            self._apart = True
        elif not statement.alone:
            self._asking.refused(statement.asked)

    def ended(self, statement: Statement) -> None:
        """The statement is over, and the rows that it brought have had a chance to begin."""
        self.under_way.remove(statement)
        # A claim does not see what results beside it change: a limit may have places again, a
        # row that was put back may be due. So one more claim follows when the results are
        # written. Not before: as long as they are stuck, every claim would ask for the next.
        was_overlapped = statement in self._overlapped
        if was_overlapped:
            self._overlapped.remove(statement)
        if statement.results and (self.under_way or was_overlapped):
            self._wake.note("finished")
        if statement.slots:
            beside = (one for one in self.under_way if one.results and one not in self._overlapped)
            self._overlapped.extend(beside)

    def _measure(self, statement: Statement) -> None:
        if not statement.alone:
            self._ahead.cycle_took(self._wake.now() - statement.sent_at)

    def _alone(self) -> Statement | None:
        """A statement that may take long, and so carries one row only."""
        if self._load.results.has_one_alone:
            return replace(self._statement(0), results=self._load.results.send_alone(), alone=True)
        if self._slow_rows and self._load.free() > 0:
            return replace(self._statement(1, woken_by="due"), alone=True)
        return None

    def _usual(self) -> Statement | None:
        ahead = self._ahead.rows()
        if self._is_stuck():
            # The slots that a stuck claim asked for are for others meanwhile. What it brings
            # waits for a slot, or is released.
            asked_for = sum(statement.slots for statement in self.under_way)
            return self._fused(Cut(self._load.free(ahead + asked_for)), worth=0)
        slots = self._load.free(ahead)
        if not self._backlog:
            return self._fused(Cut(slots), worth=WORTH_A_STATEMENT)
        cut = cut_in_two(
            self._load.slots, ahead, slots, self._load.results.together, self._usual_under_way
        )
        if cut.is_half:
            # Rows are short while some are claimed ahead: those at hand soon fill the load.
            fills_soon = ahead and (self._load.waiting or self._load.running)
            worth = max(cut.results or 0, WORTH_A_STATEMENT) if fills_soon else WORTH_A_STATEMENT
            return self._fused(cut, worth=worth)
        if cut.goes_apart:
            woken_by = self._wake.take() if cut.slots else None
            return self._carrying(cut, woken_by, sweep=bool(cut.slots) and self._wake.sweep_is_due)
        return self._fused(cut, worth=WORTH_A_STATEMENT)

    def _is_stuck(self) -> bool:
        """Whether the one statement under way takes long, as behind a slow trigger of one row."""
        now = self._wake.now()
        return any(now - statement.sent_at > _STUCK_SECONDS for statement in self.under_way)

    @property
    def _usual_under_way(self) -> list[Statement]:
        return [statement for statement in self.under_way if not statement.alone]

    def _fused(self, cut: Cut, *, worth: int) -> Statement | None:
        """Results and a claim, if there is a reason to send them. While another statement is under
        way, fewer than `worth` results are no reason."""
        results = self._load.results.together
        if self._apart and results:
            cut = replace(cut, slots=0)
        if self._usual_under_way and results < worth:
            return None  # a few results can wait for the next statement
        sweep = self._wake.sweep_is_due
        # Without a slot a ring is kept for later; taking rows back from the dead is not.
        woken_by = self._wake.take() if cut.slots else None
        if not (results or woken_by or sweep):
            return None
        return self._carrying(cut, woken_by, sweep=sweep)

    def _carrying(self, cut: Cut, woken_by: WakeSource | None, *, sweep: bool) -> Statement:
        if sweep:
            self._wake.swept()
        results = self._load.results.send_together(cut.results)
        empty = self._statement(cut.slots, woken_by=woken_by or "finished", sweep=sweep)
        return replace(empty, results=results)

    def _statement(
        self, slots: int, *, woken_by: WakeSource = "finished", sweep: bool = False
    ) -> Statement:
        self._load.ask_for(slots)
        asked = self._asking.next() if slots or sweep else Asked(())
        return Statement((), slots, asked, self._wake.now(), woken_by, sweep)
