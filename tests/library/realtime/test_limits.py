"""What the real server drops or refuses: the stand-in does it too, if it is told to."""

from __future__ import annotations

from typing import Any

import psycopg

from devstack.realtime import Limits, Timing
from tests.library.realtime.running import OWNER, running, token_of
from tests.library.realtime.talking import Talk, changes_told, talking
from tests.support.databases import Database
from tests.support.realtime_clock import StillClock

Connection = psycopg.Connection[Any]

TODOS = [{"event": "*", "schema": "public", "table": "todos"}]
TOPIC = f"user:{OWNER}"
SIX = Limits(messages_per_second=2, averaged_over=3)


async def tasks_heard(talk: Talk) -> list[str]:
    """The tasks of the changes that were heard since the last call."""
    heard = [one for one in await talk.all_heard() if one["event"] == "postgres_changes"]
    return [one["payload"]["data"]["record"]["task"] for one in heard]


async def test_changes_over_the_limit_are_dropped_and_the_channel_stays(
    bare_database: Database, db: Connection
) -> None:
    clock = StillClock()
    with running(bare_database.superuser_dsn, Timing(clock=clock), limits=SIX) as realtime:
        async with talking(realtime.socket_url()) as talk:
            await talk.join("realtime:rows", postgres_changes=TODOS)
            await talk.hear_listening()
            db.execute("insert into todos (task) select n::text from generate_series(1, 9) as n")
            await changes_told(realtime.socket_url(), db.execute)
            assert await tasks_heard(talk) == ["1", "2", "3", "4", "5", "6"]
            clock.advance(2.9)
            db.execute("insert into todos (task) values ('too early')")
            await changes_told(realtime.socket_url(), db.execute)
            assert await talk.all_heard() == []
            clock.advance(0.2)
            db.execute("insert into todos (task) values ('heard')")
            await changes_told(realtime.socket_url(), db.execute)
            assert await tasks_heard(talk) == ["heard"]


async def test_a_change_counts_once_for_each_subscriber(
    bare_database: Database, db: Connection
) -> None:
    still = Timing(clock=StillClock())
    with running(bare_database.superuser_dsn, still, limits=SIX) as realtime:
        async with talking(realtime.socket_url()) as one, talking(realtime.socket_url()) as two:
            for talk in (one, two):
                await talk.join("realtime:rows", postgres_changes=TODOS)
                await talk.hear_listening()
            db.execute("insert into todos (task) select n::text from generate_series(1, 5) as n")
            await changes_told(realtime.socket_url(), db.execute)
            heard = [await tasks_heard(talk) for talk in (one, two)]
    assert heard == [["1", "2", "3"], ["1", "2", "3"]]


async def test_messages_of_the_database_over_the_limit_are_dropped(
    bare_database: Database, db: Connection
) -> None:
    clock = StillClock()
    with running(bare_database.superuser_dsn, Timing(clock=clock), limits=SIX) as realtime:
        async with talking(realtime.socket_url()) as talk:
            await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True)
            db.execute(
                "select realtime.send(jsonb_build_object('n', n), 'note', %s)"
                " from generate_series(1, 9) as n",
                [TOPIC],
            )
            heard = [(await talk.hear_until("broadcast"))["payload"]["payload"] for _ in range(6)]
            clock.advance(3.1)
            db.execute("select realtime.send('{\"n\": 10}', 'note', %s)", [TOPIC])
            last = (await talk.hear_until("broadcast"))["payload"]["payload"]
    assert [one["n"] for one in [*heard, last]] == [1, 2, 3, 4, 5, 6, 10]


async def test_changes_before_a_late_start_are_lost(
    bare_database: Database, db: Connection
) -> None:
    clock = StillClock()
    late, old = Timing(late_start=2, clock=clock), Limits(knows_wait=False)
    with running(bare_database.superuser_dsn, late, limits=old) as realtime:
        async with talking(realtime.socket_url()) as talk:
            wait: dict[str, Any] = {"postgres_changes_options": {"wait": True}}
            joined = await talk.join("realtime:rows", postgres_changes=TODOS, **wait)
            assert joined["status"] == "ok"
            db.execute("insert into todos (task) values ('lost')")
            await changes_told(realtime.socket_url(), db.execute)
            assert await talk.all_heard() == []
            clock.advance(2)
            await talk.hear_listening()
            db.execute("insert into todos (task) values ('heard')")
            await changes_told(realtime.socket_url(), db.execute)
            assert await tasks_heard(talk) == ["heard"]


async def test_a_project_of_private_channels_refuses_public_ones_in_words(
    bare_database: Database, db: Connection
) -> None:
    limits, quick = Limits(private_only=True), Timing(join_error=0)
    with running(bare_database.superuser_dsn, quick, limits=limits) as realtime:
        async with talking(realtime.socket_url()) as talk:
            refused = await talk.join("realtime:rows", postgres_changes=TODOS)
            joined = await talk.join(f"realtime:{TOPIC}", token=token_of(OWNER), private=True)
    assert refused == {
        "status": "error",
        "response": {"reason": "PrivateOnly: This project only allows private channels"},
    }
    assert joined["status"] == "ok"
