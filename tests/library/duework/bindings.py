"""Profiles A to D of due-work-harness: finding work, owning it, paying for it, keeping it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from due_work_harness import (
    AmbiguityAware,
    DueWorkSweep,
    FencedOwnership,
    InFlightExecution,
    Retention,
)

from liverows.database.housekeeping import Retention as Keep
from tests.library.duework.calls import (
    PAGE,
    TERMINAL,
    backlog,
    beat,
    begin_call,
    checkpoint,
    claim,
    claim_new,
    complete,
    fail,
    late_answer,
    open_call,
    release,
    show,
    take_back,
    terminal_rows,
    tick,
    visible,
    wait,
)
from tests.library.duework.selection import due_rows
from tests.library.duework.site import look, lose_heartbeats, owed, site, worker
from tests.library.duework.sweeping import a_worker_without_doorbell_finds_a_row


@contextmanager
def held_open(_row: Any, start: Any) -> Iterator[None]:
    """The tick claims the row, and its run goes on while the block lasts."""
    start()
    yield


def times_dispatched(key: str) -> int:
    return site().dispatched.count(key)


def sweep() -> DueWorkSweep:
    return DueWorkSweep(
        name="liverows",
        # REAL PRODUCTION: the function that picks rows, and a worker's claim.
        due_work=due_rows,
        run_tick=tick,
        assert_scheduled=a_worker_without_doorbell_finds_a_row,
        observe_outstanding=backlog,
        # ARRANGE
        make_owed=lambda age=timedelta(0): owed(age.total_seconds()),
        make_terminal=terminal_rows,
        recovery_delay=timedelta(0),
        page_size=PAGE,
        # EXTERNAL SEAM: the claimed rows are not run; what is claimed is noted.
        in_flight=InFlightExecution(
            make_owed=lambda: owed(60),
            start=held_open,
            execution_count_for=times_dispatched,
        ),
        # OBSERVE
        dispatched_ids=lambda: list(site().dispatched),
    )


def the_only_owed() -> str:
    """A row that is due, beside none that is: a claim gets this one, also after a take-back."""
    site().things.run(
        "update public.things set processing_status = 'cancelled'"
        " where processing_status in ('pending', 'processing')"
    )
    return owed()


def ownership() -> FencedOwnership:
    return FencedOwnership(
        name="liverows",
        # ARRANGE
        make_claimable=the_only_owed,
        # EXTERNAL SEAM: the clock moves on, and nobody sends a heartbeat.
        expire_lease=lambda _key: lose_heartbeats(),
        # REAL PRODUCTION: the worker's own calls.
        claim=claim,
        fenced_write=complete,
        other_fenced_writes={
            "fail": fail,
            "retry_later": wait,
            "release": release,
            "checkpoint": checkpoint,
            "progress": show,
        },
        renew_lease=beat,
        reclaim_stalled=take_back,
        release_unchanged=release,
        # OBSERVE
        observe=visible,
    )


def ambiguity() -> AmbiguityAware:
    return AmbiguityAware(
        name="liverows",
        # ARRANGE
        claim=claim_new,
        # REAL PRODUCTION
        start_attempt=begin_call,
        resolve_stalled=take_back,
        apply_late_evidence=late_answer,
        due_work_ids=due_rows,
        # EXTERNAL SEAM: the clock.
        expire_lease=lambda _key: lose_heartbeats(),
        # OBSERVE
        open_attempt=open_call,
        state_of=lambda key: look(key)["status"],
        ambiguous_disposition="ambiguous",
        retryable_disposition="pending",
        ambiguous_state="ambiguous",
        terminal_states=TERMINAL,
    )


YEARS = 400 * 24 * 3600


def owed_for_years() -> tuple[str, int]:
    """A row that runs, with a stored step and a noted paid call, all of them very old."""
    key, token = claim_new()
    checkpoint(key, token)
    begin_call(key, token)
    site().clock.advance(YEARS)
    return key, 3


def settled_for_years() -> tuple[str, int]:
    key, token = claim_new()
    checkpoint(key, token)
    complete(key, token)
    site().clock.advance(YEARS)
    return key, 1


async def _prune() -> None:
    await worker().prune(Keep(history_days=30, usage_days=90), max_rows=10_000)


def prune() -> None:
    site().run(_prune())


def still_there(made: tuple[str, int]) -> bool:
    """Whether all that was stored for the row is still there: lease, checkpoint, noted call."""
    key, lines = made
    (found,) = site().things.run(
        "select (select count(*) from processing.leases where row_id = %(key)s)"
        " + (select count(*) from processing.checkpoints where row_id = %(key)s)"
        " + (select count(*) from processing.paid_calls where row_id = %(key)s) as lines,"
        " (select count(*) from public.things where id = %(key)s::bigint) as row",
        {"key": key},
    )
    return bool(found["row"] == 1 and found["lines"] == lines)


def retention() -> Retention:
    return Retention(
        name="liverows",
        # ARRANGE
        make_non_terminal=owed_for_years,
        make_prunable=settled_for_years,
        # REAL PRODUCTION: what workers run every few minutes.
        run_retention=prune,
        # EXTERNAL SEAM: the clock, which jumps by a year.
        # OBSERVE
        still_exists=still_there,
    )
