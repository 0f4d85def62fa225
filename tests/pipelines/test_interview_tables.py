"""Interviews in the database: whose they are, what may be inserted, and what is cleaned up."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.databases import Connections, Database
from tests.support.queue import Connection

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
AUDIO = f"{ALICE}/1763.mp3"


@pytest.fixture
def owner(database: Database, connect: Connections) -> Connection:
    connection = connect(database)
    connection.execute("insert into auth.users (id) values (%s), (%s)", [ALICE, BOB])
    return connection


@pytest.fixture
def alice(owner: Connection, database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.fixture
def bob(owner: Connection, database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=BOB)


def add(user: Connection, **values: Any) -> Any:
    columns = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    found = user.execute(
        f"insert into public.timeline_items ({columns}) values ({places})"
        " returning id, processing_status, processing_pipeline",
        [Jsonb(value) if isinstance(value, list) else value for value in values.values()],
    ).fetchone()
    assert found is not None
    return found


def question(number: int, first: int, last: int) -> dict[str, Any]:
    return {
        "question_number": number,
        "question_title": f"Question {number}",
        "question_text": "Why?",
        "question_json": [],
        "asked_by": 0,
        "asked_by_role": "interviewer",
        "first_utterance": first,
        "last_utterance": last,
        "scoring_status": "skipped",
    }


def store(owner: Connection, item: Any, *questions: dict[str, Any]) -> None:
    owner.execute("select public.store_interview_questions(%s, %s)", [item, Jsonb(list(questions))])


def test_only_interviews_are_work(alice: Connection) -> None:
    assert add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)[1:] == (
        "pending",
        "analyse-interview",
    )
    given = [{"speaker": 0, "sentence": "Why?"}]
    assert add(alice, type="MOCK_ANALYSE", interview_transcript_given=given)[1] == "pending"
    assert add(alice, type="NOTE", text="Call them back")[1] == "completed"


@pytest.mark.parametrize(
    "path",
    [
        f"{BOB}/1763.mp3",
        f"{ALICE}/../{BOB}/1763.mp3",
        f"{ALICE}/folder/1763.mp3",
        f"{ALICE}/.mp3",
        f"{ALICE}/1763.exe",
        f"{ALICE}/1763.mp3\n.exe",
        f"/{ALICE}/1763.mp3",
        "",
    ],
)
def test_a_recording_must_be_the_owners(alice: Connection, path: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="timeline_items_audio_is_the_owners"):
        add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=path)


def test_an_interview_needs_words_or_a_recording(alice: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="timeline_items_have_a_source"):
        add(alice, type="MOCK_ANALYSE")


def test_a_given_transcript_is_limited(alice: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        add(alice, type="MOCK_ANALYSE", interview_transcript_given=["x" * 1_000_001])


def test_an_item_joins_only_a_position_of_its_own_user(alice: Connection, bob: Connection) -> None:
    statement = (
        "insert into public.job_positions (job_url) values ('https://a.example') returning id"
    )
    own, foreign = (user.execute(statement).fetchone() for user in (alice, bob))
    assert own is not None
    assert foreign is not None
    add(alice, type="NOTE", position_id=own[0])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        add(alice, type="NOTE", position_id=foreign[0])


def test_strangers_see_and_change_nothing(
    owner: Connection, alice: Connection, bob: Connection
) -> None:
    item, *_ = add(alice, type="NOTE", text="mine")
    store(owner, item, question(1, 0, 1))
    for table in ("timeline_items", "interview_questions"):
        assert bob.execute(f"select * from public.{table}").fetchall() == []
        assert bob.execute(f"update public.{table} set notes = 'x'").rowcount == 0
    assert bob.execute("delete from public.timeline_items").rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update public.interview_questions set score = 10",
        "insert into public.interview_questions (question_number) values (1)",
        "delete from public.interview_questions",
        "update public.timeline_items set interview_score = 10",
        "update public.timeline_items set interview_original_audio_path = null",
        "update public.timeline_items set interview_position = null",
        "update public.timeline_items set processing_status = 'pending'",
        "select * from public.storage_deletions",
        "select public.store_interview_questions(gen_random_uuid(), '[]')",
    ],
)
def test_users_write_no_result(alice: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        alice.execute(statement)


@pytest.mark.parametrize("status", ["completed", "failed", "processing"])
def test_another_candidate_queues_the_analysis_again(
    owner: Connection, alice: Connection, status: str
) -> None:
    item, *_ = add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)
    if status == "processing":
        owner.execute("select processing.claim(gen_random_uuid(), '{analyse-interview}', 1)")
    else:
        owner.execute(
            "update public.timeline_items set processing_status = %s where id = %s", [status, item]
        )
    alice.execute("update public.timeline_items set interview_candidate_speaker = 1")
    ((now,),) = alice.execute("select processing_status from public.timeline_items").fetchall()
    assert now == "pending"


def test_the_position_is_copied_for_the_worker(owner: Connection, alice: Connection) -> None:
    found = alice.execute(
        "insert into public.job_positions (raw_job_description) values ('Pumps.') returning id"
    ).fetchone()
    assert found is not None
    item, *_ = add(alice, type="NOTE", position_id=found[0])
    ((copied,),) = owner.execute(
        "select interview_position from public.timeline_items where id = %s", [item]
    ).fetchall()
    assert copied == {"company_name": None, "job_title": None, "job_description": "Pumps."}


def test_storing_replaces_all_questions_and_moves_the_notes(
    owner: Connection, alice: Connection
) -> None:
    item, *_ = add(alice, type="NOTE")
    store(owner, item, question(1, 0, 3), question(2, 4, 9), question(3, 20, 21))
    alice.execute("update public.interview_questions set notes = 'note ' || question_number")
    store(owner, item, question(1, 3, 8))
    rows = alice.execute("select question_number, notes from public.interview_questions").fetchall()
    assert rows == [(1, "note 1\nnote 2")]
    ((kept,),) = alice.execute("select notes from public.timeline_items").fetchall()
    assert kept == "Question 3: note 3"


def test_a_deleted_interview_leaves_orders_to_remove_its_objects(
    owner: Connection, alice: Connection
) -> None:
    one, *_ = add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)
    two, *_ = add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)
    add(alice, type="NOTE", text="no object")
    alice.execute("delete from public.timeline_items where id = %s", [one])
    # The second item still needs the recording.
    assert paths(owner) == [[f"{ALICE}/{one}/"]]
    owner.execute("delete from auth.users where id = %s", [ALICE])
    assert sorted(paths(owner), key=len)[1] == [AUDIO, f"{ALICE}/{two}/"]
    assert owner.execute("select 1 from public.timeline_items").fetchall() == []


def paths(owner: Connection) -> list[Any]:
    found = owner.execute(
        "select paths from public.storage_deletions where processing_status = 'pending'"
    )
    return [each for (each,) in found]


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
