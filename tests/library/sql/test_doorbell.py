"""Rows that enter pending ring, once per transaction; nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, one, set_status
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue

SENT = "select count(*) from realtime.messages where event = %s"


class Listener:
    """Hears the NOTIFY channel of the doorbell."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute("listen processing")

    def heard(self) -> list[str]:
        """The payloads since the last call; whatever is committed before has arrived."""
        self._connection.execute("select 1")
        return [notice.payload for notice in self._connection.notifies(timeout=0)]


@pytest.fixture
def listener(database: Database, connect: Connections) -> Listener:
    return Listener(connect(database))


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


def test_a_hundred_inserts_in_one_transaction_ring_once_and_say_nothing(
    owner: Connection, listener: Listener
) -> None:
    with owner.transaction():
        for _ in range(10):
            ask(owner, 10)
    assert listener.heard() == [""]


def test_each_transaction_rings_for_itself(owner: Connection, listener: Listener) -> None:
    ask(owner)
    ask(owner)
    assert listener.heard() == ["", ""]


def test_a_transaction_that_is_rolled_back_does_not_ring(
    owner: Connection, listener: Listener
) -> None:
    with pytest.raises(ZeroDivisionError), owner.transaction():
        ask(owner)
        raise ZeroDivisionError
    assert listener.heard() == []


def test_a_savepoint_that_is_rolled_back_does_not_silence_the_rest(
    owner: Connection, listener: Listener
) -> None:
    with owner.transaction():
        with pytest.raises(ZeroDivisionError), owner.transaction():
            ask(owner)
            raise ZeroDivisionError
        ask(owner)
    assert listener.heard() == [""]


def test_claim_progress_checkpoint_and_complete_do_not_ring(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    ask(owner)
    listener.heard()
    row = queue.claim_one(PIPELINE)
    queue.heartbeat(row)
    queue.checkpoint(row)
    queue.progress(row, stage="Reading", percent=50, outputs={"answer": "4"})
    owner.execute("update public.questions set notes = 'by hand'")
    queue.complete(row, answer="42")
    assert listener.heard() == []


def test_setting_a_row_back_to_pending_rings(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE))
    listener.heard()
    set_status(owner, key, "pending")
    assert listener.heard() == [""]


def test_a_row_that_a_trigger_of_the_table_sets_back_rings_too(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    owner.execute("""
        create function public.ask_again() returns trigger language plpgsql set search_path = '' as
        $$ begin new.processing_status := 'pending'; return new; end $$;
        create trigger processing_0_again before update of question on public.questions
            for each row when (new.question is distinct from old.question)
            execute function public.ask_again()
    """)
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE))
    listener.heard()
    owner.execute("update public.questions set question = 'another' where id = %s", (key,))
    assert listener.heard() == [""]
    assert queue.claim_one(PIPELINE)["id"] == key


def test_a_released_row_rings_for_the_next_worker(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    ask(owner)
    row = queue.claim_one(PIPELINE)
    listener.heard()
    queue.release(row)
    assert listener.heard() == [""]


def test_a_row_that_is_not_due_does_not_ring(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    ask(owner, processing_not_before=datetime.now(UTC) + timedelta(hours=1))
    ask(owner, processing_status="completed")
    assert listener.heard() == []
    ask(owner)
    listener.heard()
    queue.retry_later(queue.claim_one(PIPELINE), 60)
    assert listener.heard() == []


def test_a_row_that_is_due_before_the_next_sweep_rings_and_once_more_if_it_is_due_sooner(
    owner: Connection, listener: Listener
) -> None:
    def moved(seconds: float) -> list[str]:
        owner.execute(
            "update public.questions set processing_not_before = processing.clock() + %s",
            [timedelta(seconds=seconds)],
        )
        return listener.heard()

    ask(owner, processing_not_before=datetime.now(UTC) + timedelta(seconds=30))
    assert listener.heard() == [""]
    assert moved(40) == []
    assert moved(3600) == []
    assert moved(1800) == []
    assert moved(20) == [""]
    assert moved(0) == [""]


def test_a_change_of_a_row_that_waits_already_does_not_ring(
    owner: Connection, listener: Listener
) -> None:
    key = ask_one(owner)
    listener.heard()
    owner.execute("update public.questions set question = 'another' where id = %s", (key,))
    assert listener.heard() == []


def test_a_person_who_hurries_a_waiting_row_rings(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    key = ask_one(owner, processing_not_before=datetime.now(UTC) + timedelta(hours=1))
    queue.heartbeat(listens=["realtime"])
    queue.call("retry", table_name="public.questions", row_id=key)
    assert listener.heard() == [""]
    assert one(owner, SENT, "ring") == 1
    assert queue.claim_one(PIPELINE)["id"] == key


def test_a_table_without_a_doorbell_is_silent(owner: Connection, listener: Listener) -> None:
    attach(owner, doorbell=False)
    key = ask_one(owner)
    set_status(owner, key, "cancelled")
    set_status(owner, key, "pending")
    assert listener.heard() == []
    attach(owner, doorbell=True)
    ask(owner)
    assert listener.heard() == [""]


def test_a_browser_rings_too(
    owner: Connection, database: Database, connect: Connections, listener: Listener
) -> None:
    browser = connect(database, "authenticated", user_id="a11ce000-0000-4000-8000-000000000001")
    browser.execute("insert into public.questions (question) values ('Why?')")
    assert listener.heard() == [""]


def test_realtime_gets_one_private_ring_per_transaction_while_a_worker_listens_there(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 5)
    assert one(owner, SENT, "ring") == 0, "nobody listens"
    queue.heartbeat(listens=["notify", "realtime"])
    with owner.transaction():
        ask(owner, 5)
        ask(owner, 5)
    row = owner.execute("select topic, private, payload - 'id' from realtime.messages").fetchall()
    assert row == [("processing:doorbell", True, {})]
    clock.advance(61)
    ask(owner)
    assert one(owner, SENT, "ring") == 1, "the listener is gone"


def test_a_ping_comes_back_on_its_channel_also_before_any_worker_listens(
    owner: Connection, queue: Queue, listener: Listener
) -> None:
    queue.call("ping_doorbell", nonce="abc")
    assert (listener.heard(), one(owner, SENT, "ping")) == (["ping:abc"], 0)
    queue.call("ping_doorbell", nonce="abc", channel="realtime")
    assert (listener.heard(), one(owner, SENT, "ping")) == ([], 1)
    payload = one(owner, "select payload from realtime.messages")
    assert payload["nonce"] == "abc"


def test_no_user_may_listen_at_the_doorbell(owner: Connection) -> None:
    query = "select count(*) from pg_policies where schemaname = 'realtime'"
    assert one(owner, query) == 0
