"""Joins the topics of Realtime as each person, and asks to be told of changes of each table."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import psycopg
from psycopg import sql

from devstack.stack import LocalStack
from tests.app.access.people import OWNER, Person, Sender
from tests.library.realtime.talking import Talk, changes_told, talking

BROADCASTING = """
create table public.diary (
    id uuid primary key default gen_random_uuid(), account_id uuid not null, word text);
alter table public.diary enable row level security;
select processing.attach('public.diary', 'read-diary', inputs => '{word}', outputs => '{}',
    owner => 'account_id', broadcast => true);
"""
"""The app's tables do not broadcast. One that does creates the policy for the owners' topics."""

TOPICS = {"processing:doorbell": "processing:doorbell", "processing:<owner>": f"processing:{OWNER}"}
"""By the name in the lines: the private topics of the library."""


class Topics:
    """Joins channels of the stack."""

    def __init__(
        self,
        stack: LocalStack,
        people: dict[Person, Sender],
        superuser: psycopg.Connection[Any],
    ) -> None:
        self._url = stack.url.replace("http", "ws", 1) + "/realtime/v1/websocket?apikey="
        self._barrier = self._url + stack.publishable_key
        self._people = people
        self._superuser = superuser

    def joined(self) -> dict[str, list[Person]]:
        """By topic: who may listen to it, if a table broadcasts."""
        return asyncio.run(self._joined())

    async def _joined(self) -> dict[str, list[Person]]:
        asked = [(name, who) for name in TOPICS for who in self._people]
        # All at once, because Realtime waits for some seconds before it refuses.
        allowed = await asyncio.gather(*(self._joins(who, TOPICS[name]) for name, who in asked))
        found: dict[str, list[Person]] = {name: [] for name in TOPICS}
        for (name, who), may in zip(asked, allowed, strict=True):
            if may:
                found[name].append(who)
        return found

    async def _joins(self, who: Person, topic: str) -> bool:
        sender = self._people[who]
        async with talking(self._url + sender.key) as talk:
            reply = await talk.join(f"realtime:{topic}", token=sender.token, private=True)
            return bool(reply["status"] == "ok")

    def told(self, tables: list[str]) -> dict[str, list[Person]]:
        """By table: who is told of a change of the owner's row in it."""
        return asyncio.run(self._told(tables))

    async def _told(self, tables: list[str]) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = {table: [] for table in tables}
        async with AsyncExitStack() as exits:
            talks: dict[Person, Talk] = {}
            for who, sender in self._people.items():
                talk = await exits.enter_async_context(talking(self._url + sender.key))
                bindings = [
                    {"event": "UPDATE", "schema": "public", "table": table.partition(".")[2]}
                    for table in tables
                ]
                reply = await talk.join(
                    "realtime:all", token=sender.token, postgres_changes=bindings
                )
                assert reply["status"] == "ok", reply
                await talk.hear_listening()
                talks[who] = talk
            for table in tables:
                self._superuser.execute(
                    sql.SQL("update {} set created_at = now()").format(
                        sql.Identifier(*table.split("."))
                    )
                )
            await changes_told(self._barrier, self._superuser.execute)
            for who, talk in talks.items():
                for message in await talk.all_heard():
                    if message["event"] != "postgres_changes":
                        continue
                    data = message["payload"]["data"]
                    name = f"{data['schema']}.{data['table']}"
                    if data.get("record") and who not in found[name]:
                        found[name].append(who)
        return found
