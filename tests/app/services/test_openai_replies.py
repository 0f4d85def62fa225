"""Odd replies of compatible servers: complete ones are used, the rest have the right error."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from liverows.base.errors import Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import Usage, collect_usage
from tests.support.fake_openai import MODEL, Answer, Request, fake_openai
from worker.services.models.openai_forms import FORMS
from worker.services.models.openai_model import OpenAILanguageModel

Style = Literal["responses", "chat"]
STYLES: tuple[Style, ...] = ("responses", "chat")
SECRET = "page text that nobody may log"


class City(BaseModel):
    name: str
    people: int | None


LEEDS = City(name="Leeds", people=800_000)
GOOD = LEEDS.model_dump_json()
USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


@pytest.fixture(autouse=True)
def _nothing_is_known_of_servers() -> None:
    FORMS.forget()


async def ask(answer: Answer, style: Style = "chat") -> tuple[City, int, list[Usage]]:
    """The value, how many calls it took, and the usage that was reported."""
    async with fake_openai(answer) as fake:
        model = OpenAILanguageModel(
            api_key="k", base_url=fake.base_url, model=MODEL, style=style, timeout_seconds=60
        )
        try:
            with collect_usage() as usage:
                reply = await model.structured(
                    system="s", prompt=SECRET, output=City, max_output_tokens=99
                )
            return reply.value, len(fake.requests), usage
        finally:
            await model.aclose()


async def failure(answer: Answer, style: Style = "chat") -> tuple[WorkerError, list[Usage]]:
    with collect_usage() as usage, pytest.raises(WorkerError) as caught:
        async with fake_openai(answer) as fake:
            model = OpenAILanguageModel(
                api_key="k", base_url=fake.base_url, model=MODEL, style=style, timeout_seconds=60
            )
            try:
                await model.structured(system="s", prompt=SECRET, output=City, max_output_tokens=99)
            finally:
                await model.aclose()
    assert SECRET not in str(caught.value)
    return caught.value, usage


def raw(body: object, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(raw=content, status=status, headers=named)


def chat(message: object, finish: str | None = "stop", **beside: Any) -> Answer:
    choice = {"index": 0, "message": message, "finish_reason": finish, **beside}
    return raw({"id": "c", "model": MODEL, "choices": [choice], "usage": USAGE})


def responses(*output: Mapping[str, Any], **beside: Any) -> Answer:
    usage = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
    body = {"id": "r", "model": MODEL, "status": "completed", "output": output, "usage": usage}
    return raw({**body, **beside})


def said(*content: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": content}


THINKING = f'The text says {{"name": 1}}? No. So it is\n{GOOD}'


@pytest.mark.parametrize(
    "message",
    [
        {"content": f'<think>\n{{"name": 1}}? No.\n</think>\n\n{GOOD}'},
        {"content": f"Here is the JSON you asked for:\n```json\n{GOOD}\n```\nLet me know!"},
        {"content": "", "reasoning_content": GOOD},
        {"content": None, "reasoning_content": THINKING},
        {"content": None, "reasoning": THINKING},
        {"content": "\n\n", "thinking": THINKING},
        {"content": None, "reasoning": None, "reasoning_details": [{"text": THINKING}]},
        {"content": [{"type": "text", "text": GOOD}]},
        {"content": [{"type": "text", "text": GOOD[:9]}, {"type": "text", "text": GOOD[9:]}]},
        {"content": [{"type": "output_text", "text": {"value": GOOD}}]},
        {"content": [GOOD]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": '{"name": 1}'}]},
                     {"type": "text", "text": GOOD}]},
        {"content": json.loads(GOOD)},
        {"content": None, "tool_calls": [{"function": {"name": "City", "arguments": GOOD}}]},
        {"content": "", "tool_calls": [{"function": {"arguments": json.loads(GOOD)}}]},
        {"content": None, "function_call": {"name": "City", "arguments": GOOD}},
        {"content": GOOD, "refusal": ""},
        {"content": GOOD, "refusal": None, "tool_calls": None, "reasoning_content": 5},
    ],
)  # fmt: skip
async def test_a_complete_answer_takes_one_call(message: dict[str, Any]) -> None:
    value, calls, usage = await ask(chat(message))
    assert (value, calls) == (LEEDS, 1)
    assert [(one.input_tokens, one.output_tokens) for one in usage] == [(7, 5)]


@pytest.mark.parametrize(
    "output",
    [
        [said({"type": "output_text", "text": f"```json\n{GOOD}\n```"})],
        [said({"type": "text", "text": GOOD})],
        [{"type": "reasoning", "content": [{"type": "reasoning_text", "text": THINKING}]}],
        [{"type": "reasoning", "summary": []}, said({"type": "output_text", "text": GOOD})],
        [{"type": "function_call", "name": "City", "arguments": GOOD}],
        [{"type": "message", "content": GOOD}],
        [{"type": "unknown"}, None, said({"type": "output_text", "text": GOOD, "annotations": 5})],
    ],
)
async def test_a_complete_response_takes_one_call(output: list[Any]) -> None:
    value, calls, usage = await ask(responses(*output), "responses")
    assert (value, calls) == (LEEDS, 1)
    assert [(one.input_tokens, one.output_tokens) for one in usage] == [(7, 5)]


@pytest.mark.parametrize(
    "answer",
    [
        raw({"choices": [{"text": GOOD}]}),
        raw({"choices": [{"message": {"content": GOOD}}], "usage": None, "model": None}),
        raw({"choices": [{"message": {"content": GOOD}}], "usage": {"prompt_tokens": None}}),
        raw({"error": None, "choices": [{"message": {"content": GOOD}, "error": None}]}),
        raw(b"\xef\xbb\xbf\n" + json.dumps({"choices": [{"message": {"content": GOOD}}]}).encode()),
        raw({"choices": [{"message": {"content": GOOD}}]}, content_type="text/plain"),
        raw({"choices": [{"message": {"content": GOOD}}]}, content_type="text/html"),
    ],
)
async def test_what_a_server_leaves_out_costs_no_answer(answer: Answer) -> None:
    value, calls, _ = await ask(answer)
    assert (value, calls) == (LEEDS, 1)


def stream(*events: object, end: str = "data: [DONE]\n\n") -> Answer:
    text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return raw(f": working\n\n{text}{end}".encode(), content_type="text/event-stream")


def delta(text: str, finish: str | None = None, key: str = "content") -> dict[str, Any]:
    return {"model": MODEL, "choices": [{"delta": {key: text}, "finish_reason": finish}]}


async def test_an_answer_that_was_streamed_unasked_is_put_together() -> None:
    whole = stream(
        delta('{"name": 1}', key="reasoning_content"),
        delta(GOOD[:12]),
        delta(GOOD[12:], "stop"),
        {"choices": [], "usage": USAGE},
    )
    value, calls, usage = await ask(whole)
    assert (value, calls, usage[0].input_tokens) == (LEEDS, 1, 7)
    completed = json.loads(responses(said({"type": "output_text", "text": GOOD})).raw or b"")
    events = stream(
        {"type": "response.created", "response": {"status": "in_progress", "output": []}},
        {"type": "response.completed", "response": completed},
    )
    assert (await ask(events, "responses"))[:2] == (LEEDS, 1)


async def test_a_response_whose_stream_breaks_off_may_pass() -> None:
    begun = stream({"type": "response.created", "response": {"status": "in_progress"}}, end="")
    with pytest.raises(Transient):
        await ask(begun, "responses")


@pytest.mark.parametrize(
    "answer",
    [
        stream(delta(GOOD)),
        stream(delta(GOOD), end=""),
        raw(b"data: {not json\n\n"),
        raw(b""),
        raw(b"<!doctype html><h1>Bad gateway</h1>", content_type="text/html"),
        raw(b'{"choices": [{"message": {"conte'),
        raw([]),
        raw(None),
        raw("a text"),
        raw({}),
        raw({"message": "no choices here"}),
        raw(b"[" * 100_000),
        raw(gzip.compress(GOOD.encode())[:40], content_encoding="gzip"),
        raw(b"not gzip", content_encoding="gzip"),
        raw({"choices": []}),
        raw({"choices": None}),
        raw({"choices": [None]}),
        raw({"choices": [{"message": None, "finish_reason": "stop"}]}),
        raw({"choices": [{"finish_reason": None}]}),
        chat({"content": '{"name": "Le'}, "error"),
        chat(None, "error"),
        chat({"content": '{"name": "Le'}, "insufficient_system_resource"),
        chat({"content": '{"name": "Le'}, "abort"),
        chat({"content": ""}, "network_error"),
        chat({"content": None}, "function_call_filter: MALFORMED_FUNCTION_CALL"),
    ],
)
async def test_what_is_no_answer_may_pass(answer: Answer) -> None:
    error, _ = await failure(answer)
    assert type(error) is Transient


BROKEN_OFF = {"code": 502, "message": SECRET}
LIMIT = {"code": 429, "message": SECRET, "metadata": {"headers": {"Retry-After": "9"}}}
FLAGGED = {"code": 403, "message": SECRET, "metadata": {"reasons": ["violence"]}}


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (BROKEN_OFF, Transient, "provider_error"),
        ({"code": "server_error", "message": SECRET}, Transient, "provider_error"),
        ({"type": "overloaded_error", "message": SECRET}, Transient, "provider_error"),
        ({"message": SECRET}, Transient, "provider_error"),
        (SECRET, Transient, "provider_error"),
        (LIMIT, RateLimited, "provider_rate_limited"),
        ({"code": "rate_limit_exceeded"}, RateLimited, "provider_rate_limited"),
        ({"code": 429, "type": "insufficient_quota"}, Permanent, "provider_error"),
        ({"code": "insufficient_quota"}, Permanent, "provider_error"),
        ({"code": "401", "message": SECRET}, Permanent, "provider_auth"),
        ({"code": "invalid_api_key"}, Permanent, "provider_auth"),
        ({"code": "context_length_exceeded"}, Permanent, "provider_error"),
        ({"code": "content_filter"}, Permanent, "llm_refused"),
        (FLAGGED, Permanent, "llm_refused"),
    ],
)
async def test_an_error_in_a_successful_answer_is_that_error(
    error: object, kind: type[WorkerError], code: str
) -> None:
    for answer in (raw({"error": error}), chat({"content": ""}, "error", error=error)):
        told, _ = await failure(answer)
        assert (type(told), told.code) == (kind, code)
    told, _ = await failure(responses(status="failed", error=error), "responses")
    assert (type(told), told.code) == (kind, code)


async def test_a_router_that_lost_the_server_behind_it_is_asked_again() -> None:
    for broken in ({"code": 400, "message": "Provider returned error"}, {"code": 500}):
        told, _ = await failure(chat({"content": GOOD[:9]}, "stop", error=broken))
        assert type(told) is Transient


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "9"}, 9),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{in 30 s}"}, 30),
    ],
)
async def test_the_wait_of_the_server_behind_a_router_is_honoured(
    headers: dict[str, str], seconds: float
) -> None:
    in_ms = str(int((datetime.now(UTC).timestamp() + 30) * 1000))
    passed_on = {name: value.replace("{in 30 s}", in_ms) for name, value in headers.items()}
    told, _ = await failure(raw({"error": {"code": 429, "metadata": {"headers": passed_on}}}))
    assert isinstance(told, RateLimited)
    assert told.retry_after == pytest.approx(seconds, abs=8)


RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}
WAITS_IN_ERRORS: tuple[tuple[dict[str, Any], float], ...] = (
    ({"status": "RESOURCE_EXHAUSTED", "details": [{"reason": "x"}, RETRY_INFO]}, 34.07),
    ({"metadata": {"headers": {"Retry-After": "9"}}}, 9),
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("is_listed", [False, True])
@pytest.mark.parametrize(("said", "seconds"), WAITS_IN_ERRORS)
async def test_a_wait_that_only_the_text_of_a_refusal_states_is_honoured(
    said: dict[str, Any], seconds: float, is_listed: bool, status: int, style: Style
) -> None:
    body = {"error": {"code": status, "message": SECRET, **said}}
    told, _ = await failure(raw([body] if is_listed else body, status), style)
    assert isinstance(told, RateLimited)
    assert told.retry_after == pytest.approx(seconds)
    if not is_listed:
        told, _ = await failure(raw(body), style)
        assert isinstance(told, RateLimited)
        assert told.retry_after == pytest.approx(seconds)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("status", [408, 500, 502, 503, 529])
async def test_a_failure_with_a_stated_wait_is_not_repeated_before_it(
    style: Style, status: int
) -> None:
    told, _ = await failure(Answer.error(status, "overloaded_error", retry_after="20"), style)
    assert isinstance(told, RateLimited)
    assert (told.retry_after, told.provider, told.code) == (20, "language_model", "provider_error")
    told, _ = await failure(Answer.error(status, retry_after_ms="1500"), style)
    assert isinstance(told, RateLimited)
    assert told.retry_after == 1.5
    # Every answer has the reset time of the rate limit, so it says nothing about a failure.
    for headers in ({"x_ratelimit_reset_tokens": "6m0s"}, {"retry_after": "0"}):
        told, _ = await failure(Answer.error(status, **headers), style)
        assert type(told) is Transient


@pytest.mark.parametrize(
    ("message", "finish", "code"),
    [
        ({"content": GOOD}, "length", "llm_invalid_output"),
        ({"content": GOOD}, "max_tokens", "llm_invalid_output"),
        ({"content": None}, "MAX_TOKENS", "llm_invalid_output"),
        (None, "length", "llm_invalid_output"),
        ({"content": None}, "content_filter", "llm_refused"),
        (None, "content_filter", "llm_refused"),
        ({"content": GOOD}, "SAFETY", "llm_refused"),
        ({"content": None}, "PROHIBITED_CONTENT", "llm_refused"),
        ({"role": "assistant"}, "content_filter: RECITATION", "llm_refused"),
        ({"content": GOOD}, "model_context_window_exceeded", "llm_invalid_output"),
        ({"content": None, "refusal": "No."}, "stop", "llm_refused"),
        ({"content": [{"type": "refusal", "refusal": "No."}]}, "stop", "llm_refused"),
    ],
)
async def test_a_cut_or_declined_answer_is_final_and_counted(
    message: object, finish: str, code: str
) -> None:
    error, usage = await failure(chat(message, finish))
    assert (type(error), error.code) == (Permanent, code)
    assert [(one.input_tokens, one.output_tokens) for one in usage] == [(7, 5)]


@pytest.mark.parametrize(
    "answer",
    [
        raw({"model": MODEL, "usage": USAGE, "choices": []}),
        raw({"model": MODEL, "usage": USAGE, "choices": [{"message": None}]}),
        raw({"model": MODEL, "usage": USAGE, "error": BROKEN_OFF}),
        chat({"content": ""}, "error", error=BROKEN_OFF),
    ],
)
async def test_what_a_useless_answer_used_is_counted(answer: Answer) -> None:
    _, usage = await failure(answer)
    assert usage == [Usage(MODEL, 7, 5)]


async def test_what_groq_found_unfit_is_judged_here() -> None:
    error = {"message": "Failed to generate JSON.", "type": "invalid_request_error",
             "code": "json_validate_failed", "failed_generation": f"Sure:\n{GOOD}"}  # fmt: skip
    value, calls, _ = await ask(raw({"error": error}, 400))
    assert (value, calls) == (LEEDS, 1)


async def test_an_answer_that_has_to_be_repaired_shows_the_model_what_it_said() -> None:
    def repaired(request: Request) -> Answer:
        first, *more = request.turns
        assert first["content"] == SECRET
        return Answer(text=GOOD) if more else chat({"content": None})

    async with fake_openai(repaired) as fake:
        model = OpenAILanguageModel(api_key="k", base_url=fake.base_url, model=MODEL, style="chat")
        reply = await model.structured(system="s", prompt=SECRET, output=City, max_output_tokens=99)
        await model.aclose()
    assert reply.value == LEEDS
    # Several servers refuse a message without text.
    assert all(turn["content"] for turn in fake.requests[1].turns)
