"""Recordings in Storage: who may do what to them, and that none is removed too early or never."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.interviews.rows import ALICE, AUDIO, BOB, add
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue
from tests.support.waits import meanwhile, wait_until_blocked

ANSWER = f"{ALICE}/0c9a/4711.deepgram.json"
PIPELINE = "delete-stored-objects"
ANALYSE = "analyse-interview"
END = "update public.timeline_items set processing_status = %s where id = %s"
DELETE = "delete from public.timeline_items where id = %s"


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Queue:
    return Queue(connect(database, "service_role"))


@pytest.fixture
def stored(owner: Connection) -> Connection:
    """A recording, and the speech service's answer that the worker has put beside it."""
    for name in (AUDIO, ANSWER):
        owner.execute(
            "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [name]
        )
    return owner


def interview(user: Connection) -> Any:
    return add(user, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)[0]


def to_remove(worker: Queue) -> list[list[str]]:
    """What workers are told to remove, by the orders that wait; they do so."""
    orders = worker.claim(PIPELINE)
    for order in orders:
        worker.complete(order)
    return [order["inputs"]["paths"] for order in orders]


def names(owner: Connection) -> list[str]:
    found = owner.execute("select name from storage.objects order by name")
    return [str(name) for (name,) in found]


def test_a_deleted_interview_has_its_objects_removed(alice: Connection, worker: Queue) -> None:
    item = interview(alice)
    add(alice, type="NOTE", text="no object")
    alice.execute("delete from public.timeline_items")
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{item}/"]]


def test_a_deleted_account_has_its_objects_removed(
    owner: Connection, alice: Connection, worker: Queue
) -> None:
    item = interview(alice)
    owner.execute("delete from auth.users where id = %s", [ALICE])
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{item}/"]]
    assert owner.execute("select 1 from public.timeline_items").fetchall() == []


def test_a_recording_stays_until_the_last_interview_that_has_it_is_gone(
    alice: Connection, worker: Queue
) -> None:
    one, two = interview(alice), interview(alice)
    alice.execute(DELETE, [one])
    assert to_remove(worker) == [[f"{ALICE}/{one}/"]]
    alice.execute(DELETE, [two])
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{two}/"]]


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
    # Neither has committed when the other deletes: each still sees the other's item.
    with ThreadPoolExecutor(2) as threads:
        done = [
            threads.submit(session.execute, DELETE, [item])
            for session, item in zip(sessions, items, strict=True)
        ]
        assert [each.result(timeout=10).rowcount for each in done] == [1, 1]
    sessions[0].commit()
    assert to_remove(worker) == [[f"{ALICE}/{items[0]}/"]]
    sessions[1].commit()
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{items[1]}/"]]


def test_an_interview_added_after_the_deletion_keeps_its_recording(
    alice: Connection, worker: Queue
) -> None:
    old = interview(alice)
    alice.execute(DELETE, [old])
    interview(alice)
    assert to_remove(worker) == [[f"{ALICE}/{old}/"]]


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
    clock.advance(5)  # what was held back is set aside, and looked at again a moment later
    goes = [] if is_added else [AUDIO]
    assert to_remove(worker) == [[*goes, f"{ALICE}/{old}/"]]


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
            added.result(10)


def test_an_interview_that_shares_a_recording_is_added_while_an_order_spares_it(
    alice: Connection, worker: Queue
) -> None:
    old = interview(alice)
    interview(alice)
    alice.execute(DELETE, [old])
    assert worker.claim_one(PIPELINE)["inputs"]["paths"] == [f"{ALICE}/{old}/"]
    interview(alice)


@pytest.mark.parametrize("ends", [None, "cancelled", "failed", "pending"])
def test_what_a_run_stores_after_its_interview_is_deleted_is_removed_too(
    owner: Connection, alice: Connection, worker: Queue, clock: Clock, ends: str | None
) -> None:
    item = interview(alice)
    worker.claim_one(ANALYSE)
    if ends:
        owner.execute(END, [ends, item])
    alice.execute(DELETE, [item])
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{item}/"]]
    clock.advance(29 * 60)
    assert to_remove(worker) == []
    clock.advance(3600)
    assert to_remove(worker) == [[f"{ALICE}/{item}/"]]


@pytest.mark.parametrize("is_claimed", [False, True])
def test_an_interview_without_an_open_run_is_removed_at_once_and_only_once(
    alice: Connection, worker: Queue, clock: Clock, is_claimed: bool
) -> None:
    item = interview(alice)
    if is_claimed:
        worker.complete(worker.claim_one(ANALYSE))
    alice.execute(DELETE, [item])
    assert to_remove(worker) == [[AUDIO, f"{ALICE}/{item}/"]]
    clock.advance(24 * 3600)
    assert to_remove(worker) == []


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
    assert names(stored) == [ANSWER, AUDIO]


@pytest.mark.parametrize("name", [ANSWER, f"{ALICE}/0c9a/4712.deepgram.json", f"{BOB}/1763.mp3"])
def test_no_recording_can_be_moved_to_where_the_worker_writes(
    stored: Connection, alice: Connection, name: str
) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation)):
        alice.execute("update storage.objects set name = %s where name = %s", [name, AUDIO])
    assert names(stored) == [ANSWER, AUDIO]


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
