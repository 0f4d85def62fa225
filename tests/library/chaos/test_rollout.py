"""A release that changes the contract is rolled out without a stop: SQL first, then the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from liverows.base.errors import ContractMismatch
from liverows.base.types import JsonObject
from liverows.database import client as client_module
from liverows.database import contract, functions
from liverows.database.client import Asked, ContractClient
from liverows.database.postgres_transport import PostgresTransport
from tests.support.doorbells import until
from tests.support.paid_service import PaidClient, PaidService
from tests.support.things import Things
from tests.support.workers import Fleet, build_runner

NEXT = (Path(__file__).parents[1] / "upgrade" / "next_contract.sql").read_text()
PIPELINE = "three-steps"


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of this process are of the next release, which gives a claim the argument `hint`."""
    usual = Asked.arguments

    def with_hint(asked: Asked) -> JsonObject:
        return {**usual(asked), "hint": "from the next release"}

    monkeypatch.setattr(Asked, "arguments", with_hint)
    for module in (contract, client_module):
        monkeypatch.setattr(module, "CONTRACT_VERSION", 2)
    monkeypatch.setitem(functions.FUNCTIONS["claim"], "hint", "text")
    monkeypatch.setitem(contract.YOUNG_ARGUMENTS, ("claim", "hint"), 2)
    monkeypatch.setitem(contract.YOUNG_ARGUMENTS, ("finish_and_claim", "hint"), 3)


class NextWorker:
    """A worker of the next release, in this process."""

    def __init__(self, fleet: Fleet) -> None:
        transport = PostgresTransport(SecretStr(fleet.options.database_url))
        self.client = ContractClient(transport)
        self.paid = PaidClient(fleet.options.service_url)
        self.runner = build_runner(self.client, fleet.options, self.paid)

    async def start(self) -> None:
        await self.client.check_contract()
        self.task = asyncio.create_task(self.runner.run())

    async def stop(self) -> None:
        self.runner.stop()
        await self.task
        await self.client.close()
        await self.paid.close()


def set_up(things: Things) -> None:
    """Rows in every state before the update, as the version before left them."""
    things.attach(PIPELINE, inputs=["id"], outputs=["said", "by_process"], max_attempts=2)
    completed, failed, cancelled = things.add(3)
    for key, status in ((completed, "completed"), (failed, "failed"), (cancelled, "cancelled")):
        things.set_status(key, status)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("next_release")
async def test_workers_of_two_releases_finish_each_others_rows(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    set_up(things)
    fleet = fleet_of(PIPELINE, heartbeat=0.3, grace=0.2)
    (old,) = await fleet.start_ready(1)
    service.hold()
    keys = things.add(3)
    await until(lambda: len(service.calls) == 3)

    things.run(NEXT)  # while the old worker is at work
    new = NextWorker(fleet)
    await new.start()
    assert new.client.database_version == 2
    fleet.kill(old)
    service.release()  # the new worker takes over what the old one held
    for key in keys:
        await things.reach(key, "completed", deadline=60)

    service.hold()
    (later,) = things.add(1)
    await until(lambda: service.calls[-1].thing == later)
    hints = [row["hint"] for row in things.run("select hint from processing.leases")]
    assert hints == ["from the next release"]
    await new.stop()  # its row goes back to the queue
    assert things.look(later)["status"] == "pending"
    await fleet.start_ready(1)  # an old worker, started after the update
    service.release()
    assert (await things.reach(later, "completed", deadline=60))["said"]
    assert things.statuses() == {"completed": 5, "failed": 1, "cancelled": 1}
    assert things.take_backs()


@pytest.mark.usefixtures("next_release")
async def test_a_worker_of_the_next_release_works_before_the_database_is_updated(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    set_up(things)
    new = NextWorker(fleet_of(PIPELINE))
    (key,) = things.add(1)
    await new.start()
    assert new.client.database_version == 1
    await things.reach(key, "completed", deadline=60)
    await new.stop()


@pytest.mark.parametrize("version", [-1, 3])
async def test_two_versions_apart_a_worker_does_not_start(
    things: Things, fleet_of: Callable[..., Any], version: int
) -> None:
    things.run(
        "create or replace function processing.contract_version() returns integer"
        f" language sql immutable as 'select {version}'"
    )
    new = NextWorker(fleet_of(PIPELINE))
    with pytest.raises(ContractMismatch):
        await new.start()
    await new.client.close()
