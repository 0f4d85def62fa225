"""Eight worker processes spend one budget, and a service counts what they ask of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.support.doorbells import until
from tests.support.paid_service import Call, PaidService
from tests.support.pipelines.paid_requests import BILLED, MOST
from tests.support.things import Things
from tests.support.workers import Fleet

PIPELINE = "paid-requests"
USED = "select coalesce(sum(spent + reserved), 0) from processing.budget_use"


def limit(things: Things, dollars: str) -> None:
    things.call(
        "set_budget", measure="cost_usd", most=Decimal(dollars), operator="ann", period="month"
    )


def told(things: Things) -> dict[str, Any]:
    (line,) = [line for line in things.call("budgets") if line["per"] == "all"]
    return dict(line)


def reasons(things: Things) -> set[tuple[str, str]]:
    """Status and kind of error of the rows that are not completed."""
    return {
        (row["status"], row["kind"])
        for row in things.run(
            "select processing_status::text as status,"
            " processing_error #>> '{params, kind}' as kind"
            " from public.things where processing_status <> 'completed'"
        )
    }


@pytest.mark.thorough
async def test_eight_processes_make_as_many_requests_as_the_budget_allows_and_not_one_more(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach(PIPELINE)
    limit(things, "1")
    used: list[Decimal] = []
    with psycopg.connect(things.database.dsn, autocommit=True) as looking:

        def look(_call: Call) -> None:
            used.extend(looking.execute(USED).fetchone() or ())

        service.on_arrival = look
        await fleet_of(PIPELINE, concurrency=3).start_ready(8)
        things.add(30, wants="3")
        await until(lambda: reasons(things) == {("pending", "month")}, deadline=60)
        service.on_arrival = lambda _call: None
    allowed = int((1 - MOST) / BILLED) + 1
    assert len(service.calls) == allowed
    assert len({call.process for call in service.calls}) > 1
    assert max(used) <= 1
    line = told(things)
    assert (line["spent"], line["reserved"], line["reached"]) == (
        round(allowed * BILLED, 2),
        0,
        True,
    )
    assert (
        things.run("select from public.things where processing_attempts > 0 and said is null") == []
    )

    # More money makes them go on at once.
    limit(things, "100")
    await things.settled()
    assert things.statuses() == {"completed": 30}


async def test_what_a_killed_worker_had_reserved_counts_in_full(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach(PIPELINE)
    limit(things, str(2 * MOST))
    fleet = fleet_of(PIPELINE)
    (victim,) = await fleet.start_ready(1)
    service.hold()
    key = things.add_one(wants="1")
    await service.arrived(1)
    assert told(things)["reserved"] == MOST
    fleet.kill(victim)
    await fleet.start_ready(1)
    service.release()
    await things.reach(key, "completed")
    await until(lambda: (told(things)["spent"], told(things)["reserved"]) == (MOST + BILLED, 0))
    assert len(service.calls) == 2
