"""A local HTTP server that speaks Supabase Storage's wire format, with objects in a dictionary.

The worker's own client talks to it. `objects` holds the objects by (bucket, path). `trouble` may
answer a request instead of the server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

KEY = "sb_secret_for_tests"
PREFIX = "/storage/v1/"

Trouble: TypeAlias = "Callable[[str, str], tuple[int, dict[str, Any]] | None]"


class FakeStorage:
    """The running server: its URL, its objects and the calls so far."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}
        self.calls: list[tuple[str, str]] = []
        self.trouble: Trouble = lambda method, path: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(
        self, method: str, path: str, body: bytes
    ) -> tuple[int, bytes | dict[str, Any] | list[dict[str, Any]]]:
        """The status and body for one call; `path` is the part after `/storage/v1/`."""
        self.calls.append((method, path))
        refused = self.trouble(method, path)
        if refused is not None:
            return refused
        kind, _, rest = path.removeprefix("object/").partition("/")
        if path.startswith("object/list/"):
            return self._listed(rest, json.loads(body))
        if method == "DELETE":
            return 200, self._removed(kind, json.loads(body)["prefixes"])
        key = (kind, rest)
        if method == "GET":
            if key not in self.objects:
                missing = {"statusCode": "404", "error": "not_found", "message": "Object not found"}
                return 400, missing
            return 200, self.objects[key]
        self.objects[key] = body
        return 200, {"Key": f"{kind}/{rest}", "Id": "1"}

    def _listed(self, rest: str, asked: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
        folder = f"{asked['prefix']}/"
        names = sorted(
            path.removeprefix(folder)
            for bucket, path in self.objects
            if bucket == rest and path.startswith(folder)
        )
        files: list[dict[str, Any]] = [{"name": n, "id": "1"} for n in names if "/" not in n]
        folders = sorted({name.partition("/")[0] for name in names if "/" in name})
        page = [*({"name": name, "id": None} for name in folders), *files]
        return 200, page[asked["offset"] : asked["offset"] + asked["limit"]]

    def _removed(self, bucket: str, paths: list[str]) -> list[dict[str, Any]]:
        gone = [path for path in paths if self.objects.pop((bucket, path), None) is not None]
        return [{"name": path} for path in gone]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                path = unquote(urlsplit(self.path).path)
                body = self.rfile.read(length)
                if self.headers.get("apikey") != KEY or not path.startswith(PREFIX):
                    self._send(401, b"{}")
                    return
                status, answer = fake.answer(self.command, path.removeprefix(PREFIX), body)
                self._send(
                    status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                )

            do_POST = do_DELETE = do_GET

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing: the calls are recorded instead."""

        return Handler


@asynccontextmanager
async def fake_storage() -> AsyncIterator[FakeStorage]:
    """Run the server on a free loopback port."""
    fake = FakeStorage()
    fake.start()
    try:
        yield fake
    finally:
        fake.stop()
