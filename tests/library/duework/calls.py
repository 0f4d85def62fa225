"""What a worker calls, as plain functions, and what can be seen of a row afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from liverows.base.errors import Cancelled, LeaseLost
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient
from liverows.database.messages import Action, NewCheckpoint, Result
from tests.library.duework.site import SLUG, Run, claimed, look, owed, site

PAGE = 5
TERMINAL = ("completed", "failed", "cancelled")
STEP = ("read", "1", "hash")


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
        await ContractClient.progress(
            run.client, run.job.key, stage="Reading", percent=40, outputs=None
        )
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
