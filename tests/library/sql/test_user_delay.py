"""With `delay => true` users say when their row is due, within limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.library.sql.questions import ALICE, BOB, PIPELINE, ask_one, attach, look, one, set_status
from tests.library.sql.waits import wait_for
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, Row, refused

pytestmark = pytest.mark.any_version

HOUR = timedelta(hours=1)

UPSERT = """
insert into public.questions (id, question, processing_not_before)
values (%(id)s, %(question)s, %(moment)s)
on conflict (id) do update set question = excluded.question,
    processing_not_before = excluded.processing_not_before
"""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id", delay=True)


@pytest.fixture
def alice(database: Database, connect: Connections, attached: None) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


def ahead(connection: Connection, span: timedelta) -> datetime:
    """A moment so far ahead, by the database's clock."""
    moment: datetime = one(connection, "select processing.clock() + %s", span)
    return moment


def move(user: Connection, moment: datetime | None) -> None:
    user.execute("update public.questions set processing_not_before = %s", [moment])


def due_in(owner: Connection, key: str) -> float:
    """In how many seconds the row is due."""
    now: datetime = one(owner, "select processing.clock()")
    seconds: float = (look(owner, key)["not_before"] - now).total_seconds()
    return seconds


def test_a_new_row_waits_until_its_moment(
    owner: Connection, alice: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    assert look(owner, key)["status"] == "pending"
    assert queue.claim(PIPELINE) == []
    clock.advance(3601)
    assert queue.claim_one(PIPELINE)["id"] == key


def test_each_further_edit_moves_a_pending_row_on(
    owner: Connection, alice: Connection, queue: Queue, clock: Clock
) -> None:
    """Debounce: the row runs once, some time after the last edit, with what was written last."""
    for number in range(5):
        alice.execute(
            UPSERT,
            {"id": 7, "question": f"draft {number}", "moment": ahead(owner, timedelta(seconds=5))},
        )
        clock.advance(3)
        assert queue.claim(PIPELINE) == []
    clock.advance(3)
    row = queue.claim_one(PIPELINE)
    assert (row["id"], row["inputs"]["question"]) == ("7", "draft 4")
    queue.complete(row)
    assert queue.claim(PIPELINE) == []


def test_a_user_may_end_the_wait(owner: Connection, alice: Connection, queue: Queue) -> None:
    key = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    move(alice, ahead(owner, timedelta()))
    row = queue.claim_one(PIPELINE)
    assert row["id"] == key
    queue.complete(row)
    second = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    move(alice, None)
    assert queue.claim_one(PIPELINE)["id"] == second


@pytest.mark.parametrize("moment", ["2001-01-01T00:00:00Z", "-infinity"])
def test_the_past_puts_no_row_before_others(
    owner: Connection, alice: Connection, moment: str
) -> None:
    def given(statement: str, *values: Any) -> None:
        if moment == "-infinity":
            with refused("RJ005"):
                alice.execute(statement, values)
        else:
            alice.execute(statement, values)

    given("insert into public.questions (processing_not_before) values (%s)", moment)
    key = ask_one(alice)
    given("update public.questions set processing_not_before = %s where id = %s", moment, key)
    assert one(owner, "select min(processing_not_before) from public.questions") > datetime(
        2020, 1, 1, tzinfo=UTC
    )


@pytest.mark.parametrize("moment", ["infinity", "9999-01-01T00:00:00Z"])
def test_a_moment_beyond_a_year_is_refused(
    owner: Connection, alice: Connection, moment: str
) -> None:
    with refused("RJ005"):
        ask_one(alice, processing_not_before=moment)
    key = ask_one(alice)
    with refused("RJ005"):
        alice.execute("update public.questions set processing_not_before = %s", [moment])
    assert due_in(owner, key) <= 0


def test_a_row_that_has_run_is_not_due_before_its_own_wait(
    owner: Connection, alice: Connection, queue: Queue
) -> None:
    """A service asked to wait for 600 s: its user can't make the worker ask again before."""
    key = ask_one(alice)
    queue.retry_later(queue.claim_one(PIPELINE), 600)
    for moment in (ahead(owner, timedelta()), None, ahead(owner, timedelta(seconds=300))):
        move(alice, moment)
        assert due_in(owner, key) == pytest.approx(600, abs=30)
    move(alice, ahead(owner, HOUR))
    assert due_in(owner, key) == pytest.approx(3600, abs=30)


@pytest.mark.parametrize("delay", [True, False])
def test_an_edited_row_that_waits_for_others_runs_at_once(
    owner: Connection, alice: Connection, queue: Queue, delay: bool
) -> None:
    """Also if only another pipeline of its table has delay."""
    key = ask_one(alice)
    child = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    _wait(queue, queue.claim_one(PIPELINE), child)
    owner.execute("update processing.pipelines set delay = %s", [delay])
    alice.execute("update public.questions set question = 'another' where id = %s", [key])
    assert due_in(owner, key) <= 0
    if not delay:
        _wait(queue, queue.claim_one(PIPELINE), child)
        with pytest.raises(InsufficientPrivilege):
            alice.execute(
                "update public.questions set question = 'third', processing_not_before = %s"
                " where id = %s",
                [ahead(owner, HOUR), key],
            )


def test_an_edit_moves_a_row_that_waits_for_others_to_its_moment(
    owner: Connection, alice: Connection, queue: Queue
) -> None:
    key = _waiting(owner, alice, queue)
    alice.execute(UPSERT, {"id": key, "question": "b", "moment": ahead(owner, HOUR / 2)})
    assert due_in(owner, key) == pytest.approx(1800, abs=30)


def test_a_row_that_waits_for_others_is_not_woken_before_its_moment(
    owner: Connection, alice: Connection, queue: Queue, clock: Clock
) -> None:
    keys = ask_one(alice), ask_one(alice)
    rows = {row["id"]: row for row in queue.claim(PIPELINE, slots=2)}
    _wait(queue, rows[keys[0]], keys[1])
    move(alice, ahead(owner, 2 * HOUR))
    queue.complete(rows[keys[1]])
    assert queue.claim(PIPELINE) == []
    clock.advance(7201)
    assert queue.claim_one(PIPELINE)["id"] == keys[0]


def _waiting(owner: Connection, alice: Connection, queue: Queue) -> str:
    """The key of a row of Alice that waits for another row, which is not due."""
    key = ask_one(alice)
    _wait(
        queue, queue.claim_one(PIPELINE), ask_one(alice, processing_not_before=ahead(owner, HOUR))
    )
    return key


def _wait(queue: Queue, row: Row, child: str) -> None:
    assert wait_for(queue, row, [child])["waits"]


@pytest.mark.parametrize("status", ["processing", "completed", "failed", "cancelled"])
def test_a_row_that_is_not_pending_keeps_its_moment_and_takes_the_edit(
    owner: Connection, alice: Connection, queue: Queue, status: str
) -> None:
    """Between two edits a worker may have claimed the row."""
    key = ask_one(alice)
    if status == "processing":
        queue.claim(PIPELINE)
    else:
        set_status(owner, key, status)
    before = look(owner, key)
    arguments = {"id": int(key), "question": "edited", "moment": ahead(owner, HOUR)}
    alice.execute(UPSERT, arguments)
    after = look(owner, key)
    assert (after["status"], after["question"]) == (status, "edited")
    assert after["not_before"] == before["not_before"]


def test_an_edit_that_turns_a_row_into_work_may_carry_a_delay(
    owner: Connection, alice: Connection
) -> None:
    attach(owner, owner="account_id", delay=True, when="kind = 'ready'")
    key = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    assert (look(owner, key)["status"], look(owner, key)["not_before"]) == (None, None)
    alice.execute(
        "update public.questions set kind = 'ready', processing_not_before = %s",
        [ahead(owner, HOUR)],
    )
    assert look(owner, key)["status"] == "pending"
    assert due_in(owner, key) == pytest.approx(3600, abs=30)


def test_only_rows_of_a_pipeline_with_delay_wait(owner: Connection, alice: Connection) -> None:
    attach(owner, owner="account_id", delay=True, when="kind = 'slow'")
    attach(owner, "answer-at-once", owner="account_id", when="kind = 'plain'")
    moment = ahead(owner, HOUR)
    assert due_in(owner, ask_one(alice, kind="slow", processing_not_before=moment)) > 3000
    with pytest.raises(InsufficientPrivilege):
        ask_one(alice, kind="plain", processing_not_before=moment)
    key = ask_one(alice, kind="plain")
    for other in (moment, ahead(owner, timedelta()), None):
        with pytest.raises(InsufficientPrivilege):
            alice.execute(
                "update public.questions set processing_not_before = %s where id = %s", [other, key]
            )


def test_without_delay_the_moment_is_the_workers(owner: Connection, alice: Connection) -> None:
    attach(owner, owner="account_id", delay=True)
    attach(owner, owner="account_id")
    with pytest.raises(InsufficientPrivilege):
        ask_one(alice, processing_not_before=ahead(owner, HOUR))
    ask_one(alice)
    with pytest.raises(InsufficientPrivilege):
        move(alice, ahead(owner, HOUR))


def test_delay_opens_no_other_column_and_no_other_row(
    owner: Connection, alice: Connection, database: Database, connect: Connections
) -> None:
    key = ask_one(alice, processing_not_before=ahead(owner, HOUR))
    for column, value in (
        ("processing_status", "'completed'"), ("processing_priority", "9"),
        ("processing_attempts", "0 + 1"), ("answer", "'mine'"),
    ):  # fmt: skip
        with pytest.raises(InsufficientPrivilege):
            alice.execute(
                f"update public.questions set {column} = {value}, processing_not_before = now()"
            )
    bob = connect(database, "authenticated", user_id=BOB)
    move(bob, ahead(owner, 2 * HOUR))
    assert due_in(owner, key) == pytest.approx(3600, abs=30)


def test_open_rows_count_while_they_are_delayed(owner: Connection, alice: Connection) -> None:
    attach(owner, owner="account_id", delay=True, max_open_per_owner=2)
    for _ in range(2):
        ask_one(alice, processing_not_before=ahead(owner, HOUR))
    with refused("RJ006"):
        ask_one(alice, processing_not_before=ahead(owner, HOUR))


def test_the_settings_of_a_pipeline_show_delay(owner: Connection, queue: Queue) -> None:
    settings = {row["pipeline"]: row["settings"]["delay"] for row in queue.call("list_pipelines")}
    assert settings[PIPELINE] is True
