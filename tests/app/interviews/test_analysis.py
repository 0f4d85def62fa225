"""Analyses for which the rules find little, and notes that a person wrote on an earlier one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.case_analyse_interview import (
    INVENTED,
    MOCK,
    PATH,
    UNCLEAR,
    Studio,
    judgement,
    studio,
)
from tests.app.pipelines.workshop import Workshop, at_work
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.fake_deepgram import Line, SpeechReply
from tests.support.fake_openai import Answer
from worker.interviews.pipeline import pipeline
from worker.services import Services

SAID = "Die Pumpe fiel aus, ich habe die Dichtung in 40 Minuten ersetzt."
# No sentence in it has a question mark or an English question word.
GERMAN = [
    {"id": 0, "speaker": "interviewer", "sentence": "Guten Tag."},
    {"id": 1, "speaker": "candidate", "sentence": "Guten Tag."},
    {"id": 2, "speaker": "interviewer", "sentence": "Erzählen Sie von einem Fehler."},
    {"id": 3, "speaker": "candidate", "sentence": SAID},
]
AT_LENGTH = [
    {"id": 0, "sentence": "Wie sind Sie zu uns gekommen? Und was wissen Sie von uns?"},
    {"id": 1, "sentence": "Mit dem Zug, er war pünktlich, und ich weiß, was Sie bauen."},
    {"id": 2, "sentence": "Was war Ihr größter Fehler, und was haben Sie daraus gelernt?"},
    {"id": 3, "sentence": f"{SAID} Seitdem prüfe ich jede Dichtung zweimal, auch in der Nacht."},
]
CUT = {"first": 2, "question_last": 2, "last": 3, "kind": "BEHAVIORAL", "title": "Ein Fehler"}
MINE = "mind the seal"


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


def mock(said: list[dict[str, Any]], language: str | None = None) -> dict[str, Any]:
    return MOCK | {"interview_transcript_given": said, "interview_language_given": language}


async def analysed(
    desk: Table, world: Studio, values: dict[str, Any], providers: Services | None = None
) -> dict[str, Any]:
    async with at_work(desk, pipeline, providers or world.providers) as workshop:
        row_id = desk.insert(values)
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
    assert row["processing_status"] == "completed", row["processing_error"]
    return dict(row)


def quoting(quote: str) -> Answer:
    evidence = [{"dimension": "structure", "quote": quote, "supports": "strength"}]
    return Answer.of(judgement(evidence=evidence))


async def test_where_the_rules_find_no_question_the_model_is_asked_for_them(
    desk: Table,
) -> None:
    async with studio() as world:
        world.model_answers("QuestionCut", Answer.of({"questions": [CUT]}))
        world.model_answers("Judgement", quoting("in 40 Minuten ersetzt"))
        row = await analysed(desk, world, mock(GERMAN, "de"))
    (question,) = row["interview_questions_preview"]
    assert question["question_text"] == "Erzählen Sie von einem Fehler."
    assert question["answer_text"] == SAID
    assert (question["scoring_status"], question["structure"]) == ("scored", 7)
    assert question["evidence"]["structure"][0]["quote"] == "in 40 Minuten ersetzt."
    assert "no_questions_found" not in row["warnings"]


async def test_what_the_model_alone_finds_is_scored_on_words_that_were_said_only(
    desk: Table,
) -> None:
    async with studio() as world:
        world.model_answers("QuestionCut", Answer.of({"questions": [CUT]}))
        world.model_answers("Judgement", Answer.of(INVENTED))
        row = await analysed(desk, world, mock(GERMAN, "de"))
    (question,) = row["interview_questions_preview"]
    assert (question["scoring_reason"], question["score"]) == ("evidence_not_verbatim", None)


async def test_a_model_that_finds_no_question_either_is_not_called_wrong(
    desk: Table,
) -> None:
    async with studio() as world:
        world.model_answers("QuestionCut", Answer.of({"questions": []}))
        row = await analysed(desk, world, mock(UNCLEAR))
    assert set(row["warnings"]) == {"roles_uncertain", "no_questions_found"}


@pytest.mark.parametrize(
    ("language", "is_warned"),
    [("de", True), ("de-AT", True), ("en", False), ("en-GB", False), (None, True)],
)
async def test_a_language_that_the_rules_do_not_know_is_named_as_such(
    desk: Table, language: str | None, is_warned: bool
) -> None:
    async with studio() as world:
        row = await analysed(desk, world, mock(GERMAN, language), world.keyless)
    assert ("language_not_supported_by_rules" in row["warnings"]) is is_warned
    assert row["interview_language"] == language


@pytest.mark.parametrize(
    ("said", "is_warned"), [(AT_LENGTH, True), (MOCK["interview_transcript_given"], False)]
)
async def test_a_transcript_without_a_stated_language_is_known_for_a_foreign_one_by_its_words(
    desk: Table, said: list[dict[str, Any]], is_warned: bool
) -> None:
    unnamed = [line | {"speaker": line["id"] % 2} for line in said]
    async with studio() as world:
        row = await analysed(desk, world, mock(unnamed), world.keyless)
    assert ("language_not_supported_by_rules" in row["warnings"]) is is_warned
    assert ("roles_uncertain" in row["warnings"]) is is_warned
    assert row["interview_language"] is None


async def test_of_a_language_that_was_heard_the_roles_are_not_taken_for_sure(
    desk: Table,
) -> None:
    lines = [
        Line(0, "Wie sind Sie zu uns gekommen?", 0.5, 2.5),
        Line(1, "Mit dem Zug, er war pünktlich.", 3.0, 5.0),
        Line(0, "Was war Ihr größter Fehler?", 5.5, 7.5),
        Line(1, SAID, 8.0, 12.0),
    ]
    async with studio() as world:
        world.speech_answers(SpeechReply.of(lines, language="de"))
        keyless = Services(
            web=world.keyless.web, speech=world.speech, storage=world.files, language_model=None
        )
        values = {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": PATH}
        row = await analysed(desk, world, values, keyless)
    assert row["interview_language"] == "de"
    assert {"roles_uncertain", "language_not_supported_by_rules"} <= set(row["warnings"])


async def test_full_notes_fail_no_new_analysis(desk: Table) -> None:
    full = "x" * 1_000_000
    async with studio() as world, at_work(desk, pipeline, world.providers) as workshop:
        row_id = desk.insert(MOCK)
        workshop.look()
        await desk.reaches(row_id, "completed", "failed")
        desk.alice.execute("update public.interview_questions set notes = %s", [MINE])
        desk.edit(row_id, "notes", full)
        row = await again_without_questions(desk, workshop, row_id)
    assert row["processing_status"] == "completed", row["processing_error"]
    assert row["notes"] == full
    kept = desk.alice.execute("select notes from public.interview_questions").fetchall()
    assert kept
    assert all(notes == MINE for (notes,) in kept)
    assert row["processing_edited"] == []


async def again_without_questions(desk: Table, workshop: Workshop, row_id: str) -> dict[str, Any]:
    """Run the analysis again, on words without a question."""
    run = desk.row(row_id)["processing_run"]
    desk.read(
        "update public.timeline_items set interview_transcript_given = %s::jsonb where id = %s"
        " returning 1",
        '[{"speaker": 0, "sentence": "Hm."}, {"speaker": 1, "sentence": "Hm."}]',
        row_id,
    )
    desk.read("select processing.retry(%s, %s)", desk.table, row_id)
    workshop.look()
    await until(lambda: desk.row(row_id)["processing_run"] > run + 1)
    return dict(await desk.reaches(row_id, "completed", "failed"))


def test_every_step_has_a_label_of_its_own() -> None:
    labels = [step.stage for step in pipeline.steps]
    assert len(set(labels)) == len(labels)
    assert not {step.stage for step in pipeline.steps} & {
        step.name.replace("-", " ").capitalize() for step in pipeline.steps
    }
