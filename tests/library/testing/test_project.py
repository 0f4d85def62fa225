"""The test kit: one call runs a row to its end, with real Postgres and the real worker."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, JsonValue

from liverows import (
    Context,
    Permanent,
    Pipeline,
    RateLimited,
    Resource,
    Retry,
    SetupError,
    Step,
    Transient,
    record_usage,
)
from liverows.testing import Project

TABLE = """
create table public.letters (
    id uuid primary key default gen_random_uuid(),
    body text,
    marks integer[],
    facts jsonb,
    answer text
);
select processing.attach('public.letters', 'answer-letters',
    inputs => '{body, marks, facts}', outputs => '{answer}', "when" => 'body is not null');
"""


class Letter(BaseModel):
    body: str
    marks: list[int] | None
    facts: JsonValue


class Answer(BaseModel):
    answer: str | None


class Clerk(Resource):
    """Raises each of these errors once, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def answer(self, body: str) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        record_usage("quill", input_tokens=len(body))
        return f"Dear {body}"


async def write(clerk: Clerk, body: str) -> str:
    return await clerk.answer(body)


async def seal(text: str, marks: list[int] | None) -> str:
    return f"{text} {marks}"


WRITE = Step("write", write, retry=Retry(attempts=1), paid=True)
SEAL = Step("seal", seal)
letters = Pipeline("answer-letters", inputs=Letter, outputs=Answer, steps=(WRITE, SEAL))


@letters
async def recipe(context: Context[Clerk], letter: Letter) -> Answer:
    text = await context.run(WRITE, context.services, letter.body)
    sealed = await context.run(SEAL, text, letter.marks)
    return Answer(answer=sealed)


@pytest.fixture
def project(liverows_project: Project) -> Project:
    liverows_project.execute(TABLE)
    return liverows_project


def test_a_row_is_run_to_its_end_and_told_with_its_steps_and_cost(project: Project) -> None:
    row = {"body": "Ada", "marks": [1, 2], "facts": {"by": ["hand"]}}
    ended = project.run(letters, row, services=Clerk())
    assert (ended.status, ended.error) == ("completed", None)
    assert ended.row["answer"] == "Dear Ada [1, 2]"
    assert isinstance(ended.row["id"], UUID)
    assert ended.row["facts"] == {"by": ["hand"]}
    assert ended.steps == ["write", "seal"]
    assert [(use["model"], use["input_tokens"]) for use in ended.usage] == [("quill", 3)]
    assert ended.events[-1]["kind"] == "completed"


def test_a_row_that_waits_for_another_attempt_does_not_make_the_test_wait(
    project: Project,
) -> None:
    clerk = Clerk(Transient("Not now."), RateLimited("Later.", retry_after=7200))
    ended = project.run(letters, {"body": "Ada"}, services=clerk)
    assert ended.status == "completed"
    assert clerk.calls == 3
    assert ended.row["processing_attempts"] == 2


def test_waits_inside_a_step_take_no_time(project: Project) -> None:
    patient = Step("write", write, retry=Retry(attempts=2, longest_wait=9000, total=9000))
    slow = Pipeline("answer-letters", inputs=Letter, outputs=Answer, steps=(patient,))

    @slow
    async def slow_recipe(context: Context[Clerk], letter: Letter) -> Answer:
        await context.clock.sleep(3600)
        return Answer(answer=await context.run(patient, context.services, letter.body))

    clerk = Clerk(RateLimited("Later.", retry_after=7200))
    ended = project.run(slow, {"body": "Ada"}, services=clerk, deadline=10)
    assert (ended.status, clerk.calls) == ("completed", 2)
    assert ended.row["processing_attempts"] == 1


def test_a_row_that_fails_says_why(project: Project) -> None:
    ended = project.run(letters, {"body": "Ada"}, services=Clerk(Permanent("No ink.", code="ink")))
    assert ended.status == "failed"
    assert ended.error is not None
    assert (ended.error["code"], ended.error["message"]) == ("ink", "No ink.")
    assert ended.steps == []


def test_a_row_that_is_no_work_ends_at_once_without_a_status(project: Project) -> None:
    clerk = Clerk()
    ended = project.run(letters, {}, services=clerk)
    assert (ended.status, clerk.calls) == (None, 0)


def test_each_test_has_a_database_of_its_own(project: Project) -> None:
    assert project.execute("select count(*) as rows from public.letters") == [{"rows": 0}]


def test_a_moved_clock_is_what_the_database_goes_by(project: Project) -> None:
    now = "select processing.clock() as now"
    before = project.execute(now)[0]["now"]
    project.advance(3600)
    assert (project.execute(now)[0]["now"] - before).total_seconds() >= 3600


async def test_in_a_coroutine_the_other_call_is_named(project: Project) -> None:
    with pytest.raises(SetupError) as caught:
        project.run(letters, {"body": "Ada"}, services=Clerk())
    assert "run_async" in caught.value.cure
    ended = await project.run_async(letters, {"body": "Ada"}, services=Clerk())
    assert ended.status == "completed"


def test_a_pipeline_without_a_table_is_told(liverows_project: Project) -> None:
    with pytest.raises(SetupError, match="no table is attached to the pipeline answer-letters"):
        liverows_project.run(letters, {"body": "Ada"})


def test_a_row_that_does_not_end_in_time_is_told(project: Project) -> None:
    class Sleepy(Clerk):
        async def answer(self, body: str) -> str:
            await asyncio.Event().wait()
            return body

    with pytest.raises(TimeoutError):
        project.run(letters, {"body": "Ada"}, services=Sleepy(), deadline=0.5)


def test_a_user_can_own_rows(project: Project) -> None:
    user: Any = project.user()
    project.execute("alter table public.letters add column account_id uuid references auth.users")
    row = project.insert("public.letters", {"account_id": user})
    assert str(row["account_id"]) == user
