"""What the stand-in says, held against what the real server was recorded to say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from websockets.exceptions import InvalidStatus

from tests.library.realtime.running import (
    OWNER,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    STRANGER,
    Running,
    token_of,
)
from tests.library.realtime.talking import Message, Talk, changes_told, talking

RECORDINGS = Path(__file__).parents[2] / "support" / "realtime_transcripts"

NAMES = sorted(path.stem for path in RECORDINGS.glob("*.jsonl") if path.stat().st_size)

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")

TOKENS = {
    "err_expired_token": token_of(OWNER, expires_in=-112),
    "err_bad_signature": token_of(OWNER)[:-6] + "AAAAAA",
    "pgchanges_rls_stranger": token_of(STRANGER),
    "private_broadcast_stranger": token_of(STRANGER),
}

KEYS = {"pgchanges_select_filter": SECRET_KEY}

SENT_BEFORE = 'select realtime.send(\'{"id":"42","status":"completed"}\', \'processing\', %s)'


@dataclass
class Step:
    """Something the client or the database did, and what the server then said."""

    sent: Message | None = None
    sql: str | None = None
    heard: list[Message] = field(default_factory=list)


def steps_of(name: str) -> Iterator[Step]:
    """The recording, cut where the client or the database acted."""
    step: Step | None = None
    for line in (RECORDINGS / f"{name}.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry.get("d") == "<":
            assert step is not None
            step.heard.append(entry["m"])
            continue
        if step is not None:
            yield step
        step = Step(sent=entry.get("m"), sql=entry.get("sql"))
    if step is not None:
        yield step


class Normal:
    """Takes away what differs from run to run, and only that.

    Binding ids become numbers in the order in which they were first seen; times, generated
    uuids, serial numbers, the random body and the references of presence become their kind.
    """

    def __init__(self) -> None:
        self._ids: dict[int, int] = {}
        self._numbers = count(1)

    def __call__(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            if "binary_hex" in value:
                return UUID.sub("<uuid>", bytes.fromhex(value["binary_hex"]).decode("latin-1"))
            return {self._key(name): self(value[name], name) for name in value}
        if isinstance(value, list):
            return [self(one, "id" if key == "ids" else "") for one in value]
        if isinstance(value, int) and key == "id" and value > 1:
            return self._id(value) if value > 10**6 else "<serial>"
        return self._text(value, key) if isinstance(value, str) else value

    def _key(self, name: str) -> str:
        return UUID.sub("<presence key>", name)

    def _id(self, value: int) -> int:
        return self._ids.setdefault(value, next(self._numbers))

    def _text(self, value: str, key: str) -> str:
        if key in ("commit_timestamp", "created_at"):
            assert TIME.fullmatch(value), value
            return "<time>"
        if key == "body":
            return f"<{len(value)} letters>"
        if key == "phx_ref":
            return "<ref>"
        if key == "id":
            return value if set(value) <= set("3-") else UUID.sub("<uuid>", value)
        return re.sub(r"expired \d+ seconds", "expired N seconds", value)


def with_token(message: Message, token: str) -> Message:
    return json.loads(json.dumps(message).replace("<token>", token))


@pytest.mark.parametrize("name", NAMES)
async def test_the_recording_is_repeated_word_for_word(
    name: str, shared_realtime: Running, shared_db: psycopg.Connection[Any]
) -> None:
    realtime, db = shared_realtime, shared_db
    if name == "private_broadcast_replay":
        for _ in range(3):
            db.execute(SENT_BEFORE, [f"user:{OWNER}"])
    vsn = {"v2": "2.0.0", "novsn": None}.get(name.rpartition("_")[2], "1.0.0")
    expected, actual = Normal(), Normal()
    key = KEYS.get(name, PUBLISHABLE_KEY)
    token = TOKENS.get(name) or (key if key == SECRET_KEY else token_of(OWNER))
    async with talking(realtime.socket_url(key, vsn)) as talk:
        for step in steps_of(name):
            heard = await repeat(step, talk, db, token)
            wanted = [expected(one) for one in step.heard]
            got = [actual(one) for one in heard]
            if "presence" in name:
                # A reply and the news it makes cross: the recordings have both orders.
                wanted, got = sorted(wanted, key=str_of), sorted(got, key=str_of)
            assert got == wanted, step
        await changes_told(realtime.socket_url(), db.execute)
        assert await talk.all_heard() == []


def str_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


async def repeat(step: Step, talk: Talk, db: psycopg.Connection[Any], token: str) -> list[Message]:
    """Do what was done, and hear as many messages as were heard then."""
    if step.sent is not None:
        await talk.send(with_token(step.sent, token))
    if step.sql is not None:
        db.execute(step.sql.encode())
    return [await talk.hear() for _ in step.heard]


async def test_a_bad_key_is_refused_with_401_before_any_message(
    shared_realtime: Running,
) -> None:
    assert (RECORDINGS / "err_connect_bad_apikey.jsonl").read_text() == ""
    with pytest.raises(InvalidStatus) as refusal:
        async with talking(shared_realtime.socket_url(key="sb_publishable_of_another")):
            pass
    assert refusal.value.response.status_code == 401
