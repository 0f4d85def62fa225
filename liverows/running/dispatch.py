"""Decides what the next statement carries, and when it is sent.

No timer delays a result: it is sent at once, or after the statement that is under way, so many
results share one commit under load. A second statement may be sent beside the first

- if enough results are ready, usually 16;
- if the first is stuck, perhaps behind a slow trigger of one row: others must not wait with it;
- if one of the two is marked `alone`, because it carries a row or a result that may take long or be
  refused;
- if more rows wait in the database: `overlap.py` then divides the work, which only saves time.
"""

from __future__ import annotations

import asyncio
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
"""After this time a statement may be waiting for one slow row, so a second one may be sent."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What one statement carries: the `results` to write, and for how many `slots` to claim rows.

    `sweep`: first take back rows of dead workers. `alone`: only one result, or a claim of one row,
    that may take long or be refused.
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
        """Whether the statement is a claim of one row that takes long to claim."""
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
        """Whether more rows may wait in the database: the last claim that could tell was full."""
        self._apart = False
        """Whether results and claims are sent in separate statements.

        True after the database refused a statement with results, until it answers a claim that
        carries no results and is not `alone`.
        """
        self._slow_rows = False
        """Whether rows that take long to claim may be waiting in the database."""
        self._overlapped: list[Statement] = []
        self._withheld = False
        self.claims_ended = asyncio.Event()
        """Set while no statement that claims rows is under way."""
        self.claims_ended.set()

    @property
    def is_withheld(self) -> bool:
        """Whether only results are sent now, and no claim."""
        return self._withheld

    def withhold(self) -> None:
        """Send no claim from now on; results are sent as before."""
        self._withheld = True

    def release(self) -> None:
        """Send claims again."""
        self._withheld = False

    def next(self) -> Statement | None:
        """Return the statement to send now, or None. It is under way until `ended` is called."""
        if len(self.under_way) >= _AT_ONCE:
            return None
        statement = self._only_results() if self._withheld else self._results_and_claim()
        if statement is not None:
            self.under_way.append(statement)
            if statement.slots:
                self.claims_ended.clear()
        return statement

    def _results_and_claim(self) -> Statement | None:
        is_one_alone = any(statement.alone for statement in self.under_way)
        statement = None if is_one_alone else self._alone()
        statement = statement or self._usual()
        if statement is None and self._is_stuck():
            statement = self._alone()
        return statement

    def _only_results(self) -> Statement | None:
        if self._load.results.has_one_alone:
            return self._alone()
        if self._load.results.together and not self._usual_under_way:
            return self._carrying(Cut(0), None, sweep=False)
        return None

    def answered(self, statement: Statement, claimed: Claimed | None) -> None:
        """Take in an answer; `claimed` is None if the statement only wrote results."""
        self._measure(statement)
        if claimed is None:
            return
        self._asking.answered(statement.asked)
        self._slow_rows = claimed.slow
        if not statement.slots or statement.alone:
            return
        if not statement.results:
            self._apart = False
        # If the claim brought as many rows as it could, there may be more in the database. A claim
        # of only kept slots that brings no row tells nothing.
        got, kept = len(claimed.jobs), statement.asked.kept
        if statement.slots > kept or got:
            self._backlog = got > 0 and got >= statement.slots - kept
        if got == statement.slots:
            self._wake.note("finished")
        else:
            self._wake.due_in(self._asking.sooner(claimed.next_due_seconds))

    def unanswered(self, statement: Statement, *, refused: bool) -> None:
        """Take in that a statement failed; `refused`: the database refused it as a whole."""
        self._measure(statement)
        if not refused:
            return
        if statement.results:
            # Either the results or the claim may be the cause, so they are sent separately now.
            self._apart = True
        elif not statement.alone:
            self._asking.refused(statement.asked)

    def ended(self, statement: Statement) -> None:
        """Stop counting the statement as under way. The caller has let its rows begin before."""
        self.under_way.remove(statement)
        if not any(one.slots for one in self.under_way):
            self.claims_ended.set()
        # A claim misses what the results of a statement beside it change, so another claim follows.
        # That claim waits for these results: while they are stuck, each claim would cause one more.
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
        """Return a statement marked `alone`; None if no result or claim needs one now."""
        if self._load.results.has_one_alone:
            return replace(self._statement(0), results=self._load.results.send_alone(), alone=True)
        if self._slow_rows and self._load.free() > 0:
            return replace(self._statement(1, woken_by="due"), alone=True)
        return None

    def _usual(self) -> Statement | None:
        ahead = self._ahead.rows()
        if self._is_stuck():
            # Other rows use the stuck claim's slots meanwhile. The rows that the stuck claim brings
            # later wait for a slot, or are released.
            asked_for = sum(statement.slots for statement in self.under_way)
            return self._fused(Cut(self._load.free(ahead + asked_for)), worth=0)
        slots = self._load.free(ahead)
        if not self._backlog:
            return self._fused(Cut(slots), worth=WORTH_A_STATEMENT)
        cut = cut_in_two(
            self._load.slots, ahead, slots, self._load.results.together, self._usual_under_way
        )
        if cut.is_half:
            # Rows claimed ahead are short, so a statement beside another waits until half a load of
            # results is ready.
            fills_soon = ahead and (self._load.waiting or self._load.running)
            worth = max(cut.results or 0, WORTH_A_STATEMENT) if fills_soon else WORTH_A_STATEMENT
            return self._fused(cut, worth=worth)
        if cut.goes_apart:
            woken_by = self._wake.take() if cut.slots else None
            return self._carrying(cut, woken_by, sweep=bool(cut.slots) and self._wake.sweep_is_due)
        return self._fused(cut, worth=WORTH_A_STATEMENT)

    def _is_stuck(self) -> bool:
        """Whether a statement has been under way for long, for instance behind a slow trigger."""
        now = self._wake.now()
        return any(now - statement.sent_at > _STUCK_SECONDS for statement in self.under_way)

    @property
    def _usual_under_way(self) -> list[Statement]:
        return [statement for statement in self.under_way if not statement.alone]

    def _fused(self, cut: Cut, *, worth: int) -> Statement | None:
        """Return a statement with results, a claim or both, or None.

        Beside a statement that is not `alone`, at least `worth` results are needed.
        """
        results = self._load.results.together
        if self._apart and results:
            cut = replace(cut, slots=0)
        if self._usual_under_way and results < worth:
            return None  # few results, or a claim, can wait until the other is answered
        sweep = self._wake.sweep_is_due
        # Without a free slot, a ring is kept for a later claim. A sweep is sent all the same: it
        # also takes back rows.
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
