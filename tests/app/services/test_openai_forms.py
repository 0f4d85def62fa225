"""The forms that a server understands are found out once, and then it is asked in that form."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from liverows.base.errors import Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import collect_usage
from tests.support.fake_openai import Answer, FakeOpenAI, Request, fake_openai
from worker.services.models.language_model import Structured
from worker.services.models.openai_forms import FORMS
from worker.services.models.openai_model import OpenAILanguageModel

Style = Literal["responses", "chat"]
STYLES: tuple[Style, ...] = ("responses", "chat")
PROMPT = "A prompt that nobody may log"


class City(BaseModel):
    name: str
    people: int | None


class River(BaseModel):
    length: float


GOOD = Answer.of({"name": "Leeds", "people": 800_000})
LEEDS = City(name="Leeds", people=800_000)


@pytest.fixture(autouse=True)
def _nothing_is_known_of_servers() -> None:
    FORMS.forget()


@asynccontextmanager
async def model(
    fake: FakeOpenAI, style: Style = "chat", name: str = "small"
) -> AsyncIterator[OpenAILanguageModel]:
    language_model = OpenAILanguageModel(
        api_key="k", base_url=fake.base_url, model=name, style=style, timeout_seconds=60
    )
    try:
        yield language_model
    finally:
        await language_model.aclose()


async def ask(language_model: OpenAILanguageModel) -> Structured[City]:
    return await language_model.structured(
        system="Answer about a city.", prompt=PROMPT, output=City, max_output_tokens=500
    )


def form_of(request: Request) -> str | None:
    """The form in which a request asked for JSON; None if it did not say."""
    if request.is_chat:
        return (request.body.get("response_format") or {}).get("type")
    return ((request.body.get("text") or {}).get("format") or {}).get("type")


Refuses = Callable[[Request], Answer]


def server(*knows: str | None, refusal: Answer, answer: Answer = GOOD) -> Refuses:
    """A server that takes these forms and refuses the others."""
    return lambda request: answer if form_of(request) in knows else refusal


def refusal(status: int, body: object) -> Answer:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(raw=content, status=status)


def openai_error(message: str, code: str | None = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "param": None, "code": code}}


# Servers' refusals of `json_schema` from public bug reports, and a few without a reason.
REFUSALS = {
    "deepseek": refusal(400, openai_error("This response_format type is unavailable now")),
    "deepseek, older": refusal(
        422,
        "Failed to deserialize the JSON body into the target type: response_format: "
        "response_format.type `json_schema` is unavailable now at line 1 column 1193",
    ),
    "azure": refusal(
        400,
        openai_error(
            "response_format value as json_schema is enabled only for api versions "
            "2024-08-01-preview and later",
            "BadRequest",
        ),
    ),
    "openai's older models": refusal(
        400,
        openai_error(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported "
            "with this model."
        ),
    ),
    "lm studio": refusal(400, {"error": "'response_format.type' must be 'json_object' or 'text'"}),
    "groq": refusal(
        400, openai_error("This model does not support response format `json_schema`.")
    ),
    "vllm": refusal(
        400,
        {
            "object": "error",
            "message": "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
            "'msg': \"Input should be 'text' or 'json_object'\"}]",
            "type": "BadRequestError",
            "code": 400,
        },
    ),
    "fastapi": refusal(
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "response_format", "strict"]}]},
    ),
    "llama_cpp.server": refusal(
        500,
        openai_error(
            "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
            "'msg': \"Input should be 'text' or 'json_object'\"}]",
            "internal_server_error",
        ),
    ),
    "llama-server": refusal(
        400, openai_error("Failed to initialize samplers: failed to parse grammar")
    ),
    "openrouter": refusal(
        404, openai_error("No endpoints found that support structured outputs", None)
    ),
    "a proxy": refusal(200, {"error": {"message": "json_schema: unsupported", "code": 400}}),
    "says nothing": refusal(400, ""),
    "says nothing, with a word": refusal(422, openai_error("Unprocessable", "bad_request")),
    "not implemented": refusal(501, "no"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_server_that_knows_json_object_only_is_asked_so_from_then_on(name: str) -> None:
    answers = server("json_object", None, refusal=REFUSALS[name])
    async with fake_openai(answers) as fake, model(fake) as language_model:
        with collect_usage() as usage, capture_logs() as logs:
            first, second = await ask(language_model), await ask(language_model)
        async with model(fake) as another:
            third = await ask(another)
    assert first.value == second.value == third.value == LEEDS
    assert [form_of(request) for request in fake.requests] == [
        "json_schema", "json_object", "json_object", "json_object"
    ]  # fmt: skip
    assert len(usage) == 2, "a refusal used nothing"
    assert [entry["form"] for entry in logs if entry["event"] == "llm_form_learned"] == [
        "json_object+schema"
    ]
    # llama.cpp's servers hold the model to a schema that stands there.
    beside = fake.requests[-1].body["response_format"]["schema"]
    assert beside["required"] == ["name", "people"]
    assert PROMPT not in str(logs)


@pytest.mark.parametrize("style", STYLES)
async def test_a_model_is_shown_the_schema_that_its_server_does_not_know(style: Style) -> None:
    answers = server("json_object", refusal=REFUSALS["deepseek"])
    async with fake_openai(answers) as fake, model(fake, style) as language_model:
        await ask(language_model)
    first, second = fake.requests
    assert first.system == "Answer about a city."
    assert second.system.startswith("Answer about a city.\n")
    # Servers with a JSON mode require the word "JSON" in the question.
    assert "JSON" in second.system
    assert '"people"' in second.system
    assert second.prompt == PROMPT


@pytest.mark.parametrize("style", STYLES)
async def test_a_server_without_any_form_is_asked_in_words(style: Style) -> None:
    fenced = Answer(text=f"Sure!\n```json\n{GOOD.text}\n```")
    answers = server(None, refusal=REFUSALS["says nothing"], answer=fenced)
    async with fake_openai(answers) as fake, model(fake, style) as language_model:
        assert (await ask(language_model)).value == LEEDS
        assert (await ask(language_model)).value == LEEDS
    tried = ["json_schema", *(["json_object"] * (2 if style == "chat" else 1))]
    assert [form_of(request) for request in fake.requests] == [*tried, None, None]
    assert '"people"' in fake.requests[-1].system


async def test_a_server_that_refuses_a_schema_beside_json_object_is_asked_without_it() -> None:
    def strict(request: Request) -> Answer:
        form = request.body.get("response_format", {})
        is_plain = form == {"type": "json_object"}
        return GOOD if is_plain else refusal(422, "response_format: unknown field")

    async with fake_openai(strict) as fake, model(fake) as language_model:
        for _ in range(2):
            assert (await ask(language_model)).value == LEEDS
    assert [form_of(request) for request in fake.requests] == ["json_schema"] + ["json_object"] * 3


async def test_what_is_known_of_one_model_is_not_believed_of_another() -> None:
    answers = server("json_object", refusal=REFUSALS["groq"])
    async with fake_openai(answers) as fake:
        for name in ("small", "large"):
            async with model(fake, name=name) as language_model:
                await ask(language_model)
    assert [form_of(request) for request in fake.requests] == ["json_schema", "json_object"] * 2


async def test_a_server_that_ignores_the_schema_is_shown_it_from_then_on() -> None:
    def ignores(request: Request) -> Answer:
        return GOOD if '"people"' in request.system else Answer(text="Leeds has 800,000 people.")

    async with fake_openai(ignores) as fake, model(fake) as language_model:
        first = await ask(language_model)
        second = await ask(language_model)
    assert (first.value, len(first.paid)) == (LEEDS, 2)
    assert (second.value, len(second.paid)) == (LEEDS, 1)


async def test_a_wrong_value_is_the_models_slip_and_teaches_nothing_of_the_server() -> None:
    slip = Answer.of({"name": "Leeds", "people": "many"})
    async with fake_openai(slip, GOOD, GOOD) as fake, model(fake) as language_model:
        await ask(language_model)
        await ask(language_model)
    assert [request.system for request in fake.requests] == ["Answer about a city."] * 3


async def test_one_schema_that_is_too_much_for_a_server_is_asked_for_otherwise() -> None:
    def no_rivers(request: Request) -> Answer:
        is_river = "River" in json.dumps(request.body.get("response_format", {}))
        if is_river:
            return REFUSALS["llama-server"]
        return Answer.of({"length": 3.5}) if '"length"' in request.system else GOOD

    async with fake_openai(no_rivers) as fake, model(fake) as language_model:
        await ask(language_model)
        for _ in range(2):
            river = await language_model.structured(
                system="s", prompt="p", output=River, max_output_tokens=9
            )
            assert river.value == River(length=3.5)
        await ask(language_model)
    assert [form_of(request) for request in fake.requests] == [
        "json_schema", "json_schema", "json_object", "json_object", "json_object", "json_schema"
    ]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer.error(400, "context_length_exceeded"), Permanent, "provider_error"),
        (Answer.error(400, "content_filter"), Permanent, "llm_refused"),
        (Answer.error(401, "invalid_api_key"), Permanent, "provider_auth"),
        (Answer.error(404, "model_not_found"), Permanent, "provider_error"),
        (Answer.error(429, message="response_format"), RateLimited, "provider_rate_limited"),
        (Answer.error(500), Transient, "provider_error"),
        (Answer.error(503), Transient, "provider_error"),
        (
            refusal(200, {"error": {"code": "context_length_exceeded"}}),
            Permanent,
            "provider_error",
        ),
        (Answer(hangs=True), Transient, "timeout"),
    ],
)
async def test_what_has_nothing_to_do_with_the_form_is_asked_once(
    style: Style, answer: Answer, kind: type[WorkerError], code: str
) -> None:
    async with fake_openai(answer) as fake:
        language_model = OpenAILanguageModel(
            api_key="k", base_url=fake.base_url, model="m", style=style,
            timeout_seconds=0.5 if answer.hangs else 60,
        )  # fmt: skip
        with pytest.raises(WorkerError) as caught:
            await ask(language_model)
        await language_model.aclose()
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert len(fake.requests) == 1


async def test_a_server_that_refuses_all_forms_is_told_by_its_first_refusal() -> None:
    script = (Answer.error(422, "bad_thing"), Answer.error(400, "worse_thing"))
    async with fake_openai(*script) as fake, model(fake) as language_model:
        with pytest.raises(Permanent) as caught:
            await ask(language_model)
        assert "bad_thing" in caught.value.message
        fake.script(GOOD)
        await ask(language_model)
    assert [form_of(request) for request in fake.requests] == [
        "json_schema", "json_object", "json_object", None, "json_schema"
    ]  # fmt: skip


async def test_once_a_form_worked_a_bare_refusal_is_the_questions_fault() -> None:
    async with fake_openai(GOOD, Answer.error(400)) as fake, model(fake) as language_model:
        await ask(language_model)
        with pytest.raises(Permanent):
            await ask(language_model)
    assert len(fake.requests) == 2


async def test_a_server_that_names_the_limit_otherwise_is_asked_so_from_then_on() -> None:
    told = openai_error(
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
        "unsupported_parameter",
    )

    def azure(request: Request) -> Answer:
        return GOOD if "max_completion_tokens" in request.body else refusal(400, told)

    async with fake_openai(azure) as fake, model(fake) as language_model:
        for _ in range(2):
            assert (await ask(language_model)).value == LEEDS
    limits: list[Mapping[str, Any]] = [request.body for request in fake.requests]
    assert [body.get("max_completion_tokens") for body in limits] == [None, 500, 500]
    assert [form_of(request) for request in fake.requests] == ["json_schema"] * 3


NO_KEY = {
    "code": 400,
    "message": "API key not valid. Please pass a valid API key.",
    "status": "INVALID_ARGUMENT",
    "details": [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {
            "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
            "locale": "en-US",
            "message": "API key not valid. Please pass a valid API key.",
        },
    ],
}


@pytest.mark.parametrize("status", [400, 200])
@pytest.mark.parametrize(
    "body",
    [
        [{"error": NO_KEY}],
        {"error": NO_KEY},
        {"error": {"code": 400, "message": json.dumps({"error": NO_KEY}), "status": "Bad Request"}},
        {"error": {key: NO_KEY[key] for key in ("code", "message", "status")}},
    ],
    ids=["as Gemini puts it", "no list", "through a router", "message alone"],
)
async def test_a_wrong_key_at_google_is_told_as_one_and_no_other_form_is_tried(
    body: Any, status: int
) -> None:
    if status == 200 and isinstance(body, list):
        pytest.skip("no body of an answer is a list")
    refused = Answer(status=status, raw=json.dumps(body).encode())
    async with fake_openai(refused) as fake, model(fake) as language_model:
        with pytest.raises(Permanent) as caught:
            await ask(language_model)
    assert caught.value.code == "provider_auth"
    assert len(fake.requests) == 1
    assert language_model.form == "json_schema"
