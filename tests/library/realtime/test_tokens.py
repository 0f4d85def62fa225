"""Tokens: refused, expired, renewed, and what they open."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from tests.library.realtime.running import HOUR, OWNER, STRANGER, Running, token_of
from tests.library.realtime.talking import Talk, changes_told, talking
from tests.support.databases import Database
from tests.support.realtime_clock import TokenClock

ROWS = [{"event": "*", "schema": "public", "table": "rt_rows"}]
PRIVATE = f"realtime:user:{OWNER}"


async def closing(talk: Talk) -> tuple[str, str]:
    """What the server says when it closes a channel, and on which topic."""
    said = (await talk.hear_until("system", deadline=60))["payload"]
    while said["status"] == "ok":
        said = (await talk.hear_until("system", deadline=60))["payload"]
    assert said["extension"] == "system"
    closed = await talk.hear()
    assert (closed["event"], closed["ref"]) == ("phx_close", "j")
    return said["message"], closed["topic"]


async def test_an_expired_token_closes_its_channel_and_no_other(
    aging: Running, clock: TokenClock
) -> None:
    async with talking(aging.socket_url()) as talk:
        await talk.join("realtime:brief", token=token_of(OWNER, expires_in=HOUR))
        await talk.join("realtime:long", token=token_of(OWNER, expires_in=3 * HOUR))
        clock.advance(HOUR)
        message, topic = await closing(talk)
        assert re.fullmatch(r"Token has expired \d+ seconds ago", message)
        assert topic == "realtime:brief"
        await talk.push("realtime:long", "phx_leave", {})
        assert (await talk.hear())["payload"]["status"] == "ok"
        await talk.push("realtime:brief", "broadcast", {})
        assert (await talk.hear_until("phx_reply"))["payload"]["response"] == {
            "reason": "unmatched topic"
        }


async def test_a_renewed_token_outlives_the_first_and_changes_what_is_seen(
    aging: Running, clock: TokenClock, db: psycopg.Connection[Any]
) -> None:
    first = token_of(STRANGER, expires_in=HOUR)
    async with talking(aging.socket_url()) as talk, talking(aging.socket_url()) as other:
        await other.join("realtime:r", token=first)
        await talk.join("realtime:r", token=first, postgres_changes=ROWS)
        await talk.hear_listening()
        await talk.push(
            "realtime:r", "access_token", {"access_token": token_of(OWNER, expires_in=3 * HOUR)}
        )
        await talk.hear_listening()
        clock.advance(HOUR)
        await closing(other)  # whose token is still the first
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        await changes_told(aging.socket_url(), db.execute)
        heard = await talk.all_heard()
    assert [message["event"] for message in heard] == ["postgres_changes"]


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (token_of(STRANGER), "You do not have permissions to read from this Channel topic"),
        (token_of(OWNER, expires_in=-5), "Token has expired"),
        (token_of(OWNER)[:-6] + "AAAAAA", "Failed to validate JWT signature"),
        ("not a token", "The token provided is not a valid JWT"),
        (token_of(OWNER, role=None), "You do not have permissions"),
    ],
)
async def test_a_worse_token_closes_a_private_channel(
    realtime: Running, token: str, message: str
) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join(PRIVATE, token=token_of(OWNER), private=True)
        await talk.push(PRIVATE, "access_token", {"access_token": token})
        assert message in (await closing(talk))[0]


@pytest.mark.parametrize("token", [None, "sb_publishable_of_another", "the same"])
async def test_a_key_nothing_or_the_same_token_changes_nothing(
    realtime: Running, token: str | None
) -> None:
    good = token_of(OWNER)
    async with talking(realtime.socket_url()) as talk:
        await talk.join(PRIVATE, token=good, private=True)
        new = good if token == "the same" else token
        await talk.push(PRIVATE, "access_token", {"access_token": new})
        assert await talk.all_heard() == []


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("nonsense", "MalformedJWT: The token provided is not a valid JWT"),
        (token_of(OWNER, exp=None), "InvalidJWTToken: Fields `role` and `exp` are required in JWT"),
    ],
)
async def test_a_join_with_a_bad_token_is_refused(
    realtime: Running, token: str, reason: str
) -> None:
    async with talking(realtime.socket_url()) as talk:
        answer = await talk.join("realtime:r", token=token)
    assert answer == {"status": "error", "response": {"reason": reason}}


async def test_a_policy_that_is_gone_closes_the_channel_at_the_next_token(
    realtime: Running, db: psycopg.Connection[Any], bare_database: Database
) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join(PRIVATE, token=token_of(OWNER), private=True)
        db.execute('drop policy "own topic: hear" on realtime.messages')
        renewed = token_of(OWNER, jti="renewed")
        await talk.push(PRIVATE, "access_token", {"access_token": renewed})
        assert "You do not have permissions" in (await closing(talk))[0]
