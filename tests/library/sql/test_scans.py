"""No usual call reads a large table from end to end, whatever the statistics say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import ALICE, PIPELINE, Others, ask, attach, one
from tests.library.sql.reads import reads
from tests.support.queue import Connection, Queue, result

LARGE = ("public.questions", "processing.events", "processing.leases")

MANY = 20_000

FILL = f"""
insert into processing.events (at, table_id, row_id, run, kind)
select processing.clock(), 'public.questions', n::text, 1, 'completed'
from generate_series(1, {MANY}) as n;
insert into processing.leases (
    table_id, row_id, run, nonce, worker, pipeline, claimed_at, deadline, late_ms, woken_by)
select 'public.questions', n::text, 1, gen_random_uuid(), '{{worker}}', 'elsewhere', now(),
    now() + interval '1 hour', 0, 'sweep'
from generate_series(1, {MANY}) as n;
"""


def analyze(admin: Connection) -> None:
    """If a table has pages and no row now, Postgres takes it for empty until the next analyze."""
    for table in LARGE:
        admin.execute(f"analyze {table}")


@pytest.fixture(params=["fresh", "stale"])
def statistics(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=["account_id", None], ids=["owners", "no owners"])
def filled(
    request: pytest.FixtureRequest, owner: Connection, sessions: Sessions, others: Others,
    statistics: str,
) -> None:  # fmt: skip
    """20,000 completed rows, events, and leases of another worker; 60 rows are due."""
    attach(owner, owner=request.param)
    admin = sessions.lend("supabase_admin")
    if statistics == "stale":
        admin.execute(FILL.format(worker=ALICE))
        for table in LARGE[1:]:
            admin.execute(f"delete from {table}")
        analyze(admin)
    owner.execute("alter table public.questions disable trigger user")
    ask(owner, MANY, processing_status="completed")
    owner.execute("alter table public.questions enable trigger user")
    (peer,) = others(1)
    peer.heartbeat()
    admin.execute(FILL.format(worker=peer.worker))
    ask(owner, 60)
    if statistics == "fresh":
        analyze(admin)


@pytest.mark.usefixtures("filled")
def test_a_call_for_a_few_rows_reads_few_rows(queue: Queue) -> None:
    claim = partial(queue.claim, PIPELINE, sweep=False)
    held, read = reads(queue, claim, *LARGE)
    assert len(held) == 10
    done = [result(row, "complete", outputs={"answer": "42"}) for row in held]
    calls: dict[str, Callable[[], Any]] = {
        "claim": claim,
        "checkpoint": partial(queue.checkpoint, held[0]),
        "progress": partial(queue.progress, held[0], percent=4),
        "finish": partial(queue.finish, *done[:3]),
        "release": partial(queue.finish, result(held[4], "release")),
        "finish_and_claim": partial(queue.finish_and_claim, done[5:], PIPELINE, slots=3),
    }
    for name, call in calls.items():
        _, read = reads(queue, call, *LARGE)
        assert (name, read.scans) == (name, 0)
        assert read.rows < 100, name


@pytest.mark.usefixtures("filled")
def test_who_looks_at_other_workers_reads_their_leases_once(queue: Queue) -> None:
    held = queue.claim(PIPELINE, sweep=False)
    for call in (queue.take_back, partial(queue.heartbeat, *held)):
        _, read = reads(queue, call, *LARGE)
        assert read.scans == 1
        assert read.rows < MANY + 100, call


@pytest.mark.usefixtures("filled")
def test_prune_scans_no_table(queue: Queue) -> None:
    _, read = reads(queue, partial(queue.call, "prune"), *LARGE)
    assert read.scans == 0


def test_what_reads_many_rows_is_not_compiled_first(owner: Connection) -> None:
    """The costs that stale statistics name can be high enough for JIT, which costs more."""
    attach(owner)
    compiled = one(
        owner,
        "select array_agg(f.proname order by f.proname) from pg_proc as f"
        " where f.pronamespace = 'processing'::regnamespace"
        " and (f.proname = any (%s) or f.proname ~ '__answer_question$')"
        " and (f.proconfig @> '{jit=off}') is not true",
        ["take_back", "heartbeat", "overview", "prune", "waiting"],
    )
    assert compiled is None
