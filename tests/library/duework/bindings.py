"""The profiles of due-work-harness, bound to the calls that a worker makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from due_work_harness import (
    AmbiguityAware,
    ConvergentWrite,
    DueWorkSweep,
    FencedOwnership,
    InFlightExecution,
    Retention,
    StateDerived,
    SupersededSnapshot,
)

from liverows.base.errors import Cancelled, LeaseLost
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient
from liverows.database.housekeeping import Retention as Keep
from liverows.database.messages import Action, NewCheckpoint, Result
from tests.library.duework.selection import due_rows
from tests.library.duework.site import (
    SLUG,
    Run,
    claimed,
    look,
    lose_heartbeats,
    owed,
    owner,
    site,
    worker,
)
from tests.library.duework.sweeping import a_worker_without_doorbell_finds_a_row

PAGE = 5
TERMINAL = ("completed", "failed", "cancelled")
STEP = ("read", "1", "hash")


# ---- calls of a worker


async def _tick() -> int:
    jobs = await claimed(ContractClient(site().transport()), PAGE, sweep=True)
    site().dispatched.extend(job.key.row_id for job in jobs)
    return len(jobs)


def tick() -> int:
    """One look of a worker for rows: a sweep, and a claim of a page."""
    return site().run(_tick())


async def _claim() -> tuple[str, UUID] | None:
    jobs = await claimed(ContractClient(site().transport()), 1)
    return (jobs[0].key.row_id, UUID(jobs[0].key.nonce)) if jobs else None


def claim() -> tuple[str, UUID] | None:
    return site().run(_claim())


def run_of(token: UUID) -> Run:
    return site().runs[token]


async def _end(run: Run, action: Action, details: JsonObject) -> bool:
    result = Result(run.job.key, SLUG, action, details)
    (answer,) = await ContractClient.finish(run.client, [result])
    return answer.outcome == "done"


def end(token: UUID, action: Action, **details: Any) -> bool:
    """Whether the database took this end of the run."""
    return site().run(_end(run_of(token), action, details))


FAILED: JsonObject = {"code": "boom", "message": "It broke."}


def complete(_key: str, token: UUID) -> bool:
    return end(token, "complete", outputs={"said": f"by {token}"})


def fail(_key: str, token: UUID) -> bool:
    return end(token, "fail", error=FAILED, retryable=True)


def wait(_key: str, token: UUID) -> bool:
    return end(token, "retry_later", error=FAILED, retry_after=60)


def release(_key: str, token: UUID) -> bool:
    return end(token, "release")


async def _checkpoint(run: Run) -> bool:
    made = NewCheckpoint(*STEP, "output", "round", None, False, 1, 0.1, None)
    try:
        await ContractClient.checkpoint(run.client, run.job.key, made)
    except (LeaseLost, Cancelled):
        return False
    return True


def checkpoint(_key: str, token: UUID) -> bool:
    return site().run(_checkpoint(run_of(token)))


async def _show(run: Run) -> bool:
    try:
        await ContractClient.progress(run.client, run.job.key, stage="Reading", percent=40, outputs=None)
    except (LeaseLost, Cancelled):
        return False
    return True


def show(_key: str, token: UUID) -> bool:
    return site().run(_show(run_of(token)))


async def _beat(run: Run) -> bool:
    answer = await ContractClient.heartbeat(
        run.client, [run.job.key], {"pipelines": [SLUG]}, claim_timeout_seconds=600
    )
    return not answer.lost


def beat(_key: str, token: UUID) -> bool:
    return site().run(_beat(run_of(token)))


async def _take_back() -> int:
    taken, _ = await ContractClient(site().transport()).take_back()
    return taken


def take_back(key: str) -> str | None:
    """Let another worker look after the dead; the row's status if it was taken back."""
    held = leases(key)
    site().run(_take_back())
    return look(key)["status"] if held and not leases(key) else None


def leases(key: str) -> list[str]:
    found = site().things.run(
        "select nonce::text from processing.leases where row_id = %(key)s", {"key": key}
    )
    return [row["nonce"] for row in found]


# ---- observations


def visible(key: str) -> Any:
    """What the row shows, who holds it, whether that worker is late, and what is stored."""
    row = look(key)
    (stored,) = site().things.run(
        "select (select count(*) from processing.checkpoints where row_id = %(key)s) as steps,"
        " (select w.beat_at < processing.clock() - interval '20 seconds' from processing.leases"
        " as l join processing.workers as w using (worker) where l.row_id = %(key)s) as late",
        {"key": key},
    )
    shown = ("status", "run", "attempts", "said", "stage", "progress", "finished_at")
    return {name: row[name] for name in shown} | stored | {"leases": leases(key)}


def terminal_rows(**_age: Any) -> list[str]:
    return [
        row["id"]
        for row in site().things.run(
            "insert into public.things (processing_status) values"
            " ('completed'), ('failed'), ('cancelled') returning id::text"
        )
    ]


def backlog() -> float:
    """What operators see: `pending` of the overview, as the metrics publish it."""
    overview = site().run(_overview())
    return float(overview["pipelines"][0]["pending"])


async def _overview() -> Any:
    client = ContractClient(site().transport())
    return await client.call("overview", {})


# ---- the profiles


@contextmanager
def held_open(_row: Any, start: Any) -> Iterator[None]:
    """The tick claims the row, and its run goes on while the block lasts."""
    start()
    yield


def sweep() -> DueWorkSweep:
    return DueWorkSweep(
        name="liverows",
        # REAL PRODUCTION: the function that picks rows, and a worker's claim.
        due_work=lambda: due_rows(),
        run_tick=lambda: tick(),
        assert_scheduled=a_worker_without_doorbell_finds_a_row,
        observe_outstanding=lambda: backlog(),
        # ARRANGE
        make_owed=lambda age=timedelta(0): owed(age.total_seconds()),
        make_terminal=terminal_rows,
        recovery_delay=timedelta(0),
        page_size=PAGE,
        # EXTERNAL SEAM: the claimed rows are not run; what is claimed is noted.
        in_flight=InFlightExecution(
            make_owed=lambda: owed(60),
            start=held_open,
            execution_count_for=lambda row: site().dispatched.count(row),
        ),
        # OBSERVE
        dispatched_ids=lambda: list(site().dispatched),
    )


def ownership() -> FencedOwnership:
    return FencedOwnership(
        name="liverows",
        # ARRANGE
        make_claimable=lambda: owed(),
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


def claim_new() -> tuple[str, UUID]:
    owed()
    found = claim()
    assert found is not None
    return found


async def _begin(run: Run) -> str:
    call = await ContractClient.begin_call(run.client, run.job.key, *STEP)
    return str(getattr(call, "key", None))


def begin_call(_key: str, token: UUID) -> str:
    """Note that a paid call is about to be made; its idempotency key."""
    return site().run(_begin(run_of(token)))


def open_call(key: str) -> Any:
    found = site().things.run(
        "select call_key from processing.paid_calls where row_id = %(key)s and tries > 0",
        {"key": key},
    )
    return found[0]["call_key"] if found else None


def late_answer(key: str) -> str:
    """The dead worker comes back with the answer."""
    token = next(nonce for nonce, run in site().runs.items() if run.job.key.row_id == key)
    complete(key, token)
    status: str = look(key)["status"]
    return status


def ambiguity() -> AmbiguityAware:
    return AmbiguityAware(
        name="liverows",
        # ARRANGE
        claim=claim_new,
        # REAL PRODUCTION
        start_attempt=begin_call,
        resolve_stalled=take_back,
        apply_late_evidence=late_answer,
        due_work_ids=lambda: due_rows(),
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
        run_retention=lambda: prune(),
        # EXTERNAL SEAM: the clock, which jumps by a year.
        # OBSERVE
        still_exists=still_there,
    )


# ---- results that come late


def state_of(key: str, token: UUID) -> tuple[str, str, tuple[Any, ...]]:
    row = look(key)
    return key, str(token), (row["status"], row["said"], row["run"], row["attempts"])


def unsettled() -> Any:
    return state_of(*claim_new())


def settled_by_another() -> Any:
    """The first worker was slow: another one has finished the row. Its own result is still to come."""
    key, slow = claim_new()
    lose_heartbeats()
    take_back(key)
    again = claim()
    assert again is not None
    complete(*again)
    return state_of(key, slow)


def apply_result(state: tuple[str, str, tuple[Any, ...]]) -> Any:
    key, token = state[0], UUID(state[1])
    complete(key, token)
    return state_of(key, token)


def convergence() -> ConvergentWrite:
    return ConvergentWrite(
        name="liverows",
        # ARRANGE
        settled_state=settled_by_another,
        unsettled_state=unsettled,
        # REAL PRODUCTION: finish, with the result of this run.
        apply_evidence=apply_result,
        # EXTERNAL SEAM: the clock.
        # OBSERVE
        is_settled=lambda state: state[2][0] in TERMINAL,
    )


async def _person(statement: str, key: str) -> None:
    async with owner() as connection:
        await connection.execute(statement, int(key))


def person(statement: str, key: str) -> None:
    """What a person does in Studio; the triggers of the migrations judge it."""
    site().run(_person(statement, key))


EDITED = "update public.things set wants = 'something else' where id = $1"
SET_BACK = (
    "update public.things set wants = 'something else', processing_status = 'pending' where id = $1"
)


def finish_taken(taken: tuple[str, UUID]) -> bool:
    return complete(*taken)


def superseded_by(statement: str) -> SupersededSnapshot:
    tokens: list[tuple[str, UUID]] = []

    def take() -> tuple[str, UUID]:
        tokens.append(claim_new())
        return tokens[-1]

    def shown() -> Any:
        row = look(tokens[-1][0])
        return row["status"], row["said"], row["finished_at"]

    return SupersededSnapshot(
        name="liverows",
        # ARRANGE
        take_snapshot=take,
        # REAL PRODUCTION: a person's statement, and the worker's finish.
        supersede=lambda: person(statement, tokens[-1][0]),
        run_with_snapshot=finish_taken,
        # EXTERNAL SEAM: none.
        # OBSERVE
        observe=shown,
    )


def snapshot() -> SupersededSnapshot:
    # ARRANGE, REAL PRODUCTION, EXTERNAL SEAM and OBSERVE stand in `superseded_by`:
    # ARRANGE
    # REAL PRODUCTION
    # EXTERNAL SEAM
    # OBSERVE
    return superseded_by(EDITED)


# ---- obligations that follow from the row alone


def implied() -> str:
    """A row that an application stored without a word to the queue; its NOTIFY is heard by nobody."""
    return site().things.add_one()


def stopped() -> str:
    key = implied()
    site().things.call("cancel", table_name="public.things", row_id=key)
    return key


def settle(key: str) -> None:
    """A worker runs all rows that are due, until this one is done."""
    while look(key)["status"] not in TERMINAL:
        found = claim() if not leases(key) else held_token(key)
        assert found is not None
        complete(*found)


def held_token(key: str) -> tuple[str, UUID]:
    (nonce,) = leases(key)
    return key, UUID(nonce)


def wanted(key: str) -> Any:
    return look(key)["wants"]


def want_something_else(key: str) -> Any:
    person(SET_BACK, key)
    return wanted(key)


def derivation() -> StateDerived:
    return StateDerived(
        name="liverows",
        # ARRANGE
        make_implied_obligation=implied,
        make_stopped=stopped,
        make_recovery_eligible=lambda _key: None,
        # REAL PRODUCTION: the row is the job, so nothing has to be derived.
        derive=lambda: None,
        materialises_records=False,
        outstanding=lambda: due_rows(),
        settle=settle,
        move_desired_state=want_something_else,
        # EXTERNAL SEAM: no worker listens.
        # OBSERVE
        record_of=lambda key: look(key),
        desired_of=wanted,
    )
