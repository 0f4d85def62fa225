"""Which trace the work of a row belongs to: kept beside the row, and told to the worker."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.library.sql.questions import ALICE, PIPELINE, ask, ask_one, attach, one, set_status
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue

FIRST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECOND = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

MALFORMED = (
    "",
    "no trace",
    FIRST.upper(),
    FIRST.replace("00-", "ff-", 1),
    FIRST + "-more",
    FIRST[:-1],
    "00-" + "0" * 32 + "-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
    FIRST + "\n",
    "x" * 100_000,
)


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


def send(connection: Connection, traceparent: str | None) -> None:
    """Let later statements of the session carry a traceparent, as psql does, or none."""
    connection.execute("select set_config('liverows.traceparent', %s, false)", [traceparent or ""])


def request(connection: Connection, headers: str) -> None:
    """Let later statements of the session be a request with these headers, as in PostgREST."""
    connection.execute("select set_config('request.headers', %s, false)", [headers])


def claimed_traces(queue: Queue, slots: int = 10) -> Any:
    """What a claim tells of traces, by the key of the row."""
    answer = queue.call("claim", worker=queue.worker, pipelines=[PIPELINE], slots=slots)
    (batch,) = answer["batches"]
    return batch["traces"]


def kept(owner: Connection) -> int:
    found: int = one(owner, "select count(*) from processing.traces")
    return found


def test_a_claim_tells_the_traceparent_of_those_rows_whose_writer_sent_one(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 2)
    send(owner, FIRST)
    traced = ask(owner, 2)
    assert claimed_traces(queue) == {key: {"traceparent": FIRST, "earlier": None} for key in traced}


def test_a_claim_of_rows_without_a_trace_tells_none(owner: Connection, queue: Queue) -> None:
    ask(owner, 2)
    assert claimed_traces(queue) is None
    assert kept(owner) == 0


def test_a_user_sends_it_as_a_header_of_the_request(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    alice = connect(database, "authenticated", user_id=ALICE)
    request(alice, json.dumps({"accept": "*/*", "traceparent": FIRST}))
    key = ask_one(alice)
    assert claimed_traces(queue) == {key: {"traceparent": FIRST, "earlier": None}}


@pytest.mark.parametrize(
    "headers", ["", "[]", '"traceparent"', '{"traceparent"', '{"traceparent": 7}', "null"]
)
def test_headers_of_any_form_never_fail_an_insert(owner: Connection, headers: str) -> None:
    request(owner, headers)
    ask_one(owner)
    assert kept(owner) == 0


def test_what_is_no_traceparent_is_not_kept(owner: Connection) -> None:
    for malformed in MALFORMED:
        send(owner, malformed)
        ask_one(owner)
        request(owner, json.dumps({"traceparent": malformed}))
        send(owner, None)
        ask_one(owner)
        assert kept(owner) == 0, malformed


def test_a_row_that_is_queued_again_has_a_trace_of_its_own_and_names_the_earlier(
    owner: Connection, queue: Queue
) -> None:
    send(owner, FIRST)
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    send(owner, SECOND)
    set_status(owner, key, "pending")
    assert claimed_traces(queue) == {key: {"traceparent": SECOND, "earlier": FIRST}}
    send(owner, None)
    set_status(owner, key, "cancelled")
    set_status(owner, key, "pending")
    assert claimed_traces(queue) == {key: {"traceparent": None, "earlier": SECOND}}


def test_a_retry_by_the_queue_stays_in_its_trace(owner: Connection, queue: Queue) -> None:
    send(owner, FIRST)
    key = ask_one(owner)
    queue.release(queue.claim_one(PIPELINE))
    assert claimed_traces(queue) == {key: {"traceparent": FIRST, "earlier": None}}


def test_a_trace_first_sent_when_a_row_is_queued_again_is_kept(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    set_status(owner, key, "cancelled")
    send(queue.connection, FIRST)
    queue.call("retry", table_name="public.questions", row_id=key)
    assert claimed_traces(queue) == {key: {"traceparent": FIRST, "earlier": None}}


def test_a_trace_goes_with_its_row(owner: Connection) -> None:
    send(owner, FIRST)
    first, second, _ = ask(owner, 3)
    owner.execute("update public.questions set id = 77 where id = %s", [second])
    assert one(owner, "select array_agg(row_id order by row_id) from processing.traces") == sorted(
        [first, "77", str(int(second) + 1)]
    )
    owner.execute("delete from public.questions where id = %s", [first])
    assert kept(owner) == 2
    owner.execute("truncate public.questions")
    assert kept(owner) == 0


def test_an_old_trace_is_pruned_unless_its_row_runs(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    send(owner, FIRST)
    ask(owner, 2)
    queue.claim(PIPELINE, slots=1)
    clock.advance(timedelta(days=31).total_seconds())
    queue.call("prune")
    assert kept(owner) == 1
