"""The number of paid answers for an interview is limited, and the row says what was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import worker.interviews.preview
from liverows.base.errors import Permanent
from liverows.base.usage import Usage
from liverows.database.client import ContractClient
from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.case_analyse_interview import Studio, studio
from tests.app.pipelines.workshop import at_work
from tests.support.databases import Connections, Database
from tests.support.fake_openai import Answer
from worker.companies.model_answer import RoleAnalysis
from worker.interviews.pipeline import pipeline
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.services.models.budget import BudgetedModel
from worker.services.models.language_model import Structured


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


def interview(questions: int, words: int = 8) -> dict[str, Any]:
    """A mock interview of so many questions; each answer has so many words."""
    told = " ".join(f"step {n % 7} took {n % 11} minutes," for n in range(max(1, words // 5)))
    turns = [
        (place % 2, text)
        for number in range(questions)
        for place, text in enumerate(
            (
                f"Tell me about a time you repaired pump number {number}.",
                f"I took pump {number} apart and {told} and it ran again.",
            )
        )
    ]
    given = [{"id": n, "speaker": who, "sentence": text} for n, (who, text) in enumerate(turns)]
    return {"type": "MOCK_ANALYSE", "interview_transcript_given": given}


async def analysed(desk: Table, world: Studio, row: dict[str, Any], **limits: int) -> Any:
    providers = replace(world.providers, limits=ContentLimits(**limits))
    # The model finds no questions, so those that the rules found are used.
    world.model_answers("QuestionCut", Answer.of({"questions": []}))
    async with at_work(desk, pipeline, providers) as workshop:
        row_id = desk.insert(row)
        workshop.look()
        found = await desk.reaches(row_id, "completed", "failed", deadline=60)
    assert found["processing_status"] == "completed", found["processing_error"]
    return found


def reasons(row: Any) -> list[str | None]:
    return [each["scoring_reason"] for each in row["interview_questions_preview"]]


async def test_questions_beyond_the_limit_are_shown_and_not_scored(desk: Table) -> None:
    async with studio() as world:
        row = await analysed(desk, world, interview(100), interview_max_questions=5)
        assert world.calls.counts["score-answer"] == 5
        assert len(world.openai.requests) <= 5 + 2
    assert reasons(row).count("over_limit") == 95
    assert "interview_max_questions_reached" in row["warnings"]


async def test_what_will_not_be_scored_is_said_before_a_score_is_paid_for(
    desk: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, int]] = []
    progress = ContractClient.progress

    async with studio() as world:

        async def noted(store: ContractClient, key: Any, **now: Any) -> None:
            outputs = now["outputs"] or {}
            for code in outputs.get("warnings") or ():
                shown.append((code, world.calls.counts["score-answer"]))
            await progress(store, key, **now)

        monkeypatch.setattr(ContractClient, "progress", noted)
        await analysed(desk, world, interview(8), interview_max_questions=5)
    assert ("interview_max_questions_reached", 0) in shown


async def test_an_honest_interview_of_two_hours_is_scored_whole(desk: Table) -> None:
    # 18,000 words are two hours of talk.
    row = interview(60, words=350)
    characters = sum(len(each["sentence"]) for each in row["interview_transcript_given"])
    assert characters > 100_000
    async with studio() as world:
        row = await analysed(desk, world, row)
        assert world.calls.counts["score-answer"] == 60
    assert not {"transcript_cut", "interview_max_questions_reached"} & set(row["warnings"])
    assert "row_max_model_calls_reached" not in row["warnings"]
    assert set(reasons(row)) <= {None, "evidence_not_verbatim"}


async def test_a_transcript_beyond_the_limit_is_cut_with_a_warning(desk: Table) -> None:
    async with studio() as world:
        row = await analysed(desk, world, interview(40), interview_max_transcript_characters=2_000)
    assert "transcript_cut" in row["warnings"]
    assert sum(len(each["text"]) for each in row["interview_transcript"]) <= 2_000


async def test_the_calls_of_a_run_are_limited_tries_included(desk: Table) -> None:
    async with studio() as world:
        world.model_answers("Judgement", Answer.error(503))
        row = await analysed(desk, world, interview(9), row_max_model_calls=4)
        assert len(world.openai.requests) == 4
    assert "row_max_model_calls_reached" in row["warnings"]


async def test_the_preview_of_eighty_scored_questions_is_not_written_eighty_times(
    desk: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.interviews.preview, "LEAST_SECONDS", 3600.0)
    written: list[set[str]] = []
    progress = ContractClient.progress

    async def noted(store: ContractClient, key: Any, **shown: Any) -> None:
        if rows := (shown["outputs"] or {}).get("interview_questions_preview"):
            written.append({each["scoring_status"] for each in rows})
        await progress(store, key, **shown)

    monkeypatch.setattr(ContractClient, "progress", noted)
    async with studio() as world:
        row = await analysed(desk, world, interview(80))
        assert world.calls.counts["score-answer"] == 80
    first, last = written
    assert first == {"pending"}
    assert last == {each["scoring_status"] for each in row["interview_questions_preview"]}
    assert "pending" not in last


def test_a_row_makes_at_most_a_hundred_calls_by_default() -> None:
    assert DEFAULT_LIMITS.row_max_model_calls <= 100
    # Roles, questions and summary, and the answers.
    assert DEFAULT_LIMITS.interview_max_questions + 3 <= DEFAULT_LIMITS.row_max_model_calls


class Repairing:
    """A model that needed two calls for every answer."""

    async def structured(self, **_asked: Any) -> Structured[RoleAnalysis]:
        return Structured(RoleAnalysis(), (Usage("m", 1, 1), Usage("m", 1, 1)))


async def test_a_repaired_answer_counts_as_the_calls_it_was() -> None:
    model = BudgetedModel(Repairing(), 3)  # type: ignore[arg-type] # it answers in one shape only
    asked: dict[str, Any] = {
        "system": "", "prompt": "", "output": RoleAnalysis, "max_output_tokens": 9,
    }  # fmt: skip
    await model.structured(**asked)
    await model.structured(**asked)
    with pytest.raises(Permanent, match="ROW_MAX_MODEL_CALLS"):
        await model.structured(**asked)
