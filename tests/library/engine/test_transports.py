"""Both transports: claiming rows, ending runs, holding and losing them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from liverows.base.errors import (
    ContractMismatch,
    LeaseLost,
)
from liverows.base.types import JsonObject
from liverows.database.client import Asked, ContractClient
from liverows.database.messages import Action, Result, RunKey
from tests.support.databases import Clock
from tests.support.links import MEGABYTE, TEXT, Link, claim_one, completed
from tests.support.samples import PIPELINE, TABLE_NAME, Samples

# The contract itself


async def test_a_database_of_this_version_is_accepted(store: ContractClient) -> None:
    await store.check_contract()


async def test_a_database_of_another_version_is_refused(
    store: ContractClient, samples: Samples
) -> None:
    samples.run(
        "create or replace function processing.contract_version() returns integer"
        " language sql immutable as 'select 3'"
    )
    with pytest.raises(ContractMismatch, match="version 3, this worker 1"):
        await store.check_contract()


async def test_what_is_attached_is_told_with_its_columns(store: ContractClient) -> None:
    attached = {str(pipeline["pipeline"]): pipeline for pipeline in await store.attached()}
    sample = attached[PIPELINE]
    assert (sample["table"], sample["key"]) == (TABLE_NAME, "id")
    assert sample["providers"] == ["lab"]
    assert (sample["paused"], sample["doorbell"], sample["store"]) == (False, True, None)


# Claim


async def test_a_claimed_row_arrives_as_it_was_written(
    store: ContractClient, samples: Samples
) -> None:
    samples.add(
        TEXT, title=TEXT, body=MEGABYTE, count=2**62, price=Decimal("12345678901234.56"),
        ratio=0.1, seen_on=date(2026, 2, 28), seen_at=datetime(2026, 2, 28, 23, 59, 59, 5, UTC),
        extra={"a": [1, 2.5, None, True, {"ü": ""}]}, flag=False,
    )  # fmt: skip
    job = await claim_one(store)
    assert (job.key, job.pipeline) == (RunKey(TABLE_NAME, TEXT, 1, job.key.nonce), PIPELINE)
    assert (job.attempt, job.max_attempts, job.timeout_seconds) == (1, 3, 900)
    assert (job.edited, job.checkpoints, job.woken_by) == ((), (), "notify")
    assert job.late_ms >= 0
    assert job.inputs.pop("body") == MEGABYTE
    assert job.readable().inputs == {
        "title": TEXT,
        "count": 2**62,
        "price": 12345678901234.56,
        "ratio": 0.1,
        "seen_on": "2026-02-28",
        "seen_at": "2026-02-28T23:59:59.000005+00:00",
        "extra": {"a": [1, 2.5, None, True, {"ü": ""}]},
        "flag": False,
    }


async def test_columns_without_a_value_arrive_as_null(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    assert set(job.inputs.values()) == {None}


async def test_an_empty_claim_tells_when_the_next_row_is_due(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    await store.finish([Result(job.key, PIPELINE, "retry_later", {"error": {}, "retry_after": 60})])
    claimed = await store.claim(Asked([PIPELINE]), 5, sweep=True, woken_by="sweep")
    assert (claimed.jobs, claimed.finished, claimed.closed) == ((), (), {})
    assert claimed.next_due_seconds == pytest.approx(60, abs=30)


async def test_an_idle_queue_has_nothing_due(store: ContractClient) -> None:
    claimed = await store.claim(Asked([PIPELINE, "unknown-here"]), 5, sweep=True, woken_by="start")
    assert (claimed.jobs, claimed.next_due_seconds, claimed.closed) == ((), None, {})


async def test_what_woke_the_worker_is_in_the_history(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    claimed = await store.claim(Asked([PIPELINE]), 1, sweep=False, woken_by="realtime")
    assert claimed.jobs[0].woken_by == "realtime"
    await store.finish([completed(claimed.jobs[0])])
    (event,) = samples.run("select data from processing.events where kind = 'completed'")
    assert event["data"]["woken_by"] == "realtime"
    assert event["data"]["worker"] == str(store.worker)


async def test_columns_that_a_person_edited_are_named(
    store: ContractClient, samples: Samples
) -> None:
    samples.add(title="mine")
    samples.run("update public.samples set processing_edited = '{title}'")
    assert (await claim_one(store)).edited == ("title",)


# Finish

OUTCOMES: list[tuple[Action, JsonObject, str]] = [
    ("complete", {"outputs": {"title": "done"}, "handover": None}, "completed"),
    ("fail", {"error": {"code": "x"}, "retryable": True, "retry_after": None}, "pending"),
    ("fail", {"error": {"code": "x"}, "retryable": False, "retry_after": 5}, "failed"),
    ("retry_later", {"error": {"code": "x"}, "retry_after": 9.5, "provider": "lab"}, "pending"),
    ("release", {}, "pending"),
]


@pytest.mark.parametrize(("action", "details", "status"), OUTCOMES)
async def test_every_ending_is_written_once_and_a_repetition_is_told_so(
    store: ContractClient, samples: Samples, action: Action, details: JsonObject, status: str
) -> None:
    samples.add()
    job = await claim_one(store)
    result = Result(job.key, job.pipeline, action, details)
    (finished,) = await store.finish([result])
    assert (finished.key, finished.outcome) == (job.key, "done")
    assert samples.look()["status"] == status
    (repeated,) = await store.finish([result])
    assert repeated.outcome == "already_done"


async def test_outputs_arrive_in_their_columns_as_they_were_sent(
    store: ContractClient, samples: Samples
) -> None:
    samples.add(ratio=1, flag=True)
    job = await claim_one(store)
    extra = {"text": TEXT, "list": [1, 0.5, None], "nothing": None}
    await store.finish([
        completed(
            job, title=TEXT, body=MEGABYTE, count=2**62, price=0.1, ratio=None,
            seen_on="2026-02-28", seen_at="2026-02-28T12:00:00+02:00", extra=extra, flag=False,
        )
    ])  # fmt: skip
    row = samples.look()
    assert (row["title"], row["body"], row["count"]) == (TEXT, MEGABYTE, 2**62)
    assert (row["price"], row["ratio"], row["flag"]) == (Decimal("0.1"), None, False)
    assert row["seen_on"] == date(2026, 2, 28)
    assert row["seen_at"] == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert row["extra"] == extra


async def test_each_result_of_a_batch_has_its_own_outcome(
    store: ContractClient, samples: Samples
) -> None:
    for key in ("bad", "cancelled", "good", "lost"):
        samples.add(key)
    claimed = await store.claim(Asked([PIPELINE]), 9, sweep=False, woken_by="start")
    samples.set_status("cancelled", "cancelled")
    results = [completed(job, count=-1 if job.key.row_id == "bad" else 1) for job in claimed.jobs]
    stale = next(result for result in results if result.key.row_id == "lost")
    results.remove(stale)
    results.append(completed_as(stale, nonce=str(uuid4())))
    outcomes = {one.key.row_id: one for one in await store.finish(results)}
    assert {key: one.outcome for key, one in outcomes.items()} == {
        "bad": "refused",
        "cancelled": "cancelled",
        "good": "done",
        "lost": "lost",
    }
    assert outcomes["bad"].refusal.constraint == "samples_count_check"


def completed_as(result: Result, *, nonce: str) -> Result:
    key = result.key._replace(nonce=nonce)
    return Result(key, result.pipeline, result.action, result.details)


async def test_an_error_that_quotes_what_jsonb_refuses_does_not_spoil_the_batch(
    store: ContractClient, samples: Samples
) -> None:
    samples.add("bad")
    samples.add("good")
    claimed = await store.claim(Asked([PIPELINE]), 2, sweep=False, woken_by="start")
    bad, good = sorted(claimed.jobs, key=lambda job: job.key.row_id)
    error: JsonObject = {"code": "x", "message": "read \x00 and \ud800", "stage": None}
    failed = Result(bad.key, PIPELINE, "fail", {"error": error, "retryable": False})
    finished = await store.finish([failed, completed(good)])
    assert [one.outcome for one in finished] == ["done", "done"]
    assert samples.look("bad")["error"]["message"] == "read  and ?"


async def test_results_and_the_next_claim_travel_together(
    store: ContractClient, samples: Samples
) -> None:
    samples.add("first")
    job = await claim_one(store)
    samples.add("second")
    claimed = await store.finish_and_claim(
        [completed(job, title="done")], Asked([PIPELINE]), 1, sweep=True, woken_by="finished"
    )
    assert claimed.finished == ()
    assert [one.key.row_id for one in claimed.jobs] == ["second"]
    assert samples.look("first")["title"] == "done"


async def test_a_closed_provider_is_told_to_every_worker(link: Link, samples: Samples) -> None:
    one, other = link.store(), link.store()
    samples.add()
    job = await claim_one(one)
    await one.finish([
        Result(job.key, PIPELINE, "retry_later",
               {"error": {"message": "slow down"}, "retry_after": 90, "provider": "lab"})
    ])  # fmt: skip
    claimed = await other.claim(Asked([PIPELINE]), 1, sweep=False, woken_by="notify")
    beat = await other.heartbeat([], {"pipelines": [PIPELINE]}, claim_timeout_seconds=30)
    assert claimed.jobs == ()
    assert claimed.closed == {"lab": pytest.approx(90, abs=40)}
    assert beat.closed == {"lab": pytest.approx(90, abs=40)}
    assert claimed.next_due_seconds == pytest.approx(90, abs=40)


# Holding, losing, taking over


async def test_a_heartbeat_tells_what_is_lost_and_what_was_cancelled(
    link: Link, samples: Samples
) -> None:
    store, other = link.store(), link.store()
    for key in ("cancelled", "held", "theirs"):
        samples.add(key)
    claimed = await store.claim(Asked([PIPELINE]), 2, sweep=False, woken_by="start")
    theirs = (await claim_one(other)).key
    samples.run("delete from public.samples where id = %(id)s", {"id": claimed.jobs[1].key.row_id})
    samples.set_status("cancelled", claimed.jobs[0].key.row_id)
    beat = await store.heartbeat(
        [job.key for job in claimed.jobs], {"pipelines": [PIPELINE]}, claim_timeout_seconds=30
    )
    assert beat.cancelled == (claimed.jobs[0].key,)
    assert beat.lost == (claimed.jobs[1].key,)
    assert beat.others_hold
    told = await other.heartbeat([theirs], {"pipelines": [PIPELINE]}, claim_timeout_seconds=30)
    assert told.others_hold, "the other worker may die before it has stopped"
    await store.heartbeat(
        [], {"pipelines": [PIPELINE]}, claim_timeout_seconds=30, ended=(*beat.cancelled, *beat.lost)
    )
    quiet = await other.heartbeat([theirs], {"pipelines": [PIPELINE]}, claim_timeout_seconds=30)
    assert (quiet.lost, quiet.cancelled, quiet.others_hold) == ((), (), False)


async def test_a_heartbeat_describes_its_worker(store: ContractClient, samples: Samples) -> None:
    info: JsonObject = {
        "name": "høst:1", "version": "1.2", "pipelines": [PIPELINE], "lock_key": 2**62,
        "lock_backend_start": "2026-02-28 12:00:00.123456+00", "listens": ["realtime"], "slots": 3,
    }  # fmt: skip
    await store.heartbeat([], info, claim_timeout_seconds=0.5)
    (worker,) = samples.run("select * from processing.workers")
    assert (worker["worker"], worker["name"]) == (store.worker, "høst:1")
    assert worker["lock_key"] == 2**62
    assert worker["lock_backend_start"] == datetime(2026, 2, 28, 12, 0, 0, 123456, UTC)
    assert worker["info"] == info


async def test_rows_of_a_dead_worker_are_taken_back(
    link: Link, samples: Samples, clock: Clock
) -> None:
    dead, living = link.store(), link.store()
    samples.add()
    job = await claim_one(dead)
    assert await living.take_back() == (0, True)
    clock.advance(25)
    assert await living.take_back() == (1, False)
    assert samples.look()["status"] == "pending"
    with pytest.raises(LeaseLost):
        await dead.progress(job.key, stage="Late", percent=1, outputs=None)


async def test_a_claim_with_a_sweep_takes_over_from_the_dead(
    link: Link, samples: Samples, clock: Clock
) -> None:
    dead, living = link.store(), link.store()
    samples.add()
    await claim_one(dead)
    clock.advance(25)
    claimed = await living.claim(Asked([PIPELINE]), 1, sweep=True, woken_by="sweep")
    assert [job.key.run for job in claimed.jobs] == [2]


async def test_a_worker_that_signs_off_is_no_longer_listed(
    store: ContractClient, samples: Samples
) -> None:
    await store.heartbeat([], {"pipelines": []}, claim_timeout_seconds=30)
    assert samples.count("workers") == 1
    await store.sign_off()
    assert samples.count("workers") == 0
