"""A transcription is paid once per recording and owner, and only a few times a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.app.interviews.rows import ALICE, BOB, add
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue

SHA, OTHER = "5e" * 32, "07" * 32
pytestmark = pytest.mark.usefixtures("mid_month")

MOST = 3
DAY = 24 * 3600


class Payer:
    """Items that are being analysed, and what the database tells each of them about a recording."""

    def __init__(self, owner: Connection, service: Connection) -> None:
        self.owner, self.service = owner, service
        self.worker = Queue(service)

    def at_work(self, user: Connection, folder: str = ALICE) -> Any:
        item = add(
            user, type="INTERVIEW_ANALYSE", interview_original_audio_path=f"{folder}/1763.mp3"
        )[0]
        self.worker.claim_one("analyse-interview")
        return item

    def take(self, item: Any, sha256: str = SHA) -> str:
        return self._say("select public.take_recording(item => %s, sha256 => %s, most => %s)",
                         item, sha256, MOST)  # fmt: skip

    def use(self, item: Any, sha256: str = SHA) -> str:
        return self._say("select public.use_recording(item => %s, sha256 => %s)", item, sha256)

    def give_back(self, item: Any) -> None:
        self.service.execute("select public.give_back_recording(%s, %s)", [item, SHA])

    def ends(self, item: Any, status: str = "completed") -> None:
        self.owner.execute(
            "update public.timeline_items set processing_status = %s where id = %s", [status, item]
        )

    def _say(self, question: str, *arguments: Any) -> str:
        found = self.service.execute(question, arguments).fetchone()
        assert found is not None
        return str(found[0])


@pytest.fixture
def payer(owner: Connection, database: Database, connect: Connections) -> Payer:
    return Payer(owner, connect(database, "service_role"))


def test_one_interview_at_a_time_pays_for_a_recording(payer: Payer, alice: Connection) -> None:
    first, second = payer.at_work(alice), payer.at_work(alice)
    assert payer.take(first) == "yours"
    assert payer.take(second) == "busy"
    assert payer.take(second, OTHER) == "yours"
    payer.ends(first)
    assert payer.take(second) == "yours"


def test_of_many_at_once_exactly_one_pays(
    payer: Payer, alice: Connection, database: Database, connect: Connections, owner: Connection
) -> None:
    owner.execute("update processing.pipelines set concurrency_per_owner = null")
    items = [payer.at_work(alice) for _ in range(8)]
    others = [Payer(owner, connect(database, "service_role")) for _ in items]
    with ThreadPoolExecutor(8) as threads:
        told = list(
            threads.map(lambda pair: pair[0].take(pair[1]), zip(others, items, strict=True))
        )
    assert sorted(told) == ["busy"] * 7 + ["yours"]


def test_deleting_and_adding_while_it_is_transcribed_pays_three_times_a_day(
    payer: Payer, alice: Connection, clock: Clock, owner: Connection
) -> None:
    # With the limit, each deleted run would keep a place until its worker has stopped it.
    owner.execute("update processing.pipelines set concurrency_per_owner = null")
    told = []
    for _ in range(12):
        item = payer.at_work(alice)
        told.append(payer.take(item))
        alice.execute("delete from public.timeline_items where id = %s", [item])
    assert told == ["yours"] * MOST + ["spent"] * 9
    clock.advance(DAY)
    assert payer.take(payer.at_work(alice)) == "yours"


def test_a_refusal_of_the_service_is_not_counted(payer: Payer, alice: Connection) -> None:
    item = payer.at_work(alice)
    for _ in range(2 * MOST):
        assert payer.take(item) == "yours"
        payer.give_back(item)
    other = payer.at_work(alice)
    payer.give_back(other)
    assert [payer.take(item) for _ in range(MOST + 1)] == ["yours"] * MOST + ["spent"]


def test_owners_share_nothing(payer: Payer, alice: Connection, bob: Connection) -> None:
    hers, his = payer.at_work(alice), payer.at_work(bob, BOB)
    assert (payer.take(hers), payer.take(his)) == ("yours", "yours")


def test_a_row_that_is_gone_or_not_at_work_pays_nothing(payer: Payer, alice: Connection) -> None:
    item = payer.at_work(alice)
    payer.ends(item, "cancelled")
    assert (payer.use(item), payer.take(item)) == ("gone", "gone")
    alice.execute("delete from public.timeline_items")
    assert (payer.use(item), payer.take(item)) == ("gone", "gone")


@pytest.mark.parametrize(
    "statement",
    [
        "select * from public.recording_payments",
        "delete from public.recording_payments",
        "select * from public.recording_uses",
        "select public.take_recording(gen_random_uuid(), 'x', 1000)",
        "select public.use_recording(gen_random_uuid(), 'x')",
        "select public.give_back_recording(gen_random_uuid(), 'x')",
    ],
)
def test_users_have_no_part_in_it(alice: Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        alice.execute(statement)


def test_an_account_takes_its_counts_along(
    payer: Payer, alice: Connection, owner: Connection
) -> None:
    item = payer.at_work(alice)
    payer.use(item)
    payer.take(item)
    owner.execute("delete from auth.users where id = %s", [ALICE])
    for table in ("recording_uses", "recording_payments"):
        assert owner.execute(f"select 1 from public.{table}").fetchall() == []
