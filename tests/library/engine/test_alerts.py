"""A receiver of the operator's hears what needs a person, signed or as Slack takes it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import Permanent, SetupError
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient
from liverows.database.housekeeping import DueAlert
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.alerts import AlertReceiver, Alerts, in_slack, sentence
from liverows.running.receiver import opened
from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.fake_http import FakeHttp, Heard, Reply, fake_http
from tests.support.runners import Said, plain_things, working
from tests.support.things import Things

KEY = b"a" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
async def receiver() -> AsyncIterator[FakeHttp]:
    async with fake_http() as fake:
        yield fake


@pytest.fixture
def things(database: Database) -> Things:
    things = plain_things(database)
    things.run("delete from processing.alerts where alert <> 'row-failed'")
    return things


def settings(
    url: str, form: Literal["signed", "slack"] = "signed", secret: str = SECRET
) -> Settings:
    return Settings.model_construct(
        alert_url=url, alert_secret=SecretStr(secret), alert_format=form
    )


def is_signed(heard: Heard) -> bool:
    content = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode()
    digest = hmac.digest(KEY, content + heard.raw, hashlib.sha256)
    return heard.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


async def fail_one(things: Things) -> str:
    async def broken(_context: Any, _thing: Any) -> Said:
        raise Permanent("The page says <b>no</b>.", code="said_no")

    key = things.add_one()
    async with working(things, recipe=broken):
        await things.reach(key, "failed")
    return key


async def look(database: Database, receiver: AlertReceiver, clock: Clock | None = None) -> int:
    """One look of a process with somebody to tell; returns how many messages have arrived."""
    client = ContractClient(PostgresTransport(SecretStr(database.dsn)))
    try:
        async with opened(5) as http:
            return await Alerts(client, receiver, clock).look(http)
    finally:
        await client.close()


async def test_a_row_that_failed_for_good_is_told_signed_and_without_its_contents(
    database: Database, things: Things, receiver: FakeHttp
) -> None:
    key = await fail_one(things)
    assert await look(database, AlertReceiver(settings(receiver.url))) == 1
    (heard,) = receiver.heard
    assert is_signed(heard)
    data = heard.body["data"]
    assert (heard.body["type"], data["alert"]) == ("alert.firing", "row-failed")
    assert data["details"]["example"] == {"table": "public.things", "id": key}
    assert "said_no" in data["text"] and b"page says" not in heard.raw


async def test_a_message_that_a_receiver_refused_is_not_lost(
    database: Database, things: Things, receiver: FakeHttp
) -> None:
    await fail_one(things)
    receiver.script(Reply(status=503), Reply({}))
    to = AlertReceiver(settings(receiver.url))
    assert await look(database, to) == 0
    things.run("update processing.firing set due_at = processing.clock()")
    assert await look(database, to) == 1
    first, again = (heard.headers["webhook-id"] for heard in receiver.heard)
    assert first == again


class SlowClock(SystemClock):
    """Half a minute passes between two looks at it."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def monotonic(self) -> float:
        self._seconds += 30
        return self._seconds


async def test_what_a_slow_receiver_leaves_no_time_for_is_left_to_others(
    database: Database, things: Things, receiver: FakeHttp
) -> None:
    things.run(
        "insert into processing.firing"
        " (alert, subject, state, since, seen_at, details, message, due_at)"
        " select 'row-failed', 's' || n, 'firing', now(), now(), '{}', gen_random_uuid(), now()"
        " from generate_series(1, 3) as n"
    )
    to = AlertReceiver(settings(receiver.url))
    assert await look(database, to, SlowClock()) == 1
    things.run("update processing.firing set due_at = processing.clock() where told_at is null")
    assert await look(database, to) == 2
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 3


async def test_an_address_that_cannot_be_called_is_told_without_it() -> None:
    to = AlertReceiver(settings("https://exä_mple/secret", "slack"))
    async with opened(5) as http:
        assert await to.send(http, alert("no_worker", pipeline="plain")) == "InvalidURL"


async def test_slack_gets_its_own_shape_and_no_signature(
    database: Database, things: Things, receiver: FakeHttp
) -> None:
    await fail_one(things)
    assert await look(database, AlertReceiver(settings(receiver.url, "slack", ""))) == 1
    (heard,) = receiver.heard
    assert list(heard.body) == ["text"]
    assert "webhook-signature" not in heard.headers


def alert(kind: str, **details: object) -> DueAlert:
    told: JsonObject = dict(details)  # type: ignore[arg-type] # the tests' details are JSON
    return DueAlert("1", "a", kind, "s", "firing", "2026-01-01", "2026-01-01", False, told)


def test_slack_reads_no_markup_in_what_a_row_says() -> None:
    told = alert("queue_age", pipeline="<!channel> & co", due=3, oldest_due_seconds=4000)
    assert "&lt;!channel&gt; &amp; co" in str(in_slack(told)["text"])


def test_the_key_of_a_row_adds_no_line_to_a_message() -> None:
    key = "1\nAll is well.\x1b[201~\nrm -rf ~\N{RIGHT-TO-LEFT OVERRIDE}"
    told = alert("failures", rows=2, example={"table": "public.things", "id": key})
    assert sentence(told).isprintable()


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        (
            "failures",
            {"rows": 1, "example": {"table": "public.things", "id": "a; rm -rf ~"}},
            "1 row of None failed with None within an unknown time."
            " Example: liverows explain public.things 'a; rm -rf ~';",
        ),
        ("queue_age", {"due": 3, "oldest_due_seconds": 4000}, "3 rows of None are due"),
        ("queue_age", {"due": 1, "oldest_due_seconds": 4000}, "1 row of None is due, the oldest"),
        ("queue_age", {"due": 3, "oldest_due_seconds": 4000}, "67 min"),
        ("queue_age", {"due": 10000, "more": True}, "More than 10000 rows"),
        ("no_worker", {"pipeline": "plain"}, "No living worker runs plain"),
        ("deaf_doorbell", {"doorbell": "realtime", "seconds": 90}, "realtime for 90 s"),
        ("budget", {"period": "day", "measure": "cost_usd", "spent": 5}, "The day's budget"),
        ("budget", {"period": "day", "share": 0.8, "reached": False}, "used to more than 80%"),
        ("budget", {"period": "day", "share": 0.8, "reached": True}, "is used up"),
        ("trouble", {"rows": 1, "pipeline": "plain"}, "refuses 1 row of plain"),
        ("trouble", {"broken": True, "pipeline": "plain"}, "the whole pipeline of plain"),
        ("of tomorrow", {"x": 1}, '{"x": 1}'),
    ],
)
def test_a_message_says_in_words_what_is_the_matter(
    kind: str, details: dict[str, object], words: str
) -> None:
    assert words in sentence(alert(kind, **details))


@pytest.mark.parametrize(("url", "secret"), [("nowhere", SECRET), ("https://host/", "")])
def test_wrong_settings_are_refused_by_name(url: str, secret: str) -> None:
    with pytest.raises(SetupError, match="LIVEROWS_ALERT_"):
        AlertReceiver(settings(url, secret=secret))


async def test_the_commands_list_set_remove_try_and_tell(
    tmp_path: Path, database: Database, things: Things, receiver: FakeHttp
) -> None:
    there = Shell(tmp_path).having(
        SUPABASE_DB_URL=database.dsn, LIVEROWS_ALERT_URL=receiver.url, LIVEROWS_ALERT_SECRET=SECRET
    )

    async def run(*arguments: str) -> str:
        ended = await asyncio.to_thread(there.liverows, "alerts", *arguments)
        assert ended.code == 0, ended.err
        return ended.out

    await run("test")
    assert receiver.heard[0].body["data"]["alert"] == "test"
    rows = ("--setting", "rows=2", "--operator", "ada")
    assert '"rows": 2' in await run("set", "two", "--kind", "failures", *rows)
    assert "two" in await run("list")
    await run("remove", "two")
    await fail_one(things)
    with there.start("alerts", "watch", program="liverows") as watching:
        assert watching.stderr is not None
        log = watching.stderr
        await asyncio.to_thread(next, (line for line in log if '"alert_told"' in line))
        watching.terminate()
        assert await asyncio.to_thread(watching.wait, 60) == 0
    assert receiver.heard[1].body["data"]["alert"] == "row-failed"
