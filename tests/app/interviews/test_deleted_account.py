"""When an account is deleted, nothing is left that names the person or their files."""

from __future__ import annotations

import pytest

from tests.app.interviews.rows import ALICE, AUDIO, add
from tests.app.privacy.searching import found
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue

SHA = "5e" * 32
TYPED = "wordsthatalicetyped"
NAMES = (TYPED, ALICE, AUDIO.rpartition("/")[2], SHA)


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Queue:
    return Queue(connect(database, "service_role"))


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
    assert {name for names in found(owner, NAMES).values() for name in names} == set(NAMES)
    owner.execute("delete from auth.users where id = %s", [ALICE])
    orders = 0
    for _ in range(2):
        while claimed := worker.claim("delete-stored-objects"):
            orders += len(claimed)
            for order in claimed:
                # As Storage does when the worker asks it to remove files and folders.
                owner.execute(
                    "delete from storage.objects as o using unnest(%s::text[]) as p (path)"
                    " where o.name = p.path"
                    " or right(p.path, 1) = '/' and starts_with(o.name, p.path)",
                    [order["inputs"]["paths"]],
                )
                worker.complete(order, deleted_count=1)
        clock.advance(25 * 3600)
    assert orders >= 4
    worker.call("prune")  # forgets whose turn was last
    assert found(owner, NAMES) == {}
