"""A worker is killed after a service was paid and before the answer was stored."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from tests.support.doorbells import until
from tests.support.paid_service import PaidService
from tests.support.things import Things
from tests.support.workers import Fleet


def sessions_of_workers(things: Things) -> int:
    (row,) = things.run(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and application_name like 'liverows%'"
    )
    count: int = row["count"]
    return count


async def test_a_service_that_knows_idempotency_keys_is_paid_once(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach("three-steps")
    fleet = fleet_of("three-steps")
    (victim,) = await fleet.start_ready(1)
    service.hold()
    key = things.add_one()
    await service.arrived(1)
    answered: list[str] = []
    service.on_answer = lambda call: answered.append(call.step)
    with psycopg.connect(things.database.dsn) as locking:
        # The answer arrives, but its checkpoint has to wait: there the worker dies.
        locking.execute("select from processing.leases for update")
        service.release()
        await until(lambda: answered == ["read"])
        fleet.kill(victim)
        # A statement of the dead that waits for the lock would still store its answer.
        await until(lambda: sessions_of_workers(things) == 0)
    await fleet.start_ready(1)
    await things.reach(key, "completed", deadline=60)

    reads = [call for call in service.calls if call.step == "read"]
    assert len(reads) == 2
    assert len({call.process for call in reads}) == 2
    assert reads[0].key is not None
    assert reads[0].key == reads[1].key
    assert service.payments() == {(key, "read"): 1, (key, "think"): 1, (key, "write"): 1}
    (event,) = things.events("maybe_paid_twice", key)
    assert event["data"]["step"] == "read"
    assert things.run("select from processing.paid_calls") == []
