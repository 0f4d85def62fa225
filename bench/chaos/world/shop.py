"""Users with a token of their own, who reach their orders through the Data API."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, TypeAlias
from uuid import UUID

import httpx

from devstack.keys import PUBLISHABLE_KEY, Keys

TABLE = "orders"
TOPICS = ("pumps", "bread", "trams", "tides", "moss")
"""What honest users ask about; cheaters ask about the same, so that answers are shared."""
CHEAT = "CHEAT"
"""Stands in each text of a cheater, and in no text of an honest user."""
HONEST_SECONDS = 1.5
TOKEN_SECONDS = 24 * 3600

Answer: TypeAlias = Literal["refused", "taken", "unanswered"]


@dataclass(frozen=True, slots=True)
class Reply:
    """`refused`: the request was answered and changed nothing. `unanswered`: nobody knows."""

    answer: Answer
    rows: list[dict[str, Any]]
    code: str


class User:
    """Somebody who has signed up, with what a browser has: the publishable key and a token."""

    def __init__(self, shop: Shop, chance: Random) -> None:
        self.id = str(UUID(int=chance.getrandbits(128), version=4))
        self._shop = shop
        self._headers = shop.headers_of(self.id)

    async def insert(self, *rows: dict[str, Any], table: str = TABLE) -> Reply:
        return await self._send("POST", f"/{table}", list(rows))

    async def update(self, thing: int, values: dict[str, Any] | None = None, **more: Any) -> Reply:
        return await self._send("PATCH", f"/{TABLE}?id=eq.{thing}", (values or {}) | more)

    async def delete(self, thing: int) -> Reply:
        return await self._send("DELETE", f"/{TABLE}?id=eq.{thing}", None)

    async def inside(self, path: str, body: Any) -> Reply:
        """A request for the library's own schema."""
        return await self._send("POST", path, body, {"content-profile": "processing"})

    async def _send(
        self, method: str, path: str, body: Any, more: dict[str, str] | None = None
    ) -> Reply:
        headers = self._headers | (more or {})
        try:
            reply = await self._shop.http.request(
                method, f"/rest/v1{path}", json=body, headers=headers
            )
        except httpx.HTTPError:
            return Reply("unanswered", [], "no answer")
        told = _told(reply)
        status = str(reply.status_code)
        if reply.is_success:
            rows = told if isinstance(told, list) else []
            return (
                Reply("taken", rows, status) if told else Reply("refused", [], f"{status} no row")
            )
        code = told.get("code") if isinstance(told, dict) else None
        # Without a code PostgREST lost its connection, and the database has decided nothing.
        is_refused = reply.status_code < 500 and code
        return Reply("refused" if is_refused else "unanswered", [], f"{status} {code}")


class Shop:
    """The way of users to the Data API, and a flow of honest ones."""

    def __init__(self, port: int, keys: Keys, chance: Random) -> None:
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=15, trust_env=False
        )
        self.codes: Counter[tuple[str, str]] = Counter()
        """How requests of cheaters were answered: kind of cheat and code."""
        self.honest: list[tuple[User, int]] = []
        """Honest users with their orders that were acknowledged."""
        self._keys = keys
        self._chance = chance

    def headers_of(self, user: str) -> dict[str, str]:
        now = int(time.time())
        claims = {"sub": user, "role": "authenticated", "aud": "authenticated", "iat": now}
        token = self._keys.sign({**claims, "exp": now + TOKEN_SECONDS})
        return {
            "apikey": PUBLISHABLE_KEY,
            "authorization": f"Bearer {token}",
            "prefer": "return=representation",
        }

    async def flow(self) -> None:
        """Let an honest user order something now and then, until cancelled."""
        number = 0
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / HONEST_SECONDS))
            user = User(self, self._chance)
            number += 1
            order = {"topic": self._chance.choice(TOPICS), "wants": f"h{number}"}
            for row in (await user.insert(order)).rows:
                self.honest.append((user, row["id"]))

    async def close(self) -> None:
        await self.http.aclose()


def _told(reply: httpx.Response) -> Any:
    try:
        return reply.json() if reply.content else []
    except ValueError:
        return {}
