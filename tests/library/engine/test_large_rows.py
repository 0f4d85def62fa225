"""A row with a very large value can fail only itself; other rows are still claimed."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from liverows import Context
from liverows.running.wake import SweepTimings
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.queue import Queue, new_worker
from tests.support.runners import PLAIN, QUICK, Said, Thing, plain_things, working

SWEEPING = replace(QUICK, sweep=SweepTimings(calm=0.5, deaf=0.5))
ESCAPED = 6
"""The number of characters with which JSON writes one control character."""


async def length(_context: Context[None], thing: Thing) -> Said:
    return Said(said=str(len(thing.wants or "")))


async def test_rows_too_large_for_one_answer_come_in_several(database: Database) -> None:
    things = plain_things(database)
    things.run(
        "insert into public.things (wants)"
        " select repeat(chr(1), 1000000) from generate_series(1, 6)"
    )
    async with working(things, length, concurrency=20, timings=SWEEPING) as desk:
        await things.settled(deadline=60)
        assert desk.calls["claim"] + desk.calls["finish_and_claim"] > 6 * ESCAPED // 16
    assert things.statuses() == {"completed": 6}
    assert things.run("select distinct said from public.things") == [{"said": "1000000"}]
    assert things.run("select from processing.set_aside") == []


def test_an_answer_holds_no_more_than_a_worker_can_read(database: Database) -> None:
    things = plain_things(database)
    things.run(
        "insert into public.things (wants)"
        " select repeat(chr(1), 1000000) from generate_series(1, 6)"
    )
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        queue = Queue(connection)
        assert [len(queue.claim(PLAIN)) for _ in range(3)] == [3, 3, 0]


def test_inputs_that_grow_too_large_as_json_stay_where_they_are(database: Database) -> None:
    things = plain_things(database)
    things.run("insert into public.things (wants) values (repeat(chr(1), 12000000))")
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        answer = Queue(connection).call("claim", worker=new_worker(), pipelines=[PLAIN], slots=1)
    assert [row["inputs"] for row in answer["batches"][0]["rows"]] == [None]


async def test_a_row_larger_than_a_worker_reads_fails_and_says_so(database: Database) -> None:
    things = plain_things(database)
    things.run("insert into public.things (wants) values (repeat('x', 67108865))")
    async with working(things, length, timings=SWEEPING):
        await until(lambda: things.statuses() == {"failed": 1}, deadline=60)
        things.add(3)
        await things.settled()
    assert things.statuses() == {"failed": 1, "completed": 3}
    (failed,) = things.run(
        "select processing_error from public.things where processing_status = 'failed'"
    )
    assert failed["processing_error"]["code"] == "invalid_input"
    assert "too large" in failed["processing_error"]["message"]
    (event,) = things.events("failed")
    assert "64 MB" in event["data"]["reason"]
