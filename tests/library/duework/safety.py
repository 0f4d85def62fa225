"""The two safety profiles of due-work-harness: paying once, and giving up in the end."""

from __future__ import annotations

from uuid import UUID

from due_work_harness import BoundedRetry, ReplaySafeEffect

from liverows.recipe.idempotency import open_key
from tests.library.duework.calls import begin_call, claim, run_of, take_back, visible
from tests.library.duework.selection import due_rows
from tests.library.duework.site import Run, look, lose_heartbeats, owed, site
from tests.library.duework.sweeping import work_until
from tests.support.paid_service import PaidClient


def ask(key: str) -> None:
    """A worker claims the row, notes the call, makes it, and dies before it stores the answer."""
    found = claim()
    assert found is not None
    row, token = found
    assert row == key
    call_key = UUID(begin_call(row, token))
    site().run(_ask(run_of(token), call_key))
    lose_heartbeats()
    take_back(row)


async def _ask(run: Run, call_key: UUID) -> None:
    client = PaidClient(site().service.url)
    try:
        with open_key(call_key):
            await client.ask("read", int(run.job.key.row_id))
    finally:
        await client.close()


def replay() -> ReplaySafeEffect:
    return ReplaySafeEffect(
        name="liverows",
        # ARRANGE
        prepare=owed,
        # REAL PRODUCTION: claim, begin_call and the Idempotency-Key of the call.
        execute=ask,
        # EXTERNAL SEAM: a paid service on this machine that honours the key.
        execution_count_for=lambda key: site().service.count()[key, "read"],
        # OBSERVE: what was paid.
        observe=lambda key: site().service.payments()[key, "read"],
    )


NOBODY = "http://127.0.0.1:9"
"""A service that takes no connection."""


def run_once(key: str) -> None:
    """A worker runs the row once; if nothing is due, it has looked for rows in vain."""
    before = look(key)["attempts"]

    def tried(looks: int) -> bool:
        row = look(key)
        over = row["status"] != "processing" and row["attempts"] > before
        return over or (looks >= 3 and row["status"] == "failed")

    work_until(tried, service_url=NOBODY)


def failures(key: str) -> int:
    """How often the step has failed, as the history of the row says."""
    kinds = site().things.kinds(key)
    return sum(kind in ("retry", "failed") for kind in kinds)


def retry() -> BoundedRetry:
    return BoundedRetry(
        name="liverows",
        max_executions=3,
        # ARRANGE
        make_failing=owed,
        # REAL PRODUCTION: the pick of a claim, and a whole worker.
        due_work=due_rows,
        run_once=run_once,
        # EXTERNAL SEAM: a service that is down, and the clock.
        advance_to_due=lambda _key: site().clock.advance(3600),
        # OBSERVE
        is_terminal=lambda key: look(key)["status"] == "failed",
        failure_attempt_count=failures,
        observe=visible,
    )
