"""The language model answers in the asked form or fails with an error the engine knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from uuid import UUID

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from liverows.base.errors import Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import Usage
from liverows.recipe.idempotency import HEADER, open_key
from tests.support.fake_openai import MODEL, Answer, FakeOpenAI, fake_openai
from worker.services.models.language_model import Structured
from worker.services.models.openai_model import OpenAILanguageModel

KEY = "sk-very-secret"
PAGE = "confidential page text"

Style = Literal["responses", "chat"]
STYLES: tuple[Style, ...] = ("responses", "chat")


class City(BaseModel):
    name: str
    people: int | None


GOOD = Answer.of({"name": "Leeds", "people": 800_000})


@asynccontextmanager
async def model(
    fake: FakeOpenAI, style: Literal["auto", "responses", "chat"], timeout_seconds: float = 10
) -> AsyncIterator[OpenAILanguageModel]:
    language_model = OpenAILanguageModel(
        api_key=KEY,
        base_url=fake.base_url,
        model="asked-model",
        style=style,
        timeout_seconds=timeout_seconds,
    )
    try:
        yield language_model
    finally:
        await language_model.aclose()


async def ask(language_model: OpenAILanguageModel) -> Structured[City]:
    return await language_model.structured(
        system="Answer about a city.", prompt=PAGE, output=City, max_output_tokens=500
    )


async def failure(style: Style, *script: Answer, timeout_seconds: float = 10) -> WorkerError:
    async with fake_openai(*script) as fake, model(fake, style, timeout_seconds) as language_model:
        with pytest.raises(WorkerError) as caught, capture_logs() as logs:
            await ask(language_model)
    for secret in (KEY, PAGE):
        assert secret not in f"{caught.value}{logs}"
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize("style", STYLES)
async def test_an_answer_is_validated_and_its_usage_counted(style: Style) -> None:
    async with fake_openai(GOOD) as fake, model(fake, style) as language_model:
        answer = await ask(language_model)
    assert answer.value == City(name="Leeds", people=800_000)
    assert answer.paid == (Usage(MODEL, 120, 30),)
    (request,) = fake.requests
    assert (request.system, request.prompt) == ("Answer about a city.", PAGE)
    assert request.body["model"] == "asked-model"
    assert {key.lower(): value for key, value in request.headers.items()}[
        "authorization"
    ] == f"Bearer {KEY}"


async def test_the_answers_form_travels_as_a_strict_schema() -> None:
    async with fake_openai(GOOD) as fake:
        for style in STYLES:
            async with model(fake, style) as language_model:
                await ask(language_model)
    responses, chat = fake.requests
    form = responses.body["text"]["format"]
    assert chat.body["response_format"]["json_schema"]["schema"] == form["schema"]
    assert form["strict"] is True
    assert form["schema"]["required"] == ["name", "people"]
    assert form["schema"]["additionalProperties"] is False
    assert (responses.body["max_output_tokens"], chat.body["max_tokens"]) == (500, 500)
    assert responses.body["store"] is False


async def test_auto_speaks_chat_to_every_server_but_openai() -> None:
    async with fake_openai(GOOD) as fake, model(fake, "auto") as language_model:
        await ask(language_model)
    assert fake.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("bad", [Answer(text="no json"), Answer.of({"name": 5}), Answer(text="")])
async def test_a_malformed_answer_gets_one_repair_turn(style: Style, bad: Answer) -> None:
    async with fake_openai(bad, GOOD) as fake, model(fake, style) as language_model:
        answer = await ask(language_model)
    assert answer.value.name == "Leeds"
    assert answer.paid == (Usage(MODEL, 120, 30),) * 2
    assert (answer.model, answer.input_tokens, answer.output_tokens) == (MODEL, 240, 60)
    assert [turn["role"] for turn in fake.requests[1].turns] == ["user", "assistant", "user"]
    error = await failure(style, bad)
    assert (type(error), error.code) == (Permanent, "llm_invalid_output")


@pytest.mark.parametrize("style", STYLES)
async def test_json_in_a_markdown_block_is_accepted(style: Style) -> None:
    fenced = Answer(text=f"```json\n{GOOD.text}\n```")
    async with fake_openai(fenced) as fake, model(fake, style) as language_model:
        assert (await ask(language_model)).value.name == "Leeds"
    assert len(fake.requests) == 1


@pytest.mark.parametrize("style", STYLES)
async def test_a_cut_off_answer_is_not_parsed_and_not_repeated(style: Style) -> None:
    error = await failure(style, Answer(text=GOOD.text, truncated=True))
    assert (type(error), error.code) == (Permanent, "llm_invalid_output")


@pytest.mark.parametrize("style", STYLES)
async def test_a_refusal_is_final(style: Style) -> None:
    error = await failure(style, Answer(refusal="I cannot help with that."))
    assert (type(error), error.code) == (Permanent, "llm_refused")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer.error(400, "context_length_exceeded", PAGE), Permanent, "provider_error"),
        (Answer.error(401, "invalid_api_key", f"bad {KEY}"), Permanent, "provider_auth"),
        (Answer.error(403, None), Permanent, "provider_auth"),
        (Answer.error(404, "model_not_found"), Permanent, "provider_error"),
        (Answer.error(408), Transient, "provider_error"),
        (Answer.error(409), Transient, "provider_error"),
        (Answer.error(422), Permanent, "provider_error"),
        (Answer.error(429, "insufficient_quota"), Permanent, "provider_error"),
        (Answer.error(429, "rate_limit_exceeded"), RateLimited, "provider_rate_limited"),
        (Answer.error(500), Transient, "provider_error"),
        (Answer.error(503), Transient, "provider_error"),
        (Answer(raw=b"{not json"), Transient, "provider_error"),
        (Answer(raw=b"<html>", headers={"content-type": "text/html"}), Transient, "provider_error"),
    ],
)
async def test_each_failure_has_its_error(
    style: Style, answer: Answer, kind: type[WorkerError], code: str
) -> None:
    error = await failure(style, answer)
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": "240"}, 240),
        ({"x_ratelimit_reset_requests": "6m0s"}, 360),
        ({}, None),
    ],
)
async def test_a_stated_wait_is_passed_on_with_the_provider(
    headers: dict[str, str], seconds: float | None
) -> None:
    error = await failure("chat", Answer.error(429, "rate_limit_exceeded", **headers))
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.provider) == (seconds, "language_model")


async def test_the_client_does_not_retry_by_itself() -> None:
    async with fake_openai(Answer.error(500)) as fake, model(fake, "chat") as language_model:
        with pytest.raises(Transient):
            await ask(language_model)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("style", STYLES)
async def test_a_server_that_does_not_answer_is_left(style: Style) -> None:
    error = await failure(style, Answer(hangs=True), timeout_seconds=0.2)
    assert (type(error), error.code) == (Transient, "timeout")


async def test_a_server_that_is_not_there_may_come_back() -> None:
    async with fake_openai(GOOD) as fake:
        pass
    async with model(fake, "chat") as language_model:
        with pytest.raises(Transient):
            await ask(language_model)


@pytest.mark.parametrize("style", STYLES)
async def test_a_question_of_a_paid_step_carries_its_idempotency_key(style: Style) -> None:
    def sent() -> list[str | None]:
        return [
            {name.lower(): value for name, value in request.headers.items()}.get(HEADER.lower())
            for request in fake.requests
        ]

    async with fake_openai(GOOD) as fake, model(fake, style) as language_model:
        for key in (UUID(int=1), UUID(int=1), UUID(int=2)):
            with open_key(key):
                await ask(language_model)
        await ask(language_model)
    first, again, other, unpaid = sent()
    assert first is not None
    assert first == again
    assert other not in {first, None}
    assert unpaid is None
