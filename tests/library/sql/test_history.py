"""What ended over time, added up from the events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, refused

pytestmark = pytest.mark.any_version

OTHER = "answer-odd-question"


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, when="kind <> 'odd'")
    attach(owner, OTHER, when="kind = 'odd'")


def sums(lines: list[dict[str, Any]], pipeline: str = PIPELINE) -> tuple[int, int, int]:
    mine = [line for line in lines if line["pipeline"] == pipeline]
    names = ("completed", "failed", "retried")
    completed, failed, retried = (sum(line[name] for line in mine) for name in names)
    return completed, failed, retried


def end_some(owner: Connection, queue: Queue) -> None:
    ask(owner, 5)
    ask(owner, 2, kind="odd")
    for row in queue.claim(PIPELINE, slots=3):
        queue.complete(row, answer="42")
    queue.fail(queue.claim_one(PIPELINE), retryable=False)
    queue.fail(queue.claim_one(PIPELINE), retry_after=9000)
    queue.complete(queue.claim_one(OTHER), answer="42")


def test_what_ended_just_now_is_counted_for_its_pipeline(owner: Connection, queue: Queue) -> None:
    end_some(owner, queue)
    lines = queue.call("history")
    assert sums(lines) == (3, 1, 1)
    assert sums(lines, OTHER) == (1, 0, 0)
    assert sums(queue.call("history", pipeline=OTHER)) == (0, 0, 0)
    assert one(owner, "select count(*) from processing.history") == 0, "it is too new to add up"


def test_each_event_is_added_up_once_by_whoever_comes_first(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    for _ in range(3):
        end_some(owner, queue)
        for advance, look in ((20, "history"), (400, "prune"), (70, "overview")):
            clock.advance(advance)
            queue.call(look)
    assert one(owner, "select count(*) from processing.history") > 0
    assert sums(queue.call("history")) == (9, 3, 3)
    clock.advance(7200)
    since = datetime.now(UTC) - timedelta(hours=1)
    lines = queue.call("history", since=since, bucket_seconds=3600)
    assert (sums(lines), sums(lines, OTHER)) == ((9, 3, 3), (3, 0, 0))
    assert len({line["at"] for line in lines}) <= 2
    later = datetime.now(UTC) + timedelta(seconds=7200)
    assert queue.call("history", since=later) == []


def test_who_finds_another_one_adding_up_does_not_wait(
    owner: Connection, queue: Queue, clock: Clock, database: Database, connect: Connections
) -> None:
    end_some(owner, queue)
    clock.advance(600)
    other = Queue(connect(database, "service_role", autocommit=False))
    other.call("history")
    assert sums(queue.call("history")) == (3, 1, 1)
    other.connection.commit()
    assert sums(queue.call("history")) == (3, 1, 1)


def test_waits_and_runs_are_told_as_percentiles(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    owner.execute(
        "insert into processing.events (at, table_id, row_id, run, kind, data)"
        " select processing.clock() - interval '1 minute', 'public.questions', n::text, 1,"
        " 'completed', jsonb_build_object('pipeline', %s::text, 'late_ms', n * 100,"
        " 'claimed_at', processing.clock() - interval '1 minute' - make_interval(secs => n))"
        " from generate_series(1, 100) as n",
        [PIPELINE],
    )
    for _ in range(2):
        found = queue.call("history", bucket_seconds=604_800)
        (line,) = found[-1:]
        assert line["wait_p50"] == pytest.approx(5, rel=0.13)
        assert line["wait_p95"] == pytest.approx(9.5, rel=0.13)
        assert line["run_p50"] == pytest.approx(50, rel=0.13)
        assert line["run_p95"] == pytest.approx(95, rel=0.13)
        clock.advance(120)


@pytest.mark.parametrize(
    ("seconds", "bin_number"), [(0, 0), (0.001, 0), (0.00126, 1), (1, 30), (1e12, 100)]
)
def test_the_middle_of_a_bin_is_near_what_is_in_it(
    owner: Connection, seconds: float, bin_number: int
) -> None:
    assert one(owner, "select processing.bin_of(%s::float8)", seconds) == bin_number
    middle = one(owner, "select processing.seconds_of(%s::float8)", bin_number)
    assert middle == pytest.approx(0.001 * 1.25 ** (bin_number + 0.5), rel=0.06)


def test_history_is_bounded(owner: Connection, queue: Queue, clock: Clock) -> None:
    for wrong in (0, 299, 301, 604_801, None):
        with refused("22023"):
            queue.call("history", bucket_seconds=wrong)
    end_some(owner, queue)
    clock.advance(600)
    queue.call("history")
    clock.advance(91 * 86_400)
    for _ in range(4):
        queue.call("history")
        clock.advance(600)
    assert one(owner, "select count(*) from processing.history") == 0
