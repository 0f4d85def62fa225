"""A batch creates its rows, and its counters are correct at every moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.app.companies.asking import PIPELINE, ask, ask_for_many
from tests.library.sql.questions import ALICE, one
from tests.support.databases import Connections, Database
from tests.support.queue import RUN, Connection, Queue

COUNTS = """
    select b.total, b.completed, b.failed,
        count(r.id), count(r.id) filter (where r.processing_status = 'completed'),
        count(r.id) filter (where r.processing_status in ('failed', 'cancelled'))
    from public.batch_jobs as b left join public.company_research as r on r.batch_id = b.id
    group by b.id
"""


def assert_exact(connection: Connection) -> tuple[int, int]:
    """Check in one snapshot that the counters equal count(*); returns completed and failed."""
    found = connection.execute(COUNTS).fetchone()
    assert found is not None
    total, completed, failed, rows, really_completed, really_failed = found
    assert (total, completed, failed) == (rows, really_completed, really_failed)
    return completed, failed


def end(connection: Connection, status: str, *names: str) -> None:
    connection.execute(
        "update public.company_research set processing_status = %s where company_name = any (%s)",
        [status, list(names)],
    )


def test_a_batch_makes_its_rows_in_the_same_transaction(alice: Connection) -> None:
    batch = ask_for_many(
        alice, ["Acme", {"companyName": "Umbra", "companyUrl": "https://umbra.example"}]
    )
    assert (batch["total"], batch["completed"], batch["failed"]) == (2, 0, 0)
    assert batch["status"] == "pending"
    assert [(one["companyName"], one["status"]) for one in batch["results"]] == [
        ("Acme", "pending"),
        ("Umbra", "pending"),
    ]
    rows = alice.execute(
        "select id::text, company_name, company_url, role, processing_status, account_id::text"
        " from public.company_research order by company_name"
    ).fetchall()
    assert rows == [
        (batch["results"][0]["id"], "Acme", None, "Engineer", "pending", ALICE),
        (batch["results"][1]["id"], "Umbra", "https://umbra.example", "Engineer", "pending", ALICE),
    ]


@pytest.mark.parametrize(
    "companies",
    [[], {}, "Acme", ["Acme"] * 101, [""], ["x" * 201], [{"companyUrl": "https://a.example"}],
     [{"companyName": "A", "companyUrl": "javascript:alert(1)"}]],
)  # fmt: skip
def test_a_malformed_batch_leaves_nothing(
    alice: Connection, owner: Connection, companies: Any
) -> None:
    with pytest.raises(psycopg.IntegrityError):
        ask_for_many(alice, companies)
    assert one(owner, "select count(*) from public.company_research") == 0
    assert one(owner, "select count(*) from public.batch_jobs") == 0


def test_a_batch_that_is_too_much_at_once_is_refused_whole(
    alice: Connection, owner: Connection
) -> None:
    ask(alice)
    with pytest.raises(psycopg.Error) as refused:
        ask_for_many(alice, [f"Company {n}" for n in range(100)])
    assert refused.value.sqlstate == "RJ006"
    assert one(owner, "select count(*) from public.company_research") == 1


def test_counters_follow_each_change_of_a_row(alice: Connection, owner: Connection) -> None:
    ask_for_many(alice, ["A", "B", "C", "D"])
    end(owner, "completed", "A")
    assert assert_exact(owner) == (1, 0)
    assert one(owner, "select status from public.batch_jobs") == "processing"
    end(owner, "failed", "B", "C")
    assert assert_exact(owner) == (1, 2)
    end(owner, "pending", "B")
    assert assert_exact(owner) == (1, 1)
    end(owner, "cancelled", "B")
    assert assert_exact(owner) == (1, 2)
    owner.execute("delete from public.company_research where company_name = 'C'")
    assert assert_exact(owner) == (1, 1)
    end(owner, "completed", "D")
    assert assert_exact(owner) == (2, 1)
    results = one(owner, "select results from public.batch_jobs")
    assert [(row["companyName"], row["status"]) for row in results] == [
        ("A", "completed"),
        ("B", "cancelled"),
        ("D", "completed"),
    ]
    assert one(owner, "select status from public.batch_jobs") == "completed"


def test_a_batch_of_nothing_but_failures_has_failed(alice: Connection, owner: Connection) -> None:
    ask_for_many(alice, ["A", "B"])
    end(owner, "failed", "A", "B")
    assert one(owner, "select status from public.batch_jobs") == "failed"


def test_a_claim_shows_that_work_has_begun(alice: Connection, service: Connection) -> None:
    ask_for_many(alice, ["A", "B"])
    worker = Queue(service)
    worker.claim_one(PIPELINE)
    assert one(alice, "select status from public.batch_jobs") == "processing"


def test_an_undone_transaction_counts_nothing(alice: Connection, owner: Connection) -> None:
    ask_for_many(alice, ["A", "B"])
    with pytest.raises(ZeroDivisionError), owner.transaction():
        end(owner, "completed", "A", "B")
        assert assert_exact(owner) == (2, 0)
        raise ZeroDivisionError
    assert assert_exact(owner) == (0, 0)


def test_counters_are_exact_at_every_moment_while_four_workers_end_a_hundred_rows(
    database: Database, connect: Connections, alice: Connection, owner: Connection
) -> None:
    ask_for_many(alice, [f"Company {n}" for n in range(100)])
    workers = [Queue(connect(database, "service_role")) for _ in range(4)]
    reader = connect(database)
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def look() -> None:
        while not done.is_set():
            seen.append(assert_exact(reader))

    with ThreadPoolExecutor(5) as threads:
        looking = threads.submit(look)
        try:
            for ended in [threads.submit(_end_all, worker) for worker in workers]:
                ended.result()
        finally:
            done.set()
        looking.result()
    assert assert_exact(owner) == (90, 10)
    assert one(owner, "select status from public.batch_jobs") == "completed"
    assert seen == sorted(seen)


def _end_all(worker: Queue) -> None:
    """Claim a few rows at a time and end them; every tenth company fails."""
    while rows := worker.claim(PIPELINE, slots=7):
        results = []
        for row in rows:
            fails = int(row["inputs"]["company_name"].split()[1]) % 10 == 0
            details: dict[str, Any] = (
                {"error": {"code": "x", "message": "No."}, "retryable": False}
                if fails
                else {"outputs": {"result": {}}, "handover": None}
            )
            key = {name: row[name] for name in RUN}
            action = "fail" if fails else "complete"
            results.append({**key, "pipeline": PIPELINE, "action": action, **details})
        answers = worker.call("finish", worker=worker.worker, results=Jsonb(results))
        assert {answer["outcome"] for answer in answers} == {"done"}
