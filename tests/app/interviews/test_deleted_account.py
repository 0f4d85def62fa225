"""When an account is deleted, nothing is left that names the person or their files."""

from __future__ import annotations

import pytest

from tests.app.interviews.rows import ALICE, AUDIO, add
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue

SHA = "5e" * 32
TYPED = "wordsthatalicetyped"
# These tables of the library keep what was paid and whose turn was last, so they may keep ids.
EXCEPT = ("processing.usage", "processing.turns")


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Queue:
    return Queue(connect(database, "service_role"))


def kept(owner: Connection, word: str) -> list[str]:
    """The tables in which any column of any row contains the word."""
    tables = owner.execute(
        "select c.oid::regclass::text from pg_class as c"
        " where c.relkind in ('r', 'p')"
        " and c.relnamespace::regnamespace::text in ('public', 'processing', 'auth')"
    ).fetchall()
    return [
        table
        for (table,) in tables
        if table not in EXCEPT
        and owner.execute(
            f"select 1 from {table} as t where to_jsonb(t)::text like %s limit 1", [f"%{word}%"]
        ).fetchall()
    ]


def live(owner: Connection, alice: Connection, worker: Queue) -> None:
    """Let Alice ask for rows of every kind. Some of them are done, some are running."""
    alice.execute("insert into public.job_positions (raw_job_description) values (%s)", [TYPED])
    alice.execute("insert into public.company_research (company_name) values (%s)", [TYPED])
    alice.execute(
        "insert into public.batch_jobs (companies) values (jsonb_build_array(%s::text))", [TYPED]
    )
    for _ in range(2):
        add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO, notes=TYPED)
    for pipeline in ("enrich-job-position", "company-research"):
        worker.complete(worker.claim_one(pipeline))
        worker.claim(pipeline)
    done, going = worker.claim("analyse-interview")
    for row in (done, going):
        for function in ("use_recording(%s, %s)", "take_recording(%s, %s, 3)"):
            worker.connection.execute(f"select public.{function}", [row["id"], SHA])
    worker.complete(done)
    owner.execute(
        "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [AUDIO]
    )


def test_a_deleted_account_leaves_no_word_and_no_name(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock
) -> None:
    live(owner, alice, worker)
    assert {"job_positions", "timeline_items"} <= set(kept(owner, TYPED))
    owner.execute("delete from auth.users where id = %s", [ALICE])
    orders = 0
    for _ in range(2):
        while claimed := worker.claim("delete-stored-objects"):
            orders += len(claimed)
            for order in claimed:
                worker.complete(order, deleted_count=1)
        clock.advance(25 * 3600)
    assert orders >= 4
    assert kept(owner, TYPED) == []
    assert kept(owner, ALICE) == []
    assert kept(owner, AUDIO.rpartition("/")[2]) == []
    assert kept(owner, SHA) == []
