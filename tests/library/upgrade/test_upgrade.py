"""A database of a released version gets every later migration, and loses nothing by it.

The same is tried with a migration of a next release, which changes a table and the contract. So the
tests can fail today, when there is no later migration yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from devstack.project import MIGRATIONS
from liverows.database.migrations import Migration, apply, pending, read_migrations
from liverows.database.opening import connected
from tests.library.sql.budgeting import line
from tests.library.sql.letters import OTHER
from tests.library.sql.questions import PIPELINE, look, one
from tests.library.sql.waits import PARENTS, ends, wait_for
from tests.library.upgrade.contents import contents, differences
from tests.library.upgrade.states import Filled
from tests.support.databases import Database
from tests.support.paid_service import PaidService
from tests.support.queue import Connection, Queue, Row, paid
from tests.support.things import Things
from tests.support.workers import Fleet

NEXT = Migration(
    "20991231000000",
    "processing_next_contract",
    Path(__file__).with_name("next_contract.sql").read_text(),
)
LATER: dict[str, list[Migration]] = {"today's migrations": [], "also a next release's": [NEXT]}

Upgrade = Callable[[], Awaitable[list[str]]]


@pytest.fixture(params=list(LATER))
def upgrade(request: pytest.FixtureRequest, database: Database) -> Upgrade:
    """`await upgrade()` does what `liverows migrate` does; answers the names of the files."""

    async def run() -> list[str]:
        return await migrated(database, LATER[request.param])

    return run


def completed(queue: Queue) -> dict[str, Row]:
    """Complete what there is to do. A row whose worker died is claimed alone, so claim again."""
    done: dict[str, Row] = {}
    while rows := queue.claim(PIPELINE):
        for row in rows:
            queue.complete(row, answer="after")
            done[row["id"]] = row
    return done


async def migrated(database: Database, later: list[Migration]) -> list[str]:
    names: list[str] = []
    async with connected(SecretStr(database.dsn)) as connection:
        wanted = await pending(connection, [*read_migrations(MIGRATIONS), *later])
        await apply(connection, wanted, lambda done: names.append(done.file))
    return names


def test_the_rows_that_are_upgraded_have_a_line_in_every_table_of_the_library(
    filled: Filled, superuser: Connection
) -> None:
    assert contents(superuser).empty() == set()
    found = superuser.execute("select distinct processing_status::text from public.questions")
    assert {status for (status,) in found} == {
        "pending", "processing", "completed", "failed", "cancelled",
    }  # fmt: skip


async def test_all_that_is_stored_is_as_before(
    filled: Filled, superuser: Connection, upgrade: Upgrade
) -> None:
    before = contents(superuser)
    await upgrade()
    assert differences(before, contents(superuser, before)) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("delete from processing.checkpoints where row_id = '1'", "processing.checkpoints lost"),
        ("update processing.leases set run = run + 1", "processing.leases got"),
        ("update public.questions set score = 8 where score = 7", "public.questions lost"),
        (
            "alter table processing.usage drop column cost_usd cascade",
            "processing.usage.cost_usd is gone",
        ),
        ("drop table processing.traces cascade", "processing.traces is gone"),
        ("insert into processing.turns values ('more')", "processing.turns got"),
    ],
)
async def test_what_a_migration_loses_or_changes_is_told(
    filled: Filled, database: Database, superuser: Connection, statement: str, told: str
) -> None:
    before = contents(superuser)
    wrong = Migration("20991231000000", "processing_wrong", statement)
    assert wrong.file in await migrated(database, [wrong])
    said = differences(before, contents(superuser, before))
    assert [one for one in said if one.startswith(told)]


async def test_the_worker_that_holds_a_row_ends_it_after_the_upgrade(
    filled: Filled, owner: Connection, upgrade: Upgrade
) -> None:
    await upgrade()
    worker, row = filled.worker, filled.held
    assert worker.heartbeat(row)["lost"] == []
    assert worker.spend(paid(row, cost_usd=0.02)) == 1
    worker.checkpoint(row, "think")
    worker.complete(row, answer="late", score=9)
    done = look(owner, filled.keys["claimed"])
    # An input was edited in between, so the row runs again by itself, with what its steps found.
    assert (done["status"], done["answer"]) == ("pending", "late")


async def test_every_other_row_goes_on_where_it_was(
    filled: Filled, owner: Connection, upgrade: Upgrade
) -> None:
    keys, queue = filled.keys, filled.worker
    await upgrade()
    owner.execute("drop trigger guard on public.questions")
    owner.execute("delete from processing.providers")
    queue.call("pause", pipeline=OTHER, paused=False, operator="ann")
    queue.call("cancel", table_name="public.questions", row_id=keys["other child"])
    for name in ("failed", "stopped", "again", "set aside", "later"):
        queue.call("retry", table_name="public.questions", row_id=keys[name])
    claimed = completed(Queue(queue.connection))
    assert claimed.keys() >= {keys[one] for one in ("failed", "stopped", "again", "traced")}
    assert look(owner, keys["completed"])["answer"] == "42"
    assert {look(owner, key)["answer"] for key in claimed} == {"after"}
    parent = queue.claim_one(PARENTS)
    ended = ends(wait_for(queue, parent, [keys["child"], keys["other child"]]))
    assert ended == {keys["child"]: "completed", keys["other child"]: "cancelled"}
    again = {row["checkpoints"][0]["step"] for row in claimed.values() if row["checkpoints"]}
    assert again == {"read"}, "what was paid for before the upgrade is not paid again"
    usage = one(owner, "select sum(calls) from processing.usage")
    assert usage == 7
    assert line(queue, measure="cost_usd", per="owner")["limit"] == 5


async def test_schedules_pauses_and_alerts_stay_as_they_were_set(
    filled: Filled, owner: Connection, upgrade: Upgrade
) -> None:
    await upgrade()
    owner.execute("update processing.schedules set next_due = now(), look_at = now()")
    ran = {one["name"]: one["outcome"] for one in filled.worker.call("run_schedules")["ran"]}
    assert ran["tick"] == "done"
    assert filled.worker.claim(OTHER) == [], "the pipeline is paused"
    assert "mine" in {one["alert"] for one in filled.worker.call("alerts")}


async def test_a_worker_process_lives_through_the_upgrade_and_a_new_one_takes_over(
    fleet: Callable[..., Fleet], database: Database, service: PaidService, upgrade: Upgrade
) -> None:
    workers = fleet(heartbeat=0.3, grace=0.2)
    things: Things = workers.things
    things.attach("three-steps", inputs=["id"], outputs=["said", "by_process"])
    (old,) = await workers.start_ready(1)
    service.hold()
    before = things.add(2)
    await service.arrived(2)
    await upgrade()
    service.release()
    later = things.add(2)
    for key in (*before, *later):
        await things.reach(key, "completed", deadline=60)
    workers.kill(old)
    last = things.add_one()
    await workers.start_ready(1)
    await things.reach(last, "completed", deadline=60)
    assert set(service.count().values()) == {1}, "no call was paid twice"
    assert things.take_backs() == []
