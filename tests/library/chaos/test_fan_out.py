"""Workers that are killed while a row waits for others: it still runs, and pays no step twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.support.doorbells import until
from tests.support.paid_service import PaidService
from tests.support.things import Things
from tests.support.workers import Fleet


async def test_a_row_outlives_the_workers_that_it_waits_for(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach("fan-out")
    fleet = fleet_of("fan-out")
    (victim,) = await fleet.start_ready(1)
    children = things.add(3, processing_not_before=things.now() + timedelta(hours=1))
    parent = things.add_one(wants=",".join(children))
    await until(lambda: "waiting" in things.kinds(parent))
    service.hold()
    for child in children:
        things.call("retry", table_name="public.things", row_id=child)
    await service.arrived(4)
    fleet.kill(victim)
    service.release()
    await fleet.start_ready(1)
    await things.settled()

    row = things.look(parent)
    assert (row["status"], row["said"]) == ("completed", "completed completed completed")
    assert row["attempts"] == 1
    paid = service.count()
    assert (paid[parent, "read"], paid[parent, "write"]) == (1, 1)
