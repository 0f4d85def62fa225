"""What people, the API and the command line call: from cancel to prune."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    ask,
    ask_one,
    attach,
    events,
    ledger,
    look,
    one,
    statuses,
)
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, paid, refused

pytestmark = pytest.mark.any_version

ROW = {"table_name": "public.questions"}


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


@pytest.mark.parametrize("function", ["cancel", "retry", "reset_edited"])
def test_only_the_owner_of_a_row_may_ask_for_it(
    owner: Connection, queue: Queue, function: str
) -> None:
    key = ask_one(owner, account_id=ALICE)
    before = look(owner, key)
    for asked in ({"row_id": key, "requested_by": BOB}, {"row_id": "999"}, {"row_id": "no number"}):
        with refused("P0002"):
            queue.call(function, **ROW, **asked)
    assert look(owner, key) == before
    assert queue.call(function, **ROW, row_id=key, requested_by=ALICE)["status"]
    assert queue.call(function, **ROW, row_id=key)["status"], "the operator may always"


def test_where_no_owner_is_declared_no_user_may_ask(owner: Connection, queue: Queue) -> None:
    attach(owner)
    key = ask_one(owner, account_id=ALICE)
    with refused("P0002"):
        queue.call("cancel", **ROW, row_id=key, requested_by=ALICE)


def test_a_table_that_is_not_attached_is_named(queue: Queue) -> None:
    for function in ("cancel", "retry", "reset_edited", "explain"):
        with refused("RJ003"):
            queue.call(function, table_name="auth.users", row_id="1")


def test_cancel_stops_a_waiting_and_a_running_row_and_leaves_finished_ones(
    owner: Connection, queue: Queue
) -> None:
    done, running, waiting = ask(owner, 3)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    queue.claim_one(PIPELINE)
    states = [queue.call("cancel", **ROW, row_id=key) for key in (done, running, waiting)]
    assert [state["status"] for state in states] == ["completed", "cancelled", "cancelled"]
    assert queue.claim(PIPELINE) == []


def test_retry_runs_finished_rows_again_and_leaves_running_ones(
    owner: Connection, queue: Queue
) -> None:
    done, failed, running = ask(owner, 3)
    queue.complete(queue.claim_one(PIPELINE))
    queue.fail(queue.claim_one(PIPELINE), retryable=False)
    held = queue.claim_one(PIPELINE)
    states = [queue.call("retry", **ROW, row_id=key) for key in (done, failed, running)]
    assert [state["status"] for state in states] == ["pending", "pending", "processing"]
    assert states[1]["error"] is None
    assert queue.complete(held) == "done"


def test_retry_makes_a_waiting_row_due_at_once_and_keeps_its_attempts(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    queue.fail(queue.claim_one(PIPELINE), retry_after=600)
    assert queue.claim(PIPELINE) == []
    queue.call("retry", **ROW, row_id=key)
    assert queue.claim_one(PIPELINE)["attempt"] == 2


def test_redrive_filters_by_pipeline_error_and_time_and_is_bounded(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 4)
    for code in ("old", "timeout", "timeout", "other"):
        queue.fail(queue.claim_one(PIPELINE), retryable=False, code=code)
        if code == "old":
            clock.advance(3600)
    queue.heartbeat()

    def redrive(**filters: object) -> int:
        queued: int = queue.call("redrive", pipeline=PIPELINE, **filters)["queued"]
        return queued

    assert redrive(error_code="unheard_of") == 0
    assert redrive(error_code="timeout", max_rows=1) == 1
    assert redrive(failed_since=datetime.now(UTC) + timedelta(minutes=30)) == 2
    assert redrive() == 1
    assert statuses(owner) == {"pending": 4}
    with refused("RJ003"):
        queue.call("redrive", pipeline="unheard-of")


def test_explain_tells_the_whole_story_of_a_row(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE, woken_by="notify")
    queue.checkpoint(
        row,
        details={"attempts": 2, "seconds": 1.5, "usage": None},
        spent=Jsonb([paid(row, cost_usd=0.5)]),
    )
    story = queue.call("explain", **ROW, row_id=key)
    assert story["row"]["status"] == "processing"
    assert story["row"]["owner"] == ALICE
    assert story["lease"]["worker"] == queue.worker
    assert [step["step"] for step in story["checkpoints"]] == ["read"]
    assert story["usage"]["cost_usd"] == 0.5
    queue.complete(row)
    story = queue.call("explain", **ROW, row_id=key)
    assert [event["kind"] for event in story["events"]] == ["step", "completed"]
    assert (story["lease"], story["blocked_by"]) == (None, [])


def test_explain_says_why_a_row_waits(owner: Connection, queue: Queue, clock: Clock) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    key = ask_one(owner, processing_not_before=later)

    def reasons() -> list[str]:
        found: list[str] = queue.call("explain", **ROW, row_id=key)["blocked_by"]
        return found

    wait, nobody = reasons()
    assert wait.startswith("waits until")
    assert nobody == f"no live worker runs pipeline {PIPELINE}"
    queue.heartbeat(pipelines=[PIPELINE])
    assert reasons() == [wait]
    clock.advance(3601)
    queue.heartbeat(pipelines=[PIPELINE])
    assert reasons() == []


def test_overview_shows_what_waits_runs_and_ended_and_who_works(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 4)
    ask(owner, processing_not_before=datetime.now(UTC) + timedelta(hours=1))
    clock.advance(5)
    queue.heartbeat(pipelines=[PIPELINE], name="mill", listens=["notify"])
    queue.complete(queue.claim_one(PIPELINE))
    queue.fail(queue.claim_one(PIPELINE), retryable=False)
    queue.claim_one(PIPELINE)
    seen = queue.call("overview")
    line = next(line for line in seen["pipelines"] if line["pipeline"] == PIPELINE)
    assert (line["pending"], line["due"], line["processing"], line["workers"]) == (2, 1, 1, 1)
    assert line["oldest_due_seconds"] >= 4
    assert line["last_hour"] == {"completed": 1, "failed": 1}
    (worker,) = seen["workers"]
    assert (worker["name"], worker["holds"], worker["listens"]) == ("mill", 1, ["notify"])


def test_a_pipeline_that_a_live_worker_leaves_out_is_told_with_its_cure(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    (key,) = ask(owner)
    told = {
        "pipeline": PIPELINE,
        "attached": True,
        "reason": "needs columns that are not attached: inputs tone",
        "cure": "run: select processing.attach(…)",
    }
    queue.heartbeat(pipelines=[], left_out=[told])
    Queue(queue.connection).heartbeat(pipelines=["another"])

    def reasons() -> list[str]:
        found: list[str] = queue.call("explain", **ROW, row_id=key)["blocked_by"]
        return found

    left_out = [worker["left_out"] for worker in queue.call("overview")["workers"]]
    assert left_out == [[told], []]
    assert reasons() == [
        f"no live worker runs pipeline {PIPELINE}",
        f"a worker leaves the pipeline out: {told['reason']}; {told['cure']}",
    ]
    clock.advance(60)
    assert reasons() == [f"no live worker runs pipeline {PIPELINE}"]


def test_prune_is_bounded_and_touches_no_domain_row(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 10)
    for row in queue.claim(PIPELINE, slots=9):
        queue.checkpoint(row, "old", max_age_seconds=60)
        queue.checkpoint(row, "for ever")
        queue.complete(row, answer="42")
    gone = Queue(queue.connection)
    gone.heartbeat()
    clock.advance(40 * 24 * 3600)
    held = queue.claim_one(PIPELINE)
    queue.heartbeat(held)
    before = owner.execute("select * from public.questions order by id").fetchall()
    assert queue.call("prune", max_rows=4) == {
        "events": 4, "checkpoints": 4, "looked_at": 4, "workers": 1, "paid_calls": 0, "usage": 0
    }  # fmt: skip
    total = {"events": 4, "checkpoints": 4}
    while any((pruned := queue.call("prune", max_rows=4)).values()):
        assert pruned["events"] <= 4 and pruned["checkpoints"] <= 4
        total["events"] += pruned["events"]
        total["checkpoints"] += pruned["checkpoints"]
    assert total == {"events": 27, "checkpoints": 18}
    assert one(owner, "select count(*) from processing.checkpoints") == 0
    assert owner.execute("select * from public.questions order by id").fetchall() == before
    assert queue.complete(held) == "done"


def test_prune_keeps_every_checkpoint_that_can_be_used_again(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3)
    done, failed, running = queue.claim(PIPELINE, slots=3)
    for row in (done, failed, running):
        queue.checkpoint(row, "of this round")
        queue.checkpoint(row, "of its input", keep="content")
        queue.checkpoint(row, "of anybody", shareable=True)
        queue.checkpoint(row, "of this week", max_age_seconds=7 * 86400)
    queue.complete(done, answer="42")
    queue.fail(failed, retryable=False)
    assert queue.call("prune")["checkpoints"] == 0  # a person may still look at them
    clock.advance(3700)
    queue.heartbeat(running)
    assert queue.call("prune")["checkpoints"] == 1
    kept = "select count(*) from processing.checkpoints where row_id = %s"
    assert [one(owner, kept, row["id"]) for row in (done, failed, running)] == [3, 4, 4]


def test_a_table_that_cannot_be_read_stops_no_pruning_of_others(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    queue.complete(row, answer="42")
    clock.advance(40 * 24 * 3600)
    owner.execute("alter table public.questions rename processing_status to status_of_old")
    told = queue.call("prune")
    assert told["events"] > 0 and told["checkpoints"] == 0


def test_of_two_callers_at_once_one_prunes(
    queue: Queue, database: Database, connect: Connections
) -> None:
    other = Queue(connect(database, "service_role", autocommit=False))
    other.call("prune")
    assert set(queue.call("prune").values()) == {0}
    other.connection.commit()


def test_prune_keeps_the_history_of_a_row_that_is_held(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    clock.advance(40 * 24 * 3600)
    queue.call("prune")
    assert ledger(owner, key)["events"] == 1


def test_the_contract_has_a_version(queue: Queue) -> None:
    assert queue.call("contract_version") >= 1


def test_the_list_of_pipelines_says_what_a_worker_must_know(queue: Queue) -> None:
    line = next(line for line in queue.call("list_pipelines") if line["pipeline"] == PIPELINE)
    assert line["table"] == "public.questions"
    assert line["inputs"] == ["question", "notes"]
    assert line["outputs"] == ["answer", "score", "notes"]
    assert (line["paused"], line["doorbell"], line["published"]) == (False, True, True)


def test_history_names_who_changed_a_status(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.connection.execute("update public.questions set processing_status = 'cancelled'")
    assert events(owner, key, "status_set")[0]["data"]["role"] == "service_role"


# What a person has edited, given back to the workers.


def edited_row(owner: Connection, queue: Queue) -> str:
    """A finished row in which a person has changed three outputs."""
    key = ask_one(owner, account_id=ALICE)
    queue.complete(queue.claim_one(PIPELINE), answer="42", score=1)
    owner.execute("update public.questions set answer = 'mine', score = 9, notes = 'mine'")
    assert look(owner, key)["edited"] == ["answer", "notes", "score"]
    return key


def test_a_column_that_is_reset_is_written_by_the_next_run(owner: Connection, queue: Queue) -> None:
    key = edited_row(owner, queue)
    state = queue.call("reset_edited", **ROW, row_id=key, columns=["answer"], requested_by=ALICE)
    assert (state["edited"], state["status"]) == (["notes", "score"], "completed")
    assert look(owner, key)["answer"] == "mine", "the value stays until a run writes another"
    queue.call("retry", **ROW, row_id=key)
    queue.complete(queue.claim_one(PIPELINE), answer="43", score=2)
    shown = look(owner, key)
    assert (shown["answer"], shown["score"], shown["edited"]) == ("43", 9, ["notes", "score"])


def test_a_reset_of_everything_is_noted_once_in_the_history(
    owner: Connection, queue: Queue
) -> None:
    key = edited_row(owner, queue)
    run = look(owner, key)["run"]
    for _ in range(2):
        assert queue.call("reset_edited", **ROW, row_id=key)["edited"] == []
    assert look(owner, key)["run"] == run
    (event,) = events(owner, key, "edits_reset")
    assert event["data"] == {"columns": ["answer", "notes", "score"], "requested_by": None}


def test_a_reset_disturbs_no_run_and_reaches_the_one_that_is_going_on(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute("update public.questions set answer = 'mine'")
    queue.call("reset_edited", **ROW, row_id=key, columns=["answer", "score"])
    assert queue.complete(row, answer="42") == "done"
    assert look(owner, key)["answer"] == "42"


@pytest.mark.parametrize("column", ["question", "id", "processing_status", "unheard_of"])
def test_only_outputs_can_be_reset(owner: Connection, queue: Queue, column: str) -> None:
    key = edited_row(owner, queue)
    with refused("42703"):
        queue.call("reset_edited", **ROW, row_id=key, columns=["answer", column])
    assert look(owner, key)["edited"] == ["answer", "notes", "score"]
