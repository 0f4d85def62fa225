"""Joins the answer of a server that streams although it was not asked to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_STARTS = (b"data:", b"event:", b"id:", b":")
_LAST = ("response.completed", "response.incomplete", "response.failed")
_PIECES = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(content: bytes) -> bool:
    """Whether the body begins like server-sent events, whatever its content type is."""
    return content.lstrip(b"\xef\xbb\xbf \r\n").startswith(_STARTS)


def assembled(content: bytes) -> dict[str, Any]:
    """The answer, or the error, that a stream contains. Pieces of tool calls are left out.

    Raises `ValueError` if an event is not JSON or the stream breaks off.
    """
    whole: dict[str, Any] = {}
    message: dict[str, str] = {}
    ended: str | None = None
    for event in _events(content):
        if isinstance(event.get("error"), dict | str) and event["error"]:
            return event
        if isinstance(event.get("response"), dict):
            whole = event["response"]
            ended = event["type"] if event.get("type") in _LAST else ended
            continue
        whole.update({key: event[key] for key in ("model", "usage") if event.get(key)})
        choice = _first(event.get("choices"))
        if choice.get("error"):
            return {**whole, "choices": [choice]}
        _join(message, choice.get("delta"))
        ended = choice.get("finish_reason") or ended
    if ended is None:
        raise ValueError("the stream has no end")
    if message or "output" not in whole:
        whole["choices"] = [{"message": message, "finish_reason": ended}]
    return whole


def _join(message: dict[str, str], delta: object) -> None:
    pieces = delta if isinstance(delta, dict) else {}
    for key in _PIECES:
        if isinstance(pieces.get(key), str):
            message[key] = message.get(key, "") + pieces[key]


def _events(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.decode("utf-8-sig").splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data and data != "[DONE]":
            event = json.loads(data)
            if isinstance(event, dict):
                yield event


def _first(choices: object) -> dict[str, Any]:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}
