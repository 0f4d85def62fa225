"""Broadcast: between clients, over HTTP and from the database."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from tests.library.realtime.running import OWNER, PUBLISHABLE_KEY, STRANGER, Running, token_of
from tests.library.realtime.talking import Talk, talking

Database = psycopg.Connection[Any]

TOPIC = f"user:{OWNER}"
MAY_SEND = """
create policy "own topic: send" on realtime.messages for insert to authenticated
  with check (realtime.topic() = 'user:' || (select auth.uid())::text and extension = 'broadcast')
"""


def note(text: str) -> dict[str, Any]:
    return {"type": "broadcast", "event": "note", "payload": {"text": text}}


async def test_nothing_comes_back_unless_it_was_asked_for(realtime: Running) -> None:
    async with talking(realtime.socket_url()) as sender, talking(realtime.socket_url()) as other:
        await sender.join("realtime:room")
        await other.join("realtime:room")
        await sender.push("realtime:room", "broadcast", note("a"))
        assert (await other.hear())["payload"] == note("a")
        assert await sender.all_heard() == []


async def test_private_and_public_are_two_topics_of_one_name(
    realtime: Running, db: Database
) -> None:
    async with talking(realtime.socket_url()) as private, talking(realtime.socket_url()) as public:
        await private.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True)
        await public.join(f"realtime:{TOPIC}")
        db.execute("select realtime.send('{}', 'secret', %s, true)", [TOPIC])
        db.execute("select realtime.send('{}', 'open', %s, false)", [TOPIC])
        assert (await private.hear())["payload"]["event"] == "secret"
        assert (await public.hear())["payload"]["event"] == "open"
        assert await private.all_heard() == await public.all_heard() == []


async def test_sending_to_a_private_topic_needs_its_own_policy(
    realtime: Running, db: Database
) -> None:
    config: dict[str, Any] = {"private": True, "broadcast": {"ack": True, "self": True}}
    async with talking(realtime.socket_url()) as talk:
        await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), **config)
        await talk.push(f"realtime:{TOPIC}", "broadcast", note("refused"))
        assert await talk.all_heard() == []
        db.execute(MAY_SEND)
        # Rights are asked for once, so only a new join or a new token finds the policy.
        await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), **config)
        await talk.hear_until("phx_close")
        await talk.push(f"realtime:{TOPIC}", "broadcast", note("sent"))
        assert (await talk.hear())["payload"] == note("sent")
        assert (await talk.hear())["payload"] == {"status": "ok", "response": {}}
    assert db.execute("select count(*) from realtime.messages").fetchone() == (0,)


async def test_a_trigger_can_broadcast_the_changes_of_a_table(
    realtime: Running, db: Database
) -> None:
    db.execute("""
        create function tell() returns trigger language plpgsql security definer
        set search_path = '' as $$
        begin
          perform realtime.broadcast_changes(
            'user:' || new.account_id, tg_op, tg_op, tg_table_name, tg_table_schema, new, old
          );
          return null;
        end $$;
        create trigger tell after insert or update on rt_rows for each row execute function tell()
    """)
    async with talking(realtime.socket_url()) as talk:
        await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True)
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        message = (await talk.hear())["payload"]
    assert (message["event"], message["payload"]["operation"]) == ("INSERT", "INSERT")
    assert message["payload"]["record"]["account_id"] == OWNER
    assert message["payload"]["old_record"] is None
    assert message["meta"]["id"] == message["payload"]["id"]


async def test_a_message_that_is_rolled_back_is_never_heard(
    realtime: Running, db: Database
) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join("realtime:room")
        with db.transaction(force_rollback=True):
            db.execute("select realtime.send('{}', 'never', 'room', false)")
        db.execute("select realtime.send('{}', 'kept', 'room', false)")
        assert (await talk.hear())["payload"]["event"] == "kept"


async def test_bytes_of_the_database_reach_only_who_can_take_them(
    realtime: Running, db: Database
) -> None:
    async with (
        talking(realtime.socket_url()) as old,
        talking(realtime.socket_url(vsn="2.0.0")) as new,
    ):
        await old.join("realtime:room")
        await new.send(["1", "1", "realtime:room", "phx_join", {"config": {}}])
        await new.hear()
        db.execute("select realtime.send_binary('\\x00ff', 'raw', 'room', false)")
        db.execute("select realtime.send('{}', 'text', 'room', false)")
        assert (await new.hear())["binary_hex"].endswith("00ff")
        assert (await old.hear())["payload"]["event"] == "text"


async def test_replay_is_for_private_topics_and_gives_the_last_messages_once(
    realtime: Running, db: Database
) -> None:
    for number in range(30):
        db.execute("select realtime.send(%s, 'n', %s)", [f'{{"n": {number}}}', TOPIC])
    async with talking(realtime.socket_url()) as talk:
        replay: dict[str, Any] = {"broadcast": {"replay": {"since": 0, "limit": 100}}}
        refused = await talk.join("realtime:room", token=token_of(OWNER), **replay)
        await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True, **replay)
        heard = [(await talk.hear())["payload"] for _ in range(25)]
    reason = "UnableToReplayMessages: Replay is not allowed for public channels"
    assert refused == {"status": "error", "response": {"reason": reason}}
    assert [message["payload"]["n"] for message in heard] == list(range(5, 30))
    assert all(message["meta"]["replayed"] for message in heard)


async def test_a_batch_over_http_is_delivered_and_private_only_with_the_right(
    realtime: Running, db: Database
) -> None:
    db.execute(MAY_SEND)

    def send(token: str, body: Any) -> httpx.Response:
        headers = {"apikey": PUBLISHABLE_KEY, "Authorization": f"Bearer {token}"}
        return httpx.post(f"{realtime.url}/realtime/v1/api/broadcast", json=body, headers=headers)

    async with talking(realtime.socket_url()) as talk:
        await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True)
        message = {"topic": TOPIC, "event": "note", "payload": {}, "private": True}
        for user, text in ((STRANGER, "no"), (OWNER, "yes")):
            body = {"messages": [{**message, "payload": {"text": text}}]}
            assert send(token_of(user), body).status_code == 202
        assert (await talk.hear())["payload"] == note("yes")
    assert send("nonsense", {"messages": []}).status_code == 401
    assert send(PUBLISHABLE_KEY, {"nothing": 1}).status_code == 422


async def presence_of(talk: Talk) -> tuple[list[str], list[str]]:
    difference = (await talk.hear_until("presence_diff"))["payload"]
    return list(difference["joins"]), list(difference["leaves"])


async def test_presence_ends_with_the_connection_and_names_what_it_replaces(
    realtime: Running,
) -> None:
    me: dict[str, Any] = {"presence": {"key": "me", "enabled": True}}
    async with talking(realtime.socket_url()) as watcher:
        await watcher.join("realtime:room", **me)
        assert (await watcher.hear())["payload"] == {}
        async with talking(realtime.socket_url()) as guest:
            await guest.join("realtime:room", presence={"key": "guest"})
            for value in (1, 1, 2):
                track = {"type": "presence", "event": "track", "payload": {"n": value}}
                await guest.push("realtime:room", "presence", track)
            assert await presence_of(watcher) == (["guest"], [])
            assert await presence_of(watcher) == (["guest"], ["guest"])
        assert await presence_of(watcher) == ([], ["guest"])


@pytest.mark.parametrize("payload", ["text", None, [1]])
async def test_presence_takes_only_an_object(realtime: Running, payload: Any) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join("realtime:room")
        await talk.push("realtime:room", "presence", {"event": "track", "payload": payload})
        reason = "Presence track payload must be a map"
        assert (await talk.hear())["payload"] == {
            "status": "error",
            "response": {"reason": reason},
        }
