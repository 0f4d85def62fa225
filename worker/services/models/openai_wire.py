"""Sends a question through one of OpenAI's two APIs; returns the answer's JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam
from openai.types.responses import ResponseInputParam

from liverows import idempotency_headers
from worker.services.models.errors import malformed
from worker.services.models.openai_forms import Form, with_schema
from worker.services.models.openai_stream import assembled, is_stream

OPENAI_URL = "https://api.openai.com/v1"
Style: TypeAlias = Literal["auto", "responses", "chat"]


def is_openai(url: str) -> bool:
    """Whether this URL is OpenAI's own API and not a compatible server."""
    return urlsplit(url).hostname == "api.openai.com"


def vendor_of(url: str) -> str:
    """The provider's name in traces: `openai`, or the host of a compatible server."""
    return "openai" if is_openai(url) else urlsplit(url).hostname or "unknown"


def wire_style(url: str, style: Style) -> Literal["responses", "chat"]:
    """The API to use. `auto` means `responses` for OpenAI itself and `chat` for other servers."""
    if style != "auto":
        return style
    return "responses" if is_openai(url) else "chat"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation after the system message."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a model, and the strict JSON schema that its answer must fit."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    schema_name: str
    schema: dict[str, Any]
    max_output_tokens: int

    def then(self, answer: str, request: str) -> Ask:
        """The same question, followed by the model's answer and a further request."""
        return replace(self, turns=(*self.turns, Turn("assistant", answer), Turn("user", request)))

    def told(self, form: Form) -> str:
        """The system message, with the schema added if the form has `shows_schema`."""
        return with_schema(self.system, self.schema) if form.shows_schema else self.system


@dataclass(frozen=True, slots=True)
class Received:
    """An answer with a success status: its body, which is a JSON object, and its headers."""

    body: dict[str, Any]
    headers: Mapping[str, str]


async def ask_responses(client: AsyncOpenAI, ask: Ask, form: Form) -> Received:
    """Ask through `/responses`, and ask the vendor not to store the response."""
    turns: ResponseInputParam = [{"role": turn.role, "content": turn.text} for turn in ask.turns]
    forms: dict[str, dict[str, Any]] = {
        "json_schema": {
            "type": "json_schema",
            "name": ask.schema_name,
            "schema": ask.schema,
            "strict": True,
        },
        "json_object": {"type": "json_object"},
    }
    raw = await client.responses.with_raw_response.create(
        model=ask.model,
        instructions=ask.told(form),
        input=turns,
        max_output_tokens=ask.max_output_tokens,
        store=False,
        extra_body={"text": {"format": forms[form.kind]}} if form.kind in forms else None,
        extra_headers=_key_of(ask, form),
    )
    return received(raw.http_response.content, raw.http_response.headers)


async def ask_chat(client: AsyncOpenAI, ask: Ask, form: Form) -> Received:
    """Ask through `/chat/completions`, which compatible servers support best."""
    messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": ask.told(form)}]
    for turn in ask.turns:
        if turn.role == "user":
            messages.append({"role": "user", "content": turn.text})
        else:
            messages.append({"role": "assistant", "content": turn.text})
    schema = {"name": ask.schema_name, "schema": ask.schema, "strict": True}
    forms: dict[str, dict[str, Any]] = {
        "json_schema": {"type": "json_schema", "json_schema": schema},
        # llama.cpp's server makes the model follow this schema; other servers may ignore it.
        "json_object+schema": {"type": "json_object", "schema": ask.schema},
        "json_object": {"type": "json_object"},
    }
    extra: dict[str, Any] = {form.limit: ask.max_output_tokens}
    if form.kind in forms:
        extra["response_format"] = forms[form.kind]
    raw = await client.chat.completions.with_raw_response.create(
        model=ask.model, messages=messages, extra_body=extra, extra_headers=_key_of(ask, form)
    )
    return received(raw.http_response.content, raw.http_response.headers)


def _key_of(ask: Ask, form: Form) -> dict[str, str]:
    """The header with the idempotency key; empty if the engine has set no key."""
    return idempotency_headers(ask.model, repr(form), *(turn.text for turn in ask.turns))


def received(content: bytes, headers: Mapping[str, str]) -> Received:
    """The answer with its body parsed; raises `Transient` if the body is malformed."""
    try:
        body = assembled(content) if is_stream(content) else json.loads(content)
    except (ValueError, RecursionError):
        raise malformed() from None
    if not isinstance(body, dict):
        raise malformed()
    return Received(body, headers)
