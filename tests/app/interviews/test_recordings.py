"""Recordings in Storage: who may use them, and that each is removed, but not too early."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.app.interviews.rows import ALICE, AUDIO, BOB, add
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue
from tests.support.waits import meanwhile, wait_until_blocked

SHA = "5e" * 32
FOLDER = f"{ALICE}/speech/{SHA}/"
ANSWER = f"{FOLDER}auto.deepgram.json"
PIPELINE = "delete-stored-objects"
ANALYSE = "analyse-interview"
END = "update public.timeline_items set processing_status = %s where id = %s"
DELETE = "delete from public.timeline_items where id = %s"
USE = "select public.use_recording(item => %s, sha256 => %s)"
DAY = 24 * 3600


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Queue:
    return Queue(connect(database, "service_role"))


@pytest.fixture
def stored(owner: Connection) -> Connection:
    """A recording, and the speech service's answer, which the worker has stored beside it."""
    for name in (AUDIO, ANSWER):
        owner.execute(
            "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [name]
        )
    return owner


def interview(user: Connection) -> Any:
    return add(user, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)[0]


def ask(connection: Connection, question: str, *arguments: Any) -> str:
    """The database's answer to a worker."""
    found = connection.execute(question, arguments).fetchone()
    assert found is not None
    return str(found[0])


def to_remove(worker: Queue) -> list[list[str]]:
    """Complete all waiting orders to delete; returns what each order removes."""
    done = []
    while orders := worker.claim(PIPELINE):  # one at a time per owner
        done += orders
        for order in orders:
            worker.complete(order)
    return [order["inputs"]["paths"] for order in done]


def names(owner: Connection) -> list[str]:
    found = owner.execute("select name from storage.objects order by name")
    return [str(name) for (name,) in found]


def test_a_deleted_interview_has_its_objects_removed(alice: Connection, worker: Queue) -> None:
    interview(alice)
    add(alice, type="NOTE", text="no object")
    alice.execute("delete from public.timeline_items")
    assert to_remove(worker) == [[AUDIO]]


def test_a_deleted_account_has_all_its_objects_removed_also_what_no_interview_names(
    owner: Connection, alice: Connection, stored: Connection, worker: Queue, clock: Clock
) -> None:
    interview(alice)
    owner.execute("delete from auth.users where id = %s", [ALICE])
    assert sorted(to_remove(worker)) == [[f"{ALICE}/"], [AUDIO]]
    assert owner.execute("select 1 from public.timeline_items").fetchall() == []
    clock.advance(DAY)
    assert to_remove(worker) == [[f"{ALICE}/"]], "what an upload that was going on has added"


NEVER_ATTACHED = ("never-attached.wav", "NEVER.WAV", "0.webm", "speech/left/auto.deepgram.json")


@pytest.mark.parametrize("name", NEVER_ATTACHED)
def test_a_recording_that_was_never_attached_goes_with_its_account_and_no_other_one(
    owner: Connection, worker: Queue, clock: Clock, name: str
) -> None:
    for account in (ALICE, BOB):
        owner.execute(
            "insert into storage.objects (bucket_id, name) values ('interviews', %s)",
            [f"{account}/{name}"],
        )
    owner.execute("delete from auth.users where id = %s", [ALICE])
    assert to_remove(worker) == [[f"{ALICE}/"]]
    clock.advance(DAY)
    assert to_remove(worker) == [[f"{ALICE}/"]]
    kept = owner.execute("select to_jsonb(d)::text from public.storage_deletions as d").fetchall()
    assert [line for (line,) in kept if ALICE in line or name in line] == []


def test_what_a_token_of_a_deleted_account_still_uploads_goes_a_day_later(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock
) -> None:
    """Nobody asks whether the account of a token is still there, until the token expires."""
    owner.execute("delete from auth.users where id = %s", [ALICE])
    alice.execute(
        "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [AUDIO]
    )
    assert to_remove(worker) == [], "there was nothing to remove at once"
    clock.advance(DAY)
    assert to_remove(worker) == [[f"{ALICE}/"]]


def test_an_order_that_is_carried_out_knows_neither_names_nor_whose_they_were(
    owner: Connection, alice: Connection, worker: Queue
) -> None:
    interview(alice)
    alice.execute("delete from public.timeline_items")
    order = worker.claim_one(PIPELINE)
    worker.complete(order, deleted_count=1)
    kept = owner.execute("select to_jsonb(d)::text from public.storage_deletions as d").fetchone()
    assert kept is not None
    assert ALICE not in kept[0]
    assert ".mp3" not in kept[0]
    assert '"deleted_count": 1' in kept[0]


def test_orders_that_were_carried_out_a_month_ago_are_deleted_every_night(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock
) -> None:
    interview(alice)
    alice.execute("delete from public.timeline_items")
    worker.complete(worker.claim_one(PIPELINE), deleted_count=1)
    clock.advance(29 * DAY)
    interview(alice)
    alice.execute("delete from public.timeline_items")
    worker.fail(worker.claim_one(PIPELINE), retryable=False)
    schedule = "update processing.schedules set next_due = processing.clock(), look_at = next_due"
    left = []
    for days in (0, 2, 60):
        clock.advance(days * DAY)
        owner.execute(f"{schedule} where name = 'forget-storage-deletions'")
        owner.execute("select processing.run_schedules()")
        left.append(
            owner.execute(
                "select array_agg(processing_status::text order by 1) from public.storage_deletions"
            ).fetchone()
        )
    assert left == [(["completed", "failed"],), (["failed"],), (["failed"],)]


def test_a_recording_stays_until_the_last_interview_that_has_it_is_gone(
    alice: Connection, worker: Queue
) -> None:
    one, two = interview(alice), interview(alice)
    alice.execute(DELETE, [one])
    assert to_remove(worker) == [[]]
    alice.execute(DELETE, [two])
    assert to_remove(worker) == [[AUDIO]]


@pytest.mark.parametrize("isolation", [None, psycopg.IsolationLevel.REPEATABLE_READ])
def test_of_two_interviews_deleted_at_once_the_last_takes_the_recording_along(
    alice: Connection,
    worker: Queue,
    database: Database,
    connect: Connections,
    isolation: psycopg.IsolationLevel | None,
) -> None:
    items = [interview(alice), interview(alice)]
    sessions = [connect(database, "authenticated", user_id=ALICE, autocommit=False) for _ in items]
    for session in sessions:
        session.set_isolation_level(isolation)
    # Both delete before either has committed, so each still sees the other's item.
    with ThreadPoolExecutor(2) as threads:
        done = [
            threads.submit(session.execute, DELETE, [item])
            for session, item in zip(sessions, items, strict=True)
        ]
        assert [each.result(timeout=60).rowcount for each in done] == [1, 1]
    sessions[0].commit()
    assert to_remove(worker) == [[]]
    sessions[1].commit()
    assert to_remove(worker) == [[AUDIO]]


def test_an_interview_added_after_the_deletion_keeps_its_recording(
    alice: Connection, worker: Queue
) -> None:
    old = interview(alice)
    alice.execute(DELETE, [old])
    interview(alice)
    assert to_remove(worker) == [[]]


@pytest.mark.parametrize("is_added", [True, False])
def test_a_recording_waits_until_an_interview_that_is_being_added_is_there_or_is_not(
    alice: Connection,
    worker: Queue,
    database: Database,
    connect: Connections,
    clock: Clock,
    is_added: bool,
) -> None:
    old = interview(alice)
    alice.execute(DELETE, [old])
    session = connect(database, "authenticated", user_id=ALICE, autocommit=False)
    interview(session)
    assert to_remove(worker) == [], "nobody can know yet"
    if is_added:
        session.commit()
    else:
        session.rollback()
    clock.advance(5)  # an order that was delayed is set aside, and tried again a moment later
    assert to_remove(worker) == [[] if is_added else [AUDIO]]


def test_no_interview_gets_a_recording_that_is_being_removed(
    alice: Connection, worker: Queue
) -> None:
    alice.execute(DELETE, [interview(alice)])
    order = worker.claim_one(PIPELINE)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="being removed"):
        interview(alice)
    add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=f"{ALICE}/1764.mp3")
    worker.complete(order)
    interview(alice)


def test_an_interview_that_meets_the_claim_of_its_recording_waits_and_is_refused(
    owner: Connection, alice: Connection, database: Database, connect: Connections
) -> None:
    alice.execute(DELETE, [interview(alice)])
    slow = Queue(connect(database, "service_role", autocommit=False))
    slow.claim_one(PIPELINE)
    with meanwhile(partial(interview, alice)) as added:
        wait_until_blocked(owner, alice, added)
        slow.connection.commit()
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            added.result(60)


def test_an_interview_that_shares_a_recording_is_added_while_an_order_spares_it(
    alice: Connection, worker: Queue
) -> None:
    old = interview(alice)
    interview(alice)
    alice.execute(DELETE, [old])
    assert worker.claim_one(PIPELINE)["inputs"]["paths"] == []
    interview(alice)


@pytest.mark.parametrize("ends", [None, "completed", "cancelled", "failed", "pending"])
def test_what_was_heard_in_a_deleted_interview_is_removed_a_day_later(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock, ends: str | None
) -> None:
    item = interview(alice)
    worker.claim_one(ANALYSE)
    assert ask(owner, USE, item, SHA) == "yours"
    if ends:
        owner.execute(END, [ends, item])
    alice.execute(DELETE, [item])
    assert to_remove(worker) == [[AUDIO]]
    clock.advance(DAY - 60)
    assert to_remove(worker) == []
    clock.advance(120)
    assert to_remove(worker) == [[FOLDER]]


def test_what_was_heard_stays_while_another_interview_needs_it(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock
) -> None:
    items = [interview(alice), interview(alice)]
    worker.claim(ANALYSE)
    for item in items:
        ask(owner, USE, item, SHA)
        owner.execute(END, ["completed", item])
    alice.execute(DELETE, [items[0]])
    clock.advance(2 * DAY)
    assert to_remove(worker) == [[], []]
    alice.execute(DELETE, [items[1]])
    clock.advance(2 * DAY)
    assert sorted(to_remove(worker)) == [[AUDIO], [FOLDER]]


def test_nobody_uses_what_is_being_removed(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock
) -> None:
    old = interview(alice)
    worker.claim_one(ANALYSE)
    ask(owner, USE, old, SHA)
    alice.execute(DELETE, [old])
    assert to_remove(worker) == [[AUDIO]]
    clock.advance(2 * DAY)
    order = worker.claim_one(PIPELINE)
    new = interview(alice)
    worker.claim_one(ANALYSE)
    assert ask(owner, USE, new, SHA) == "busy"
    worker.complete(order)
    assert ask(owner, USE, new, SHA) == "yours"


def test_an_order_for_another_bucket_is_carried_out_as_it_is(
    owner: Connection, alice: Connection, worker: Queue
) -> None:
    interview(alice)
    owner.execute(
        "insert into public.storage_deletions (account_id, bucket_id, paths)"
        " values (%s, 'letters', %s)",
        [ALICE, Jsonb([AUDIO])],
    )
    assert to_remove(worker) == [[AUDIO]]


@pytest.mark.parametrize(
    "statement",
    [
        f"update storage.objects set name = '{ALICE}/mine.mp3' where name = '{ANSWER}'",
        f"update storage.objects set metadata = '{{}}' where name = '{ANSWER}'",
        f"delete from storage.objects where name = '{ANSWER}'",
    ],
)
def test_the_worker_s_own_objects_are_read_by_their_user_and_never_moved_changed_or_deleted(
    stored: Connection, alice: Connection, statement: str
) -> None:
    assert alice.execute("select 1 from storage.objects where name = %s", [ANSWER]).fetchone()
    assert alice.execute(statement).rowcount == 0
    assert names(stored) == [AUDIO, ANSWER]


@pytest.mark.parametrize("name", [ANSWER, f"{ALICE}/0c9a/4712.deepgram.json", f"{BOB}/1763.mp3"])
def test_no_recording_can_be_moved_to_where_the_worker_writes(
    stored: Connection, alice: Connection, name: str
) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation)):
        alice.execute("update storage.objects set name = %s where name = %s", [name, AUDIO])
    assert names(stored) == [AUDIO, ANSWER]


def test_users_rename_replace_and_delete_their_own_recordings(
    stored: Connection, alice: Connection
) -> None:
    renamed = f"{ALICE}/1764.mp3"
    move = "update storage.objects set name = %s where name = %s"
    assert alice.execute(move, [renamed, AUDIO]).rowcount == 1
    replace = "update storage.objects set metadata = '{}' where name = %s"
    assert alice.execute(replace, [renamed]).rowcount == 1
    assert alice.execute("delete from storage.objects where name = %s", [renamed]).rowcount == 1
    assert names(stored) == [ANSWER]


@pytest.mark.parametrize(
    ("name", "is_allowed"),
    [
        (AUDIO, True),
        (f"{BOB}/1763.mp3", False),
        (f"{ALICE}/item/x.deepgram.json", False),
        (f"{ALICE}/item/1763.mp3", False),
        (f"{ALICE}/1763.json", False),
        ("1763.mp3", False),
    ],
)
def test_users_upload_only_recordings_into_their_own_folder(
    alice: Connection, name: str, is_allowed: bool
) -> None:
    statement = "insert into storage.objects (bucket_id, name) values ('interviews', %s)"
    if is_allowed:
        alice.execute(statement, [name])
    else:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            alice.execute(statement, [name])


def test_objects_are_seen_by_their_owner_alone(
    owner: Connection, alice: Connection, bob: Connection
) -> None:
    alice.execute(
        "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [AUDIO]
    )
    seen = "select name from storage.objects"
    assert alice.execute(seen).fetchall() == [(AUDIO,)]
    assert bob.execute(seen).fetchall() == []
    assert bob.execute("delete from storage.objects").rowcount == 0


def test_the_bucket_is_private_and_limited(owner: Connection) -> None:
    found = owner.execute(
        "select public, file_size_limit from storage.buckets where id = 'interviews'"
    ).fetchall()
    assert found == [(False, 50 * 2**20)]
