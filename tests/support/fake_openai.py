"""A local HTTP server that speaks OpenAI's wire format with scripted answers.

The real `openai` client talks to it, so requests, errors and headers are real.

    async with fake_openai(Answer.of({"facts": []})) as fake:
        model = OpenAILanguageModel(api_key="k", base_url=fake.base_url, model="m")
        ...
        assert fake.requests[0].path == "/v1/chat/completions"

Answers are used in order; the last one is repeated. A function in place of an answer gets the
request and returns the answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

MODEL = "fake-model-2026-11"


@dataclass(frozen=True)
class Request:
    """One recorded call. `system` and `prompt` are the texts in either wire format."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def is_chat(self) -> bool:
        return self.path.endswith("/chat/completions")

    @property
    def system(self) -> str:
        if self.is_chat:
            return str(self.body["messages"][0]["content"])
        return str(self.body["instructions"])

    @property
    def turns(self) -> list[dict[str, str]]:
        """The messages after the system message."""
        turns: list[dict[str, str]] = self.body["messages" if self.is_chat else "input"]
        return turns[1:] if self.is_chat else turns

    @property
    def prompt(self) -> str:
        return self.turns[0]["content"]

    @property
    def tools(self) -> list[str]:
        """Names of the tools that the request offers."""
        offered = self.body.get("tools") or []
        return [str((tool.get("function") or tool).get("name")) for tool in offered]

    @property
    def results(self) -> list[str]:
        """What the tools have answered so far."""
        turns: list[dict[str, Any]] = list(self.turns)
        chat = [str(turn["content"]) for turn in turns if turn.get("role") == "tool"]
        return chat or [
            str(turn["output"]) for turn in turns if "call_id" in turn and "output" in turn
        ]


@dataclass(frozen=True)
class Answer:
    """The server's answer to one call; use a class method to build it."""

    text: str = ""
    refusal: str | None = None
    truncated: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hangs: bool = False
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    input_tokens: int = 120
    output_tokens: int = 30

    @classmethod
    def of(cls, value: object) -> Answer:
        """A finished answer with this value as its JSON text."""
        return cls(text=json.dumps(value))

    @classmethod
    def call(cls, tool: str, **arguments: Any) -> Answer:
        """An answer in which the model asks for a tool."""
        return cls(calls=((tool, arguments),))

    @classmethod
    def error(
        cls, status: int, code: str | None = None, message: str = "no", **headers: str
    ) -> Answer:
        """An error answer; header names are written with underscores."""
        body = {"error": {"message": message, "type": code, "code": code, "param": None}}
        return cls(
            status=status,
            raw=json.dumps(body).encode(),
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def body_for(self, request: Request) -> bytes:
        if self.raw is not None:
            return self.raw
        return json.dumps(self._chat() if request.is_chat else self._response()).encode()

    def _chat(self) -> dict[str, Any]:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self.text or None,
            "refusal": self.refusal,
        }
        if self.calls:
            message["tool_calls"] = [
                {
                    "id": f"call_{number}",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)},
                }
                for number, (name, arguments) in enumerate(self.calls)
            ]
        ended = "tool_calls" if self.calls else "length" if self.truncated else "stop"
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_795_000_000,
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "finish_reason": ended,
                    "logprobs": None,
                }
            ],
            "usage": {
                "prompt_tokens": self.input_tokens,
                "completion_tokens": self.output_tokens,
                "total_tokens": self.input_tokens + self.output_tokens,
            },
        }

    def _asked_for(self) -> list[dict[str, Any]]:
        """The tool calls as output items of the Responses API."""
        return [
            {
                "type": "function_call",
                "id": f"fc_{number}",
                "call_id": f"call_{number}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
            for number, (name, arguments) in enumerate(self.calls)
        ]

    def _response(self) -> dict[str, Any]:
        content: dict[str, Any] = {"type": "output_text", "text": self.text, "annotations": []}
        if self.refusal is not None:
            content = {"type": "refusal", "refusal": self.refusal}
        status = "incomplete" if self.truncated else "completed"
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": status}
        said = self._asked_for() or [{**message, "content": [content]}]
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1_795_000_000,
            "model": MODEL,
            "status": status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if self.truncated else None,
            "output": [
                {"type": "reasoning", "id": "rs_1", "summary": []},
                *said,
            ],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": self.input_tokens,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": self.output_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": self.input_tokens + self.output_tokens,
            },
        }


Script: TypeAlias = "Answer | Callable[[Request], Answer]"


class FakeOpenAI:
    """The running server: its URL, the calls so far and the answers to come."""

    def __init__(self, *script: Script) -> None:
        self.requests: list[Request] = []
        self._script: list[Script] = list(script)
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def script(self, *answers: Script) -> None:
        """Set the answers to the next requests; the last one is repeated."""
        with self._lock:
            self._script = list(answers)

    def start(self) -> None:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return step if isinstance(step, Answer) else step(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = json.loads(self.rfile.read(length))
                request = Request(self.path, dict(self.headers.items()), body)
                answer = fake._next(request)
                if answer.hangs:
                    fake._closing.wait()
                    self.close_connection = True
                    return
                self._send(answer, answer.body_for(request))

            def _send(self, answer: Answer, body: bytes) -> None:
                self.send_response(answer.status)
                headers = {"content-type": "application/json", "x-request-id": "req_1"}
                for name, value in (headers | dict(answer.headers)).items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing: the requests are recorded instead."""

        return Handler


@asynccontextmanager
async def fake_openai(*script: Script) -> AsyncIterator[FakeOpenAI]:
    """Run the server on a free loopback port; without a script it answers with no facts."""
    fake = FakeOpenAI(*(script or (Answer.of({"facts": []}),)))
    fake.start()
    try:
        yield fake
    finally:
        fake.stop()
