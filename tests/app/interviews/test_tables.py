"""The tables of interviews: who owns a row, what may be inserted, and who may write what."""

from __future__ import annotations

import psycopg
import pytest

from tests.app.interviews.rows import ALICE, AUDIO, BOB, add, question, store
from tests.support.queue import Connection


def test_only_interviews_are_work(alice: Connection) -> None:
    assert add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)[1:] == (
        "pending",
        "analyse-interview",
    )
    given = [{"speaker": 0, "sentence": "Why?"}]
    assert add(alice, type="MOCK_ANALYSE", interview_transcript_given=given)[1] == "pending"
    assert add(alice, type="NOTE", text="Call them back")[1] is None


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


def test_notes_that_name_recordings_make_no_more_work_than_there_are_recordings(
    owner: Connection, alice: Connection
) -> None:
    other = AUDIO.replace("1763", "1764")
    owner.execute(
        "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [AUDIO]
    )
    for name in (AUDIO, AUDIO, other, other):
        add(alice, type="NOTE", text="never heard", interview_original_audio_path=name)
    alice.execute("delete from public.timeline_items")
    orders = owner.execute("select paths from public.storage_deletions").fetchall()
    assert orders == [([AUDIO],)]
