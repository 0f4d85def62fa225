"""A local HTTP server that answers like GitHub's REST API, including ETags.

    async with fake_github() as github:
        github.organisation("acme", blog="https://acme.example", languages={"pump": {"Go": 900}})
        client = GitHub(api_url=github.url)

`answers` sets prepared answers for a path; they replace the real answer and are used in order.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.support.fake_http import Reply, hear, in_bytes, listening


@dataclass(frozen=True)
class Given:
    """One prepared answer; header names are written with underscores."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = b""


async def _at_once(_path: str) -> None:
    return None


class FakeGitHub:
    """Organisations by name.

    `seen` lists pairs of path and whether the client's ETag was current.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.answers: dict[str, list[Given]] = {}
        self.seen: list[tuple[str, bool]] = []
        self.headers_seen: list[Mapping[str, str]] = []
        self.arrives: Callable[[str], Awaitable[None]] = _at_once
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def organisation(
        self,
        login: str,
        *,
        blog: str = "",
        verified: bool = False,
        languages: Mapping[str, Mapping[str, int]] | None = None,
        **more: Any,
    ) -> None:
        """Add an organisation with one active repository for each entry of `languages`."""
        self.values[f"/orgs/{login}"] = {
            "login": login,
            "name": login,
            "blog": blog,
            "email": None,
            "description": None,
            "is_verified": verified,
            **more,
        }
        now = datetime.now(UTC).isoformat()
        repositories = [
            {"name": name, "fork": False, "archived": False, "pushed_at": now, "description": None}
            for name in languages or {}
        ]
        self.values[f"/orgs/{login}/repos"] = repositories
        for name, sizes in (languages or {}).items():
            self.values[f"/repos/{login}/{name}/languages"] = dict(sizes)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard = await hear(reader)
            path = heard.target.partition("?")[0]
            await self.arrives(path)
            writer.write(in_bytes(self._answer(path, heard.headers)))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, headers: Mapping[str, str]) -> Reply:
        self.headers_seen.append(headers)
        prepared = self.answers.get(path) or self.answers.get("*")
        if prepared:
            given = prepared.pop(0) if len(prepared) > 1 else prepared[0]
            self.seen.append((path, False))
            return Reply(given.body, given.status, given.headers)
        if path not in self.values:
            self.seen.append((path, False))
            return Reply({"message": "Not Found"}, 404)
        body = self.values[path]
        etag = f'W/"{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:12]}"'
        is_known = headers.get("if-none-match") == etag
        self.seen.append((path, is_known))
        return Reply(b"" if is_known else body, 304 if is_known else 200, {"etag": etag})


@asynccontextmanager
async def fake_github() -> AsyncIterator[FakeGitHub]:
    """Run the server on a free loopback port; at first it knows no organisation."""
    fake = FakeGitHub()
    async with listening(fake.serve) as fake.port:
        yield fake
