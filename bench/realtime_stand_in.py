"""Replaces Supabase Realtime by the tests' Phoenix server and a trigger.

The messages that `realtime.send` inserts are sent to all clients of the topic. The real service
reads the write-ahead log and is far away, so this measures only our part of the time: the
trigger, the WebSocket client and the claim.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.conversation import hear, say
from bench.observe import OWN_NAME
from tests.support.phoenix import PhoenixServer

SCHEMA = """
create function realtime.tell_bench() returns trigger language plpgsql as $$
begin
    perform pg_notify('bench_realtime', json_build_object(
        'topic', new.topic, 'event', new.event, 'payload', new.payload)::text);
    return null;
end $$;
create trigger tell_bench after insert on realtime.messages
    for each row execute function realtime.tell_bench();
"""
KEY = "sb_secret_of_the_bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInConfig:
    """The database to listen to; the login must be a superuser's."""

    dsn: str


async def main() -> None:
    """Pass on messages until `stop` is read."""
    lines = await hear()
    config = StandInConfig(**json.loads(await lines.readline()))
    async with PhoenixServer.running(KEY) as server, asyncio.TaskGroup() as group:
        connection = await asyncpg.connect(
            config.dsn, server_settings={"application_name": f"{OWN_NAME} realtime"}
        )
        await connection.execute(SCHEMA)

        def pass_on(_connection: Any, _pid: int, _channel: str, text: object) -> None:
            message = json.loads(str(text))
            topic = f"realtime:{message['topic']}"
            group.create_task(server.broadcast(topic, message["event"], message["payload"]))

        await connection.add_listener("bench_realtime", pass_on)
        say("ready", url=server.supabase_url)
        await lines.readline()
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
