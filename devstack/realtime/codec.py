"""The wire formats of Phoenix channels that Supabase's two clients use.

Without `vsn` and with 1.0.0 a message is a JSON object; with 2.0.0 it is a JSON array,
and a broadcast may be a binary frame (kind 3 from a client, kind 4 to a client).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Payload: TypeAlias = dict[str, Any]

BROADCAST_PUSH, BROADCAST = 3, 4
AS_BYTES, AS_JSON = 0, 1


class MalformedFrame(ValueError):
    """The client sent something that is not a message of the protocol that it asked for."""


@dataclass(frozen=True, slots=True)
class UserBroadcast:
    """A broadcast whose body the server passes on without reading it."""

    event: str
    body: bytes
    is_json: bool = True
    meta: Payload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message in either direction."""

    topic: str
    event: str
    payload: Payload | UserBroadcast
    ref: str | None = None
    join_ref: str | None = None


class Codec(Protocol):
    """Translates between frames and messages of the WebSocket."""

    def decode(self, message: str | bytes) -> Frame:
        """Read a client's message; raises `MalformedFrame`."""
        ...

    def encode(self, frame: Frame) -> str | bytes | None:
        """Write a message; `None` if this format cannot express it."""
        ...


def codec_for(vsn: str | None) -> Codec:
    """The format of a connection; an absent or empty `vsn` means 1.0.0."""
    return ArrayCodec() if vsn == "2.0.0" else ObjectCodec()


class ObjectCodec:
    """Protocol 1.0.0."""

    def decode(self, message: str | bytes) -> Frame:
        """Read `{topic, event, payload, ref, join_ref}`."""
        match _json(message):
            case {"topic": str(topic), "event": str(event), **rest}:
                return Frame(
                    topic=topic,
                    event=event,
                    payload=_payload(rest.get("payload")),
                    ref=_optional(rest.get("ref")),
                    join_ref=_optional(rest.get("join_ref")),
                )
        raise MalformedFrame("an object with topic and event was expected")

    def encode(self, frame: Frame) -> str | bytes | None:
        """Write `{ref, event, payload, topic}`. A broadcast of bytes cannot be expressed."""
        payload = frame.payload
        if isinstance(payload, UserBroadcast):
            if not payload.is_json:
                return None
            payload = _as_object(payload)
        return _text(
            {"ref": frame.ref, "event": frame.event, "payload": payload, "topic": frame.topic}
        )


class ArrayCodec:
    """Protocol 2.0.0."""

    def decode(self, message: str | bytes) -> Frame:
        """Read `[join_ref, ref, topic, event, payload]` or a binary frame."""
        if isinstance(message, bytes):
            return _binary_push(message)
        match _json(message):
            case [join_ref, ref, str(topic), str(event), payload, *_]:
                return Frame(
                    topic=topic,
                    event=event,
                    payload=_payload(payload),
                    ref=_optional(ref),
                    join_ref=_optional(join_ref),
                )
        raise MalformedFrame("an array of five was expected")

    def encode(self, frame: Frame) -> str | bytes | None:
        """Write an array, or the binary frame of a user's broadcast."""
        if isinstance(frame.payload, UserBroadcast):
            return _binary_broadcast(frame.topic, frame.payload)
        return _text([frame.join_ref, frame.ref, frame.topic, frame.event, frame.payload])


def _json(message: str | bytes) -> Any:
    try:
        return json.loads(message)
    except ValueError as error:
        raise MalformedFrame(str(error)) from error


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


def _payload(value: Any) -> Payload:
    return value if isinstance(value, dict) else {}


def _as_object(broadcast: UserBroadcast) -> Payload:
    body: Payload = {"event": broadcast.event, "payload": json.loads(broadcast.body)}
    if broadcast.meta is not None:
        body["meta"] = broadcast.meta
    return {**body, "type": "broadcast"}


def _binary_push(message: bytes) -> Frame:
    """Read a frame of kind 3: the sizes of five strings, the encoding, the strings, then the
    user's payload."""
    if len(message) < 7 or message[0] != BROADCAST_PUSH:
        raise MalformedFrame("a binary frame of kind 3 was expected")
    sizes, encoding = message[1:6], message[6]
    parts = _cut(message, 7, sizes)
    try:
        join_ref, ref, topic, event, _ = (next(parts).decode() for _ in sizes)
    except UnicodeDecodeError as error:
        raise MalformedFrame("a text in the frame is not UTF-8") from error
    body = UserBroadcast(event, message[7 + sum(sizes) :], encoding == AS_JSON)
    if body.is_json:
        _json(body.body)
    return Frame(
        topic=topic, event="broadcast", payload=body, ref=ref or None, join_ref=join_ref or None
    )


def _cut(message: bytes, start: int, sizes: bytes) -> Iterator[bytes]:
    for size in sizes:
        yield message[start : start + size]
        start += size


def _binary_broadcast(topic: str, broadcast: UserBroadcast) -> bytes | None:
    """A frame of kind 4. A text longer than 255 bytes does not fit, and then nothing is sent."""
    meta = "" if broadcast.meta is None else _text(broadcast.meta)
    texts = [text.encode() for text in (topic, broadcast.event, meta)]
    if any(len(text) > 255 for text in texts):
        return None
    encoding = AS_JSON if broadcast.is_json else AS_BYTES
    sizes = [len(text) for text in texts]
    return bytes([BROADCAST, *sizes, encoding]) + b"".join(texts) + broadcast.body
