"""A page of a list reads little more of a table than it shows."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import ALICE, BOB, PIPELINE, attach
from tests.library.sql.reads import reads
from tests.support.queue import Connection, Queue

PAGE = 20
ENDED = 2000

FILL = f"""
alter table public.questions disable trigger user;
insert into public.questions (account_id, processing_status, processing_pipeline, processing_run,
    processing_not_before, processing_started_at, processing_finished_at)
select %(owner)s, %(status)s, '{PIPELINE}', 1, x.at, x.at, x.at
from generate_series(1, %(count)s) as n
cross join lateral (select processing.clock() - interval '1 hour' * %(hours)s
    - interval '1 second' * n as at) as x;
alter table public.questions enable trigger user;
insert into processing.events (at, table_id, row_id, run, nonce, kind, data)
select t.processing_finished_at, 'public.questions', t.id::text, 1, gen_random_uuid(), 'completed',
    '{{}}' from public.questions as t where t.processing_status = 'completed'
    and not exists (select from processing.events as e where e.row_id = t.id::text);
"""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")
    owner.execute("update processing.pipelines set attached_at = now() - interval '31 days'")


def fill(owner: Connection, status: str, count: int, *, hours: int, of: str = ALICE) -> None:
    """Add rows that were due, started and ended so many hours ago, one each second."""
    for statement in FILL.split(";\n"):
        if statement.strip():
            owner.execute(
                statement, {"owner": of, "status": status, "count": count, "hours": hours}
            )


def test_older_rows_than_fit_on_the_page_are_not_looked_through(
    owner: Connection, queue: Queue
) -> None:
    fill(owner, "pending", 2 * PAGE, hours=1)
    fill(owner, "failed", ENDED, hours=48, of=BOB)
    fill(owner, "completed", ENDED, hours=72, of=BOB)
    owner.execute("analyze public.questions; analyze processing.events")
    wanted = {"owner": ALICE}
    page, read = reads(queue, lambda: queue.call("list_rows", filter=wanted, max_rows=PAGE))
    assert [row["status"] for row in page["rows"]] == ["pending"] * PAGE
    assert read.rows < 10 * PAGE


def test_completed_rows_after_a_time_without_any_are_read_a_page_at_a_time(
    owner: Connection, queue: Queue
) -> None:
    fill(owner, "completed", ENDED, hours=200)
    owner.execute("analyze public.questions; analyze processing.events")
    wanted = {"status": ["completed"]}
    page, read = reads(queue, lambda: queue.call("list_rows", filter=wanted, max_rows=PAGE))
    assert len(page["rows"]) == PAGE
    assert read.rows < 10 * PAGE


def test_pages_of_an_owner_have_each_row_once_and_newest_first(
    owner: Connection, queue: Queue
) -> None:
    for hours, status in ((1, "pending"), (2, "failed"), (3, "completed"), (4, "cancelled")):
        fill(owner, status, 15, hours=hours)
        fill(owner, status, 300, hours=hours, of=BOB)
    shown: list[tuple[str, str]] = []
    after = None
    while True:
        page = queue.call("list_rows", filter={"owner": ALICE}, after=after, max_rows=PAGE)
        shown += [(row["at"], row["id"]) for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert len({key for _, key in shown}) == len(shown) == 60
    assert [at for at, _ in shown] == sorted((at for at, _ in shown), reverse=True)


def test_a_count_over_very_many_other_rows_comes_to_an_end(owner: Connection) -> None:
    """Windows of time grow while they are cheap, and Postgres knows no year before 4713 BC."""
    fill(owner, "completed", 20 * ENDED, hours=1, of=BOB)
    owner.execute("analyze public.questions; analyze processing.events")
    wanted = Jsonb({"status": ["completed"], "owner": ALICE})
    # A time limit that a fast machine does not reach.
    found = owner.execute(
        "select processing.completed_rows(f, s, null, 10, now() + interval '1 hour', null, true)"
        " from processing.read_filter(%s) as f cross join processing.streams(f) as s"
        " where s.kind = 'completed'",
        [wanted],
    ).fetchone()
    assert found is not None
    assert (found[0]["count"], "until" in found[0]) == (0, False)
