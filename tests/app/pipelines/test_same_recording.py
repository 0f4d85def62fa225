"""A recording is transcribed once for its owner, even if it is added again with another name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.app.pipelines.attached_table import ALICE, Table
from tests.app.pipelines.case_analyse_interview import AUDIO, LINES, PATH, Studio, studio
from tests.app.pipelines.workshop import at_work
from tests.library.sql.questions import BOB
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.fake_deepgram import SpeechReply
from tests.support.own_functions import own_functions
from tests.support.sounds import wav
from worker.interviews.pipeline import pipeline
from worker.services import Services
from worker.services.content_limits import ContentLimits
from worker.services.recording_ledger import DatabaseRecordings

pytestmark = pytest.mark.usefixtures("mid_month")


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


def counting(world: Studio, desk: Table, **limits: float) -> Services:
    """The world's speech service and storage, with the list of paid recordings, without a model."""
    return replace(
        world.providers,
        language_model=None,
        recordings=DatabaseRecordings(own_functions(desk.database)),
        limits=ContentLimits(**limits),  # type: ignore[arg-type] # counts are numbers too
    )


def named(desk: Table, world: Studio, name: str, owner: str = ALICE) -> dict[str, str]:
    """Upload the same recording again under another name."""
    path = f"{owner}/{name}.wav"
    world.storage.objects["interviews", path] = wav()
    return {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": path}


async def test_deleted_and_added_again_under_any_name_it_is_paid_once(desk: Table) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        for number in range(12):
            row_id = desk.insert(named(desk, world, f"take-{number}"))
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed")
            assert row["interview_duration_seconds"] == 22, row["processing_error"]
            desk.alice.execute("delete from public.timeline_items where id = %s", [row_id])
        assert world.calls.counts["transcribe"] == 1


async def test_three_rows_at_once_wait_for_the_one_that_pays(desk: Table) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        world.calls.hold("transcribe")
        rows = [desk.insert(named(desk, world, f"take-{number}")) for number in range(3)]
        workshop.look()
        await until(lambda: world.calls.held() == ["transcribe"])
        waits = "select count(distinct row_id) from processing.events where kind = 'waiting'"
        await until(lambda: desk.read(waits) == [(2,)])
        world.calls.release("transcribe")
        for row_id in rows:
            row = await desk.reaches(row_id, "completed", "failed")
            assert row["processing_status"] == "completed", row["processing_error"]
            assert row["processing_attempts"] == 1
        assert world.calls.counts["transcribe"] == 1


async def test_owners_pay_for_their_own(desk: Table, connect: Connections) -> None:
    desk.owner.execute("insert into auth.users (id) values (%s)", [BOB])
    bob = connect(desk.database, "authenticated", user_id=BOB)
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        mine = desk.insert(named(desk, world, "take"))
        values = named(desk, world, "take", BOB)
        found = bob.execute(
            "insert into public.timeline_items (type, interview_original_audio_path)"
            " values (%s, %s) returning id::text",
            list(values.values()),
        ).fetchone()
        assert found is not None
        workshop.look()
        paths = []
        for row_id in (mine, str(found[0])):
            row = await desk.reaches(row_id, "completed", "failed")
            paths.append(row["interview_speech_to_text_path"])
        assert world.calls.counts["transcribe"] == 2
    assert [path.split("/")[0] for path in paths] == [ALICE, BOB]


async def test_another_language_is_heard_anew_a_few_times_a_day(desk: Table) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        codes = []
        for language in ("en", "de", "de", "fr", "it", "en"):
            row_id = desk.insert({**AUDIO, "interview_language_given": language})
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed")
            codes.append((row["processing_error"] or {}).get("code"))
        assert codes == [None, None, None, None, "transcriptions_spent", None]
        assert world.calls.counts["transcribe"] == 3
        ((failed, message),) = desk.read(
            "select id::text, processing_error ->> 'message' from public.timeline_items"
            " where processing_status = 'failed'"
        )
        assert message == "This recording was turned into text 3 times today. Try again tomorrow."
        assert "INTERVIEW_MAX_TRANSCRIPTIONS" in desk.explained(failed)


async def test_an_outage_of_the_service_uses_up_nothing(desk: Table) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        world.speech_answers(SpeechReply.error(401))
        for _ in range(5):
            row_id = desk.insert(AUDIO)
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed")
            assert row["processing_error"]["code"] == "provider_auth"
        world.speech_answers(SpeechReply.of(LINES))
        row_id = desk.insert(AUDIO)
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
        assert row["processing_status"] == "completed", row["processing_error"]


async def test_a_recording_that_is_exchanged_after_it_was_looked_at_is_not_sent(
    desk: Table,
) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        reads = iter(range(9))

        def exchanged(method: str, path: str) -> None:
            if method == "GET" and path.endswith(PATH) and next(reads) == 1:
                world.recording(wav(3))

        world.storage.trouble = exchanged
        row_id = desk.insert(AUDIO)
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
        assert row["processing_error"]["code"] in {"audio_changed", "audio_too_large"}
        assert world.calls.counts["transcribe"] == 0


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"interview_max_audio_seconds": 0.5}, "audio_too_long"),
        ({"interview_max_audio_bytes": 1_000}, "audio_too_large"),
    ],
)
async def test_a_recording_beyond_a_limit_fails_and_explain_names_the_setting(
    desk: Table, limit: dict[str, float], code: str
) -> None:
    async with (
        studio() as world,
        at_work(desk, pipeline, counting(world, desk, **limit)) as workshop,
    ):
        row_id = desk.insert(AUDIO)
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
        assert row["processing_error"]["code"] == code
        assert next(iter(limit)).upper() in desk.explained(row_id)
        assert world.calls.counts["transcribe"] == 0


async def test_answers_that_say_nothing_are_paid_three_times_a_day_and_no_more(
    desk: Table,
) -> None:
    async with studio() as world, at_work(desk, pipeline, counting(world, desk)) as workshop:
        world.speech_answers(SpeechReply())
        for _ in range(3):
            row_id = desk.insert(AUDIO)
            workshop.look()
            row = await desk.reaches(row_id, "failed", deadline=60)
        assert row["processing_error"]["code"] == "transcriptions_spent"
        assert world.calls.counts["transcribe"] == 3
