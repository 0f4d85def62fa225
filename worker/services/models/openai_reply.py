"""Reads one reply from the JSON that a model's server sent.

Compatible servers leave out fields or put them elsewhere, so a field may be missing or of any type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from liverows import Usage, WorkerError
from worker.services.models.errors import (
    cut_off,
    declined,
    from_body,
    from_upstream,
    malformed,
    meant_status,
    word_of,
)
from worker.services.models.openai_forms import Refusal
from worker.services.models.openai_wire import Received
from worker.services.prices import record_tokens

# Words of finish reasons. `_LENGTH`: a length limit was reached. `_FILTERED`: the model or a filter
# refused.
_LENGTH = {
    "length",
    "max_tokens",
    "model_length",
    "max_output_tokens",
    "model_context_window_exceeded",
}
_FILTERED = {
    "content_filter",
    "safety",
    "recitation",
    "sensitive",
    "refusal",
    "blocklist",
    "prohibited_content",
    "spii",
    "guardrail_intervened",
    "error_toxic",
}
# Words of finish reasons of answers that ended too early; another try may complete the answer.
_BROKEN_OFF = {
    "error",
    "abort",
    "aborted",
    "cancelled",
    "insufficient_system_resource",
    "network_error",
    "malformed_function_call",
    "unexpected_tool_call",
}
_THINKING = {"thinking", "reasoning", "reasoning_text", "redacted_thinking"}
MAX_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model sent: text, separate thinking, arguments of tool calls, and the usage."""

    text: str
    thought: str
    calls: tuple[object, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is an error; `refusal` decides whether another form is tried."""

    error: WorkerError
    refusal: Refusal


def read_reply(received: Received, model: str, url: str) -> Reply | Refused:
    """The reply, from either of OpenAI's two APIs; `Refused` if the body is an error.

    `url` is the server's, for its prices. Raises a `WorkerError` if there is no complete answer.
    """
    body = received.body
    usage = record_reply(body, model, url)
    error = _error(body)
    if error is not None:
        refusal = Refusal(meant_status(error), word_of(error), json.dumps(error))
        return Refused(from_body(error, received.headers), refusal)
    if "choices" in body:
        return _from_choice(body["choices"], usage, received.headers)
    if isinstance(body.get("output"), list):
        return _from_output(body, usage)
    raise malformed()


def error_in(received: Received) -> WorkerError | None:
    """The error that a body states, or that its finish reason shows; None if there is neither."""
    error = _error(received.body)
    if error is not None:
        return from_body(error, received.headers)
    choices = received.body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict) and _is_broken_off(choice):
        return from_upstream(choice.get("error"), received.headers)
    return None


def _is_broken_off(choice: Mapping[str, Any]) -> bool:
    return bool(choice.get("error")) or not _BROKEN_OFF.isdisjoint(_endings(choice))


def _endings(choice: Mapping[str, Any]) -> set[str]:
    """The words of a choice's finish reason in lower case; empty if it states no reason."""
    said = choice.get("finish_reason")
    return set(re.findall(r"\w+", said[:200].lower())) if isinstance(said, str) else set()


def record_reply(body: Mapping[str, Any], model: str, url: str, searches: int = 0) -> Usage:
    """Return a reply's usage; record this usage if the body has token counts or an answer.

    `searches` are those that the model made for it.
    """
    usage = _usage(body, model)
    if usage.input_tokens or usage.output_tokens or "choices" in body or "output" in body:
        spent = (usage.input_tokens or 0, usage.output_tokens or 0)
        record_tokens(usage.model, *spent, url, searches)
    return usage


def _error(body: Mapping[str, Any]) -> object:
    """The error in the body, or the body itself if it looks like an error; None otherwise."""
    if body.get("error"):
        return body["error"]
    if body.get("object") == "error":
        return body
    if "choices" not in body and "output" not in body and (body.get("detail") or body.get("code")):
        return body
    return None


def _from_choice(choices: object, usage: Usage, headers: Mapping[str, str]) -> Reply:
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise malformed()
    ended = _endings(choice)
    if _is_broken_off(choice):
        raise from_upstream(choice.get("error"), headers)
    message = choice.get("message")
    said = message if isinstance(message, dict) else {}
    text, thought, refused = _parts(said.get("content"))
    if refused or said.get("refusal") or ended & _FILTERED:
        raise declined()
    if ended & _LENGTH:
        raise cut_off()
    if not said:
        # Some servers answer in the older format, with the text in the choice itself.
        text = _all_text(choice.get("text"))
        if not text:
            raise malformed()
    return Reply(text, thought or _reasoning(said), tuple(_calls(said)), usage)


def _from_output(body: Mapping[str, Any], usage: Usage) -> Reply:
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[object] = []
    details = body.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    refused = reason in _FILTERED
    for item in _dicts(body["output"]):
        kind = item.get("type")
        if kind == "function_call" and item.get("arguments"):
            calls.append(item["arguments"])
        elif kind == "reasoning":
            thoughts.append(_all_text(item.get("content")))
        elif kind == "message" and item.get("phase") != "commentary":
            text, thought, is_refusal = _parts(item.get("content"))
            texts.append(text)
            thoughts.append(thought)
            refused = refused or is_refusal
    if refused:
        raise declined()
    if body.get("status") == "incomplete":
        raise cut_off()
    if body.get("status") in ("failed", "cancelled"):
        raise malformed()
    return Reply("".join(texts), "\n".join(filter(None, thoughts)), tuple(calls), usage)


def _parts(content: object) -> tuple[str, str, bool]:
    """The text and the thinking in a message's content, and whether the content is a refusal."""
    if isinstance(content, str):
        return content, "", False
    if isinstance(content, dict) and "type" not in content:
        return json.dumps(content), "", False
    parts = content if isinstance(content, list) else [content]
    texts: list[str] = []
    thoughts: list[str] = []
    refused = False
    for part in parts[:MAX_PARTS]:
        kind = part.get("type") if isinstance(part, dict) else None
        refused = refused or kind == "refusal"
        (thoughts if kind in _THINKING else texts).append(_text_of(part))
    return "".join(texts), "".join(thoughts), refused


def _text_of(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    for key in ("text", "content", "thinking", "value"):
        inner = part.get(key)
        if isinstance(inner, str):
            return inner
        if isinstance(inner, dict) and isinstance(inner.get("value"), str):
            return str(inner["value"])
        if isinstance(inner, list):
            return _all_text(inner)
    return ""


def _all_text(parts: object) -> str:
    if isinstance(parts, str):
        return parts
    found = parts[:MAX_PARTS] if isinstance(parts, list) else []
    return "".join(str(part["text"]) for part in _dicts(found) if isinstance(part.get("text"), str))


def _reasoning(message: Mapping[str, Any]) -> str:
    for key in ("reasoning_content", "reasoning", "thinking", "reasoning_details"):
        text = _all_text(message.get(key))
        if text:
            return text
    return ""


def _calls(message: Mapping[str, Any]) -> Iterator[object]:
    """Arguments of tool calls. No tool was offered, so they are meant as the answer."""
    calls = message.get("tool_calls")
    for call in _dicts(calls if isinstance(calls, list) else []):
        called = call.get("function")
        arguments = (called if isinstance(called, dict) else call).get("arguments")
        if arguments:
            yield arguments
    called = message.get("function_call")
    if isinstance(called, dict) and called.get("arguments"):
        yield called["arguments"]


def _usage(body: Mapping[str, Any], model: str) -> Usage:
    said = body.get("usage")
    counts = said if isinstance(said, dict) else {}
    named = body.get("model")
    return Usage(
        named if isinstance(named, str) and named else model,
        _count(counts, "input_tokens", "prompt_tokens"),
        _count(counts, "output_tokens", "completion_tokens"),
    )


def _count(counts: Mapping[str, Any], *names: str) -> int:
    for name in names:
        value = counts.get(name)
        if isinstance(value, int | float) and 0 < value < 1e12:
            return int(value)
    return 0


def _dicts(values: object) -> Iterator[dict[str, Any]]:
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, dict))
