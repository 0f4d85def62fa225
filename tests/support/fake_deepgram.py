"""A local HTTP server that speaks Deepgram's API for recordings, with scripted answers.

The real `deepgram` client talks to it. `heard` builds an answer from lines of speech, with words,
speakers, utterances and confidences like a real one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Line:
    """One utterance; times are in seconds."""

    speaker: int | None
    text: str
    start: float
    end: float


@dataclass(frozen=True)
class SpeechRequest:
    """One recorded call: its options, and the recording."""

    options: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class SpeechReply:
    """The server's reply to one call."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Line], **extra: Any) -> SpeechReply:
        return cls(json.dumps(heard(lines, **extra)).encode())

    @classmethod
    def error(cls, status: int, code: str = "", **headers: str) -> SpeechReply:
        """An error reply; header names are written with underscores."""
        body = {"err_code": code, "err_msg": "no", "request_id": "r-1"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(json.dumps(body).encode(), status, named)


def heard(
    lines: Sequence[Line],
    *,
    language: str = "en",
    duration: float | None = None,
    utterances: bool = True,
    confidence: float = 0.97,
) -> dict[str, Any]:
    """An answer in Deepgram's form, with evenly spaced words."""
    spoken = [(line, _words(line, confidence)) for line in lines]
    words = [word for _, own in spoken for word in own]
    results: dict[str, Any] = {
        "channels": [
            {
                "detected_language": language,
                "alternatives": [
                    {
                        "transcript": " ".join(line.text for line in lines),
                        "confidence": confidence,
                        "words": words,
                    }
                ],
            }
        ]
    }
    if utterances:
        results["utterances"] = [
            _utterance(number, line, own, confidence) for number, (line, own) in enumerate(spoken)
        ]
    seconds = duration or max((line.end for line in lines), default=0.0)
    return {"metadata": _metadata(seconds), "results": results}


def _metadata(seconds: float) -> dict[str, Any]:
    return {
        "request_id": "r-1",
        "transaction_key": "deprecated",
        "sha256": "0" * 64,
        "created": "2026-11-22T10:00:00.000Z",
        "duration": seconds,
        "channels": 1,
        "models": ["m-1"],
        "model_info": {"m-1": {"name": "general-nova-3", "version": "1", "arch": "nova-3"}},
    }


def _utterance(
    number: int, line: Line, words: list[dict[str, Any]], confidence: float
) -> dict[str, Any]:
    return {
        "start": line.start,
        "end": line.end,
        "confidence": confidence,
        "channel": 0,
        "transcript": line.text,
        "words": words,
        "speaker": line.speaker,
        "id": f"u-{number}",
    }


def _words(line: Line, confidence: float) -> list[dict[str, Any]]:
    texts = line.text.split()
    each = (line.end - line.start) / max(1, len(texts))
    words = []
    for place, text in enumerate(texts):
        word: dict[str, Any] = {
            "word": text.strip(".,?!").lower(),
            "start": round(line.start + place * each, 3),
            "end": round(line.start + (place + 1) * each, 3),
            "confidence": confidence,
            "punctuated_word": text,
        }
        if line.speaker is not None:
            word |= {"speaker": line.speaker, "speaker_confidence": 0.8}
        words.append(word)
    return words


Script: TypeAlias = "SpeechReply | Callable[[SpeechRequest], SpeechReply]"


class FakeDeepgram:
    """The running server: its URL, the calls so far and the replies to come."""

    def __init__(self, *script: Script) -> None:
        self.requests: list[SpeechRequest] = []
        self._script: list[Script] = list(script)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *replies: Script) -> None:
        """Set the replies to the next calls; the last one is repeated."""
        with self._lock:
            self._script = list(replies)

    def start(self) -> None:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, request: SpeechRequest) -> SpeechReply:
        with self._lock:
            self.requests.append(request)
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return step if isinstance(step, SpeechReply) else step(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = SpeechRequest(
                    parse_qs(urlsplit(self.path).query), headers, self._body(headers)
                )
                reply = fake._next(request)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def _body(self, headers: Mapping[str, str]) -> bytes:
                if headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(headers.get("content-length", 0)))
                body = bytearray()
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return bytes(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing: the requests are recorded instead."""

        return Handler


@asynccontextmanager
async def fake_deepgram(*script: Script) -> AsyncIterator[FakeDeepgram]:
    """Run the server on a free loopback port."""
    fake = FakeDeepgram(*script)
    fake.start()
    try:
        yield fake
    finally:
        fake.stop()
