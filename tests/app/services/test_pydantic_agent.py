"""The tool loop meets odd answers with errors that the engine knows."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from liverows.base.errors import Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import collect_usage
from tests.support.fake_openai import MODEL, Answer, fake_openai
from worker.services.models.pydantic_agent import PydanticAgent
from worker.services.models.tool_agent import AgentAnswer, AgentBudget

Style = Literal["responses", "chat"]
STYLES: tuple[Style, ...] = ("responses", "chat")
SECRET = "page text"
USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


class City(BaseModel):
    name: str


GOOD = Answer.call("final_result", name="Leeds")


async def run(*script: Answer, style: Style = "chat") -> tuple[AgentAnswer[City], int]:
    async with fake_openai(*script) as fake:
        agent = PydanticAgent(api_key="k", base_url=fake.base_url, model=MODEL, style=style)
        try:
            budget = AgentBudget(turns=4, seconds=20)
            answer = await agent.run(
                system="s", prompt=SECRET, tools=[], output=City, budget=budget
            )
            return answer, len(fake.requests)
        finally:
            await agent.aclose()


async def failure(*script: Answer, style: Style = "chat") -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        await run(*script, style=style)
    assert SECRET not in str(caught.value)
    return caught.value


def raw(body: object) -> Answer:
    return Answer(raw=json.dumps(body).encode())


def chat(message: Any, finish: str = "stop", **beside: Any) -> Answer:
    choice = {"index": 0, "message": message, "finish_reason": finish, **beside}
    return raw({"id": "c", "object": "chat.completion", "created": 1, "model": MODEL,
                "choices": [choice], "usage": USAGE})  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
async def test_the_answer_is_the_call_of_the_last_tool(style: Style) -> None:
    with collect_usage() as usage:
        answer, calls = await run(GOOD, style=style)
    assert (answer.value, calls) == (City(name="Leeds"), 1)
    assert [(one.input_tokens, one.output_tokens) for one in usage] == [(120, 30)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "text",
    ['{"name": "Leeds"}', 'So:\n```json\n{"name": "Leeds"}\n```',
     '<think>{"name": "York"}</think>{"answer": {"name": "Leeds"}}'],
)  # fmt: skip
async def test_an_answer_written_instead_of_called_takes_one_call(style: Style, text: str) -> None:
    answer, calls = await run(Answer(text=text), style=style)
    assert (answer.value, calls) == (City(name="Leeds"), 1)


@pytest.mark.parametrize("style", STYLES)
async def test_prose_is_asked_once_to_be_a_call(style: Style) -> None:
    answer, calls = await run(Answer(text="It is Leeds."), GOOD, style=style)
    assert (answer.value, calls) == (City(name="Leeds"), 2)
    error = await failure(Answer(text="It is Leeds."), style=style)
    assert (type(error), error.code) == (Permanent, "llm_invalid_output")


@pytest.mark.parametrize("style", STYLES)
async def test_a_call_is_asked_for(style: Style) -> None:
    async with fake_openai(GOOD) as fake:
        agent = PydanticAgent(api_key="k", base_url=fake.base_url, model=MODEL, style=style)
        await agent.run(system="s", prompt="p", tools=[], output=City, budget=AgentBudget())
        await agent.aclose()
    assert fake.requests[0].body["tool_choice"] == "required"


@pytest.mark.parametrize(
    "answer",
    [
        raw({"error": {"code": 502, "message": SECRET}}),
        raw({"error": SECRET}),
        raw({}),
        raw({"choices": []}),
        raw({"choices": None}),
        chat(None),
        chat({"role": "assistant", "content": ""}, "error", error={"code": 502}),
        Answer(raw=b"<html>", headers={"content-type": "text/html"}),
        Answer(raw=b"{not json"),
        Answer.error(500),
    ],
)
async def test_what_is_no_answer_may_pass(answer: Answer) -> None:
    assert type(await failure(answer)) is Transient


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("status", [429, 503, 529])
async def test_a_stated_wait_is_honoured(style: Style, status: int) -> None:
    error = await failure(Answer.error(status, "overloaded", retry_after="20"), style=style)
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.provider) == (20, "language_model")


@pytest.mark.parametrize("style", STYLES)
async def test_an_answer_that_stays_useless_is_final(style: Style) -> None:
    useless = Answer.call("final_result", city="Leeds")
    error = await failure(useless, style=style)
    assert (type(error), error.code) == (Permanent, "llm_invalid_output")


async def test_a_declined_answer_is_final() -> None:
    for answer in (chat({"role": "assistant", "content": None}, "content_filter"),
                   chat({"role": "assistant", "content": None, "refusal": "No."})):  # fmt: skip
        error = await failure(answer)
        assert (type(error), error.code) == (Permanent, "llm_refused")
