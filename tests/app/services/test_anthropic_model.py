"""Claude, through the real client on a server that speaks its wire format."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel

from liverows.base.errors import Permanent, RateLimited, Transient
from liverows.base.usage import collect_usage
from tests.support.fake_http import FakeHttp, Reply, fake_http
from worker.services.models.anthropic import AnthropicLanguageModel

MODEL = "claude-made-up"


class Colour(BaseModel):
    name: str


def message(value: Any, stop_reason: str = "tool_use") -> Reply:
    content = [{"type": "tool_use", "id": "toolu_1", "name": "answer", "input": value}]
    return Reply(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": content if value is not None else [],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 120, "output_tokens": 30},
        }
    )


def failure(status: int, kind: str, **headers: str) -> Reply:
    return Reply(
        {"type": "error", "error": {"type": kind, "message": "sk-made-up"}}, status, headers
    )


@pytest.fixture
async def fake() -> AsyncIterator[FakeHttp]:
    async with fake_http() as server:
        yield server


@pytest.fixture
async def model(fake: FakeHttp) -> AsyncIterator[AnthropicLanguageModel]:
    model = AnthropicLanguageModel(api_key="sk-made-up", base_url=fake.url, model=MODEL)
    yield model
    await model.aclose()


async def ask(model: AnthropicLanguageModel) -> Any:
    return await model.structured(
        system="Be brief.", prompt="Which colour?", output=Colour, max_output_tokens=100
    )


async def test_the_answer_is_the_input_of_the_one_tool(
    fake: FakeHttp, model: AnthropicLanguageModel
) -> None:
    fake.script(message({"name": "red"}))
    with collect_usage() as usage:
        answer = await ask(model)
    assert answer.value == Colour(name="red")
    assert (answer.model, answer.input_tokens, answer.output_tokens) == (
        MODEL,
        120,
        30,
    )
    assert [one.output_tokens for one in usage] == [30]
    body = fake.heard[0].body
    assert body["tool_choice"] == {"type": "tool", "name": "answer"}
    assert body["tools"][0]["input_schema"]["required"] == ["name"]
    assert body["system"] == "Be brief."


async def test_an_answer_that_does_not_fit_is_repaired_once_and_both_are_counted(
    fake: FakeHttp, model: AnthropicLanguageModel
) -> None:
    fake.script(message({"colour": "red"}), message({"name": "red"}))
    answer = await ask(model)
    assert (answer.value.name, len(answer.paid), answer.output_tokens) == ("red", 2, 60)


async def test_what_stays_useless_is_an_error(
    fake: FakeHttp, model: AnthropicLanguageModel
) -> None:
    fake.script(message({"colour": "red"}))
    with pytest.raises(Permanent) as refused:
        await ask(model)
    assert refused.value.code == "llm_invalid_output"


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (message(None, "refusal"), Permanent, "llm_refused"),
        (message({}, "max_tokens"), Permanent, "llm_invalid_output"),
        (failure(401, "authentication_error"), Permanent, "provider_auth"),
        (failure(400, "invalid_request_error"), Permanent, "provider_error"),
        (failure(500, "api_error"), Transient, "provider_error"),
        (failure(529, "overloaded_error"), Transient, "provider_error"),
        (Reply(b"<html>"), Transient, "provider_error"),
    ],
)
async def test_failures_are_translated_and_never_quoted(
    fake: FakeHttp,
    model: AnthropicLanguageModel,
    reply: Reply,
    error: type[Exception],
    code: str,
) -> None:
    fake.script(reply)
    with pytest.raises(error) as refused:
        await ask(model)
    assert getattr(refused.value, "code", None) == code
    assert "sk-made-up" not in str(refused.value)
    assert len(fake.heard) == 1, "the client must not retry by itself"


def blocks(*content: Any, stop_reason: str | None = "end_turn", **beside: Any) -> Reply:
    usage = {"input_tokens": 120, "output_tokens": 30}
    body = {"type": "message", "model": MODEL, "content": content, "usage": usage}
    return Reply({**body, "stop_reason": stop_reason, **beside})


def tool_use(value: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": value}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


@pytest.mark.parametrize(
    "reply",
    [
        blocks(tool_use({"answer": {"name": "red"}})),
        blocks(tool_use({"input": '{"name": "red"}'})),
        blocks(tool_use('{"name": "red"}')),
        blocks(tool_use([{"name": "red"}])),
        blocks({"type": "thinking", "thinking": '{"name": "blue"}'}, tool_use({"name": "red"})),
        blocks(text("I call the tool."), tool_use({"name": "red"})),
        blocks(text('Here it is:\n```json\n{"name": "red"}\n```')),
        blocks(text('<thinking>{"name": "blue"}? No.</thinking>'), text('{"name": "red"}')),
        blocks(None, {"type": "unknown"}, tool_use({"name": "red"}), model=None),
        blocks(tool_use({"name": "red"}), usage=None),
    ],
)
async def test_a_complete_answer_takes_one_call(
    fake: FakeHttp, model: AnthropicLanguageModel, reply: Reply
) -> None:
    fake.script(reply)
    assert (await ask(model)).value == Colour(name="red")
    assert len(fake.heard) == 1


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (failure(200, "overloaded_error"), Transient, "provider_error"),
        (failure(200, "rate_limit_error"), RateLimited, "provider_rate_limited"),
        (failure(200, "authentication_error"), Permanent, "provider_auth"),
        (failure(200, "invalid_request_error"), Permanent, "provider_error"),
        (Reply({"type": "error", "error": None}), Transient, "provider_error"),
        (Reply({}), Transient, "provider_error"),
        (Reply([]), Transient, "provider_error"),
        (Reply(b"[" * 100_000), Transient, "provider_error"),
        (Reply(b'event: message_start\ndata: {"type": "message_start"}\n\n'), Transient,
         "provider_error"),
        (Reply({"content": None}), Transient, "provider_error"),
        (blocks(None, stop_reason="model_context_window_exceeded"), Permanent,
         "llm_invalid_output"),
    ],
)  # fmt: skip
async def test_what_is_no_answer_has_its_error(
    fake: FakeHttp, model: AnthropicLanguageModel, reply: Reply, error: type[Exception], code: str
) -> None:
    fake.script(reply)
    with pytest.raises(error) as refused:
        await ask(model)
    assert (type(refused.value), getattr(refused.value, "code", None)) == (error, code)
    assert len(fake.heard) == 1


async def test_what_a_useless_answer_used_is_counted(
    fake: FakeHttp, model: AnthropicLanguageModel
) -> None:
    for reply in (blocks(stop_reason="refusal"), blocks(stop_reason="max_tokens")):
        fake.script(reply)
        with collect_usage() as usage, pytest.raises(Permanent):
            await ask(model)
        assert [(one.input_tokens, one.output_tokens) for one in usage] == [(120, 30)]


async def test_a_failure_with_a_stated_wait_is_not_repeated_before_it(
    fake: FakeHttp, model: AnthropicLanguageModel
) -> None:
    for status in (503, 529):
        fake.script(failure(status, "overloaded_error", retry_after="20"))
        with pytest.raises(RateLimited) as refused:
            await ask(model)
        assert (refused.value.retry_after, refused.value.provider) == (20, "language_model")


async def test_a_limit_says_how_long(fake: FakeHttp, model: AnthropicLanguageModel) -> None:
    fake.script(failure(429, "rate_limit_error", retry_after="9"))
    with pytest.raises(RateLimited) as refused:
        await ask(model)
    assert (refused.value.retry_after, refused.value.provider) == (9, "language_model")
