"""Does what a user's browser does: sign up, upload, ask, and read rows with the user's rights."""

from __future__ import annotations

import asyncio
import io
import json
import math
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

import httpx
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from devstack.stack import LocalStack, sign_up
from examples.demo.rows import Wanted
from examples.demo.stack import DemoFailed

EMAIL = "demo@example.com"
PASSWORD = "demo-password"  # noqa: S105 (the demo prints it)
LOOK_SECONDS = 0.05
OPEN = {"pending", "processing"}

Row: TypeAlias = "dict[str, Any]"


class User:
    """A signed-in user. A browser gets changes from Realtime; here we ask at short intervals."""

    def __init__(
        self, user_id: str, http: httpx.AsyncClient, connection: psycopg.AsyncConnection[Row]
    ) -> None:
        self.id = user_id
        self._http = http
        self._connection = connection

    async def upload(self, name: str) -> str:
        """Upload a tone of one second into the bucket of interviews; returns the file's path."""
        path = f"{self.id}/{name}"
        answer = await self._http.post(
            f"/storage/v1/object/interviews/{path}",
            content=_tone(),
            headers={"content-type": "audio/wav"},
        )
        _check(answer)
        return path

    async def ask(self, wanted: Wanted, *, directly: bool = False) -> str:
        """Add a row by the Edge Function, or with `directly` by SQL; returns its id."""
        if directly:
            return await self._insert(wanted)
        answer = await self._http.post(f"/functions/v1/api{wanted.route}", json=wanted.body)
        _check(answer)
        added = answer.json()
        return str(added.get("id") or added["jobId"])

    async def rows(self, wanted: Sequence[Wanted], ids: Sequence[str]) -> list[Row]:
        """The rows as JSON, in the order of `ids`."""
        tables = sorted({one.table for one in wanted})
        query = sql.SQL(" union all ").join(
            sql.SQL("select to_jsonb(t) as row from {} as t where id::text = any (%(ids)s)").format(
                sql.Identifier("public", table)
            )
            for table in tables
        )
        cursor = await self._connection.execute(query, {"ids": list(ids)})
        found = {row["row"]["id"]: row["row"] for row in await cursor.fetchall()}
        return [found[row_id] for row_id in ids]

    async def watch(self, wanted: Sequence[Wanted], ids: Sequence[str]) -> AsyncIterator[list[Row]]:
        """The rows now and after each change, until all have ended."""
        before: list[Row] = []
        while True:
            rows = await self.rows(wanted, ids)
            if rows != before:
                yield rows
                before = rows
            if not any(row["processing_status"] in OPEN for row in rows):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _insert(self, wanted: Wanted) -> str:
        statement = sql.SQL("insert into {} ({}) values ({}) returning id::text").format(
            sql.Identifier("public", wanted.table),
            sql.SQL(", ").join(map(sql.Identifier, wanted.columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(wanted.columns)),
        )
        values = [Jsonb(one) if isinstance(one, list) else one for one in wanted.columns.values()]
        row = await (await self._connection.execute(statement, values)).fetchone()
        assert row is not None
        return str(row["id"])


@asynccontextmanager
async def signed_up(stack: LocalStack) -> AsyncIterator[User]:
    """The demo's user, for as long as the block lasts."""
    user = await asyncio.to_thread(sign_up, stack.url, stack.publishable_key, EMAIL, PASSWORD)
    claims = json.dumps({"role": "authenticated", "sub": user.id}, separators=(",", ":"))
    options = urlencode(
        {"options": f"-c role=authenticated -c request.jwt.claims={claims}"}, quote_via=quote
    )
    headers = {"apikey": stack.publishable_key, "authorization": f"Bearer {user.access_token}"}
    connection = await psycopg.AsyncConnection.connect(
        f"{stack.db_url}?{options}", autocommit=True, row_factory=dict_row
    )
    async with (
        connection,
        httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30, trust_env=False) as http,
    ):
        yield User(user.id, http, connection)


def _check(answer: httpx.Response) -> None:
    if answer.is_error:
        raise DemoFailed(f"{answer.url.path} answers {answer.status_code}: {answer.text}")


def _tone() -> bytes:
    """A WAV file with one second of 440 Hz. A silent file would be refused because it is silent."""
    rate = 8000
    samples = (int(8000 * math.sin(math.tau * 440 * n / rate)) for n in range(rate))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return file.getvalue()
