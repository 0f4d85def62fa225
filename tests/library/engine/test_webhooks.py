"""A receiver is told what becomes of rows, signed, and no row ever waits for it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from liverows.base.errors import InvalidInput, SetupError, Transient
from liverows.database.messages import RunKey
from liverows.running.lifecycle import EVENTS, LifecycleMessages, Message, message_id
from liverows.running.metrics import Metrics
from liverows.running.receiver import host_of, keys_of, signed
from liverows.running.webhooks import Delivery, Webhooks
from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.fake_http import FakeHttp, Heard, Reply, fake_http
from tests.support.runners import working
from tests.support.things import Things

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
SOON = Delivery(first_wait=0.01, longest_wait=0.05)
OWNER = str(uuid4())


@pytest.fixture
async def receiver() -> AsyncIterator[FakeHttp]:
    async with fake_http() as fake:
        yield fake


@pytest.fixture
def things(database: Database) -> Things:
    things = Things(database)
    things.create()
    things.run("alter table public.things add account_id uuid")
    waits = {"retry_base": "0.05 seconds", "retry_cap": "0.05 seconds"}
    things.attach("plain", owner="account_id", max_attempts=2, **waits)
    return things


def webhooks(receiver: FakeHttp, delivery: Delivery = SOON) -> Webhooks:
    return Webhooks(f"{receiver.url}/events", SECRET, Metrics(), delivery)


@asynccontextmanager
async def told(things: Things, sender: Webhooks, recipe: Any = None) -> AsyncIterator[None]:
    """A worker that tells this sender, while the block runs; then everything is sent."""
    recipes = {} if recipe is None else {"recipe": recipe}
    async with (
        sender.sending(),
        working(things, lifecycle=LifecycleMessages(EVENTS, sender.send), **recipes),
    ):
        yield


def counted(sender: Webhooks, outcome: str) -> float:
    labels = {"outcome": outcome}
    registry = sender._metrics.registry
    return registry.get_sample_value("liverows_webhooks_total", labels) or 0.0


def is_signed(heard: Heard) -> bool:
    """As the specification says how a receiver checks it."""
    content = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode()
    digest = hmac.digest(b"k" * 32, content + heard.raw, hashlib.sha256)
    return heard.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_the_signature_is_that_of_the_reference() -> None:
    """The expected one was made by the package standardwebhooks 1.1.0."""
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    headers = signed(message, 1614265330, keys_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_sign_both_ways() -> None:
    other = "whsec_" + base64.b64encode(b"o" * 24).decode()
    headers = signed(Message("msg_1", b"{}"), 1, keys_of(f"{SECRET} {other}"))
    first, second = headers["webhook-signature"].split(" ")
    assert first != second
    assert headers | {"webhook-signature": first} == signed(Message("msg_1", b"{}"), 1, [b"k" * 32])


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "whsec_c2hvcnQ=", "secret", "whsec_é"])
def test_a_wrong_secret_is_refused_with_a_cure(secret: str) -> None:
    with pytest.raises(SetupError) as caught:
        keys_of(secret)
    assert "openssl rand" in caught.value.cure
    assert "c2hvcnQ" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    ["host", "ftp://host", "https:///x", "http://[::1", "https://host:abc", "https://host:99999",
     "https://ho st/", " https://host", "https://host/\n"],
)  # fmt: skip
def test_a_wrong_address_is_refused_with_a_cure(url: str) -> None:
    with pytest.raises(SetupError, match="LIVEROWS_WEBHOOK_URL") as caught:
        host_of(url)
    assert "https://host/path" in caught.value.cure


def test_an_id_is_of_one_event_of_one_run() -> None:
    key = RunKey("public.things", "1", 1, str(uuid4()))
    ids = {message_id(key, event) for event in EVENTS}
    others = {
        message_id(key._replace(run=2), "claimed"),
        message_id(key._replace(row_id="2"), "claimed"),
    }
    assert len(ids | others) == 5
    assert message_id(key, "claimed") == message_id(RunKey(*key), "claimed")


async def test_a_row_is_told_as_claimed_and_completed_without_its_contents(
    things: Things, receiver: FakeHttp
) -> None:
    sender = webhooks(receiver)
    async with told(things, sender):
        key = things.add_one(wants="a secret wish", account_id=OWNER)
        await things.reach(key, "completed")
    assert all(is_signed(heard) for heard in receiver.heard)
    assert b"a secret wish" not in b"".join(heard.raw for heard in receiver.heard)
    bodies = {heard.body["type"]: heard.body["data"] for heard in receiver.heard}
    shared = {
        "pipeline": "plain", "table": "public.things", "row": key, "run": 1, "attempt": 1,
        "owner": OWNER, "error": None,
    }  # fmt: skip
    assert bodies == {
        "row.claimed": {**shared, "status": "processing"},
        "row.completed": {**shared, "status": "completed"},
    }
    assert counted(sender, "sent") == 2


async def test_a_failure_has_its_code_and_class_and_what_the_row_is_now(
    things: Things, receiver: FakeHttp
) -> None:
    errors = [Transient("the private text"), InvalidInput("another private text")]

    async def fails(_context: Any, _thing: Any) -> Any:
        raise errors.pop(0)

    async with told(things, webhooks(receiver), fails):
        await things.reach(things.add_one(), "failed")
    assert b"private" not in b"".join(heard.raw for heard in receiver.heard)
    failed = [h.body["data"] for h in receiver.heard if h.body["type"] == "row.failed"]
    found = {each["run"]: (each["status"], each["owner"], each["error"]) for each in failed}
    assert found == {
        1: ("pending", None, {"code": "provider_error", "class": "transient"}),
        2: ("failed", None, {"code": "invalid_input", "class": "permanent"}),
    }


async def test_a_refused_message_is_sent_again_under_its_id(
    things: Things, receiver: FakeHttp
) -> None:
    receiver.script(Reply(status=500), Reply(status=429), Reply({}))
    sender = webhooks(receiver, replace(SOON, at_once=1))
    async with told(things, sender):
        await things.reach(things.add_one(), "completed")
    tries = Counter(heard.headers["webhook-id"] for heard in receiver.heard)
    assert sorted(tries.values()) == [1, 3]
    assert all(is_signed(heard) for heard in receiver.heard)
    assert (counted(sender, "sent"), counted(sender, "dropped")) == (2, 0)


async def test_a_receiver_may_ask_for_a_longer_wait(receiver: FakeHttp) -> None:
    receiver.script(Reply(status=429, headers={"retry-after": "86400"}), Reply({}))
    # The wait that it asked for is longer than a worker's end has time, so nothing is sent again.
    sender = webhooks(receiver, replace(SOON, longest_wait=60.0, flush=0.3))
    async with sender.sending():
        sender.send(Message("msg_1", b"{}"))
        await until(lambda: len(receiver.heard) == 1)
    assert (len(receiver.heard), counted(sender, "dropped")) == (1, 1)


async def test_a_receiver_that_is_gone_is_sent_no_more(receiver: FakeHttp) -> None:
    receiver.script(Reply(status=410))
    sender = webhooks(receiver, replace(SOON, at_once=1))
    with capture_logs() as lines:
        async with sender.sending():
            for number in range(3):
                sender.send(Message(f"msg_{number}", b"{}"))
            await until(lambda: counted(sender, "dropped") == 3)
            sender.send(Message("msg_late", b"{}"))
    assert (len(receiver.heard), counted(sender, "dropped")) == (1, 4)
    assert [line["event"] for line in lines if "webhook" in line["event"]] == ["webhook_gone"]


async def test_a_redirect_is_not_followed(receiver: FakeHttp) -> None:
    async with fake_http() as elsewhere:
        receiver.script(Reply(status=307, headers={"location": elsewhere.url}))
        sender = webhooks(receiver)
        async with sender.sending():
            sender.send(Message("msg_1", b"{}"))
        assert (len(receiver.heard), elsewhere.heard) == (1, [])
        assert counted(sender, "dropped") == 1


async def test_rows_finish_while_the_receiver_hangs(things: Things) -> None:
    """It has no more in memory than the queue, drops the rest, and says so in one line."""
    hangs = asyncio.Event()

    async def never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await hangs.wait()
        writer.close()

    server = await asyncio.start_server(never_answers, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    sender = Webhooks(url, SECRET, Metrics(), Delivery(queue=3, at_once=2, flush=0.05))
    with capture_logs() as lines:
        async with told(things, sender):
            things.add(20)
            await until(lambda: things.statuses() == {"completed": 20}, deadline=30)
    hangs.set()
    server.close()
    assert counted(sender, "dropped") == 40
    said = Counter(line["event"] for line in lines)
    assert (said["webhook_dropped"], said["webhooks_unsent"]) == (1, 1)


async def test_what_waits_at_the_end_is_sent(receiver: FakeHttp) -> None:
    sender = webhooks(receiver, replace(SOON, at_once=1))
    async with sender.sending():
        for number in range(30):
            sender.send(Message(f"msg_{number}", b"{}"))
    assert counted(sender, "sent") == len(receiver.heard) == 30


async def test_a_receiver_that_is_down_gets_no_more_than_its_tries() -> None:
    async with fake_http() as gone:
        url = gone.url
    sender = Webhooks(url, SECRET, Metrics(), SOON)
    async with sender.sending():
        sender.send(Message("msg_1", b"{}"))
    assert counted(sender, "dropped") == 1


async def test_a_worker_sends_what_its_settings_ask_for(
    tmp_path: Path, database: Database, receiver: FakeHttp
) -> None:
    there = (
        Shell(tmp_path)
        .add_pipeline()
        .having(
            SUPABASE_DB_URL=database.dsn,
            LIVEROWS_WEBHOOK_URL=receiver.url,
            LIVEROWS_WEBHOOK_EVENTS="completed",
        )
    )
    things = Things(database)
    things.create()
    things.attach("greet", inputs=["wants"], outputs=["said"])
    unset = await asyncio.to_thread(there.liverows, "run")
    assert "LIVEROWS_WEBHOOK_SECRET is missing" in unset.only_error()[0]
    examined = (await asyncio.to_thread(there.liverows, "doctor", "--json")).json()
    found = {each["check"]: each["state"] for each in examined}
    assert found["settings: webhook"] == "problem"
    key = things.add_one(wants="Ada")
    with there.having(LIVEROWS_WEBHOOK_SECRET=SECRET).running(program="liverows") as worker:
        await asyncio.to_thread(worker.logged, "worker_started")
        await things.reach(key, "completed")
        assert await asyncio.to_thread(worker.terminate) == 0
    (heard,) = receiver.heard
    assert is_signed(heard)
    assert heard.body["type"] == "row.completed"
