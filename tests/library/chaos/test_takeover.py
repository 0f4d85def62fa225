"""A worker that dies, hangs or leaves: others go on, and nothing is done or paid twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from tests.support.doorbells import until
from tests.support.paid_service import PaidService
from tests.support.things import Things
from tests.support.workers import Fleet


async def test_the_rows_of_a_killed_worker_run_elsewhere_long_before_its_lease_ends(
    things: Things,
    service: PaidService,
    fleet_of: Callable[..., Fleet],
    figure: Callable[[str, float], None],
) -> None:
    things.attach("three-steps", lease="5 minutes")
    fleet = fleet_of("three-steps")
    (victim,) = await fleet.start_ready(1)
    # One row has its first step behind it and waits in the second, four wait in the first.
    service.on_arrival = lambda call: service.hold() if call.step == "think" else None
    keys = things.add(1)
    await service.arrived(2)
    service.on_arrival = lambda _: None
    keys += things.add(4)
    await service.arrived(6)
    await fleet.start_ready(2)

    killed_at = time.monotonic()
    fleet.kill(victim)
    await until(lambda: len(things.take_backs()) == 5)
    figure("takeover after kill -9, seconds", time.monotonic() - killed_at)
    service.release()
    await things.settled()

    assert things.statuses() == {"completed": 5}
    assert len(things.events("completed")) == 5
    survivors = {process.pid for process in fleet.processes}
    assert {things.look(key)["by_process"] for key in keys} <= survivors
    # The step that was stored is not paid for again, the ones in flight are.
    paid = service.count()
    assert paid[keys[0], "read"] == 1
    assert paid[keys[0], "think"] == 2


async def test_a_frozen_worker_wakes_up_to_refusals(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach("three-steps", lease="4 seconds")
    fleet = fleet_of("three-steps", heartbeat=0.5)
    (frozen,) = await fleet.start_ready(1)
    service.hold()
    keys = things.add(3)
    await service.arrived(3)
    assert frozen.pid is not None
    os.kill(frozen.pid, signal.SIGSTOP)
    other = fleet.start()

    # Rows whose worker seems to have died run alone, so one at a time.
    await service.arrived(4)
    service.release()
    await things.settled()
    done = {key: things.look(key) for key in keys}
    os.kill(frozen.pid, signal.SIGCONT)
    await until(lambda: stopped_runs(fleet) == set(keys))

    assert things.take_backs() == ["worker_crashed"] * 3
    assert [row["by_process"] for row in done.values()] == [other.pid] * 3
    assert {key: things.look(key) for key in keys} == done
    assert len(things.events("completed")) == 3


async def test_a_poison_row_fails_alone(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach("may-poison")
    fleet = fleet_of("may-poison", concurrency=30)
    things.add(25)
    poison = things.add_one(poison=True)
    things.add(25)
    async with fleet.supervised():
        fleet.start()
        fleet.start()
        await things.settled(deadline=60)

    assert things.statuses() == {"completed": 50, "failed": 1}
    row = things.look(poison)
    assert row["status"] == "failed"
    assert row["error"]["code"] == "worker_crashed"
    assert len(things.events("completed")) == 50


async def test_a_worker_told_to_stop_hands_its_rows_over(
    things: Things, service: PaidService, fleet_of: Callable[..., Fleet]
) -> None:
    things.attach("three-steps")
    fleet = fleet_of("three-steps", grace=0.2)
    (leaving,) = await fleet.start_ready(1)
    service.hold()
    keys = things.add(10)
    await service.arrived(10)
    (staying,) = await fleet.start_ready(1)

    fleet.processes.remove(leaving)
    leaving.terminate()
    await service.arrived(20)
    service.release()
    await things.settled()
    leaving.join(60)

    assert leaving.exitcode == 0
    rows = [things.look(key) for key in keys]
    assert [row["status"] for row in rows] == ["completed"] * 10
    assert {row["attempts"] for row in rows} == {1}
    assert {row["by_process"] for row in rows} == {staying.pid}
    assert things.take_backs() == []
    assert len(things.events("released")) == 10


def stopped_runs(fleet: Fleet) -> set[str]:
    """Rows that a worker gave up because they were not its own any more."""
    words = ("run_stopped", "run_taken_away", "checkpoint_unwritten")
    return {str(line["row"]) for word in words for line in fleet.log_lines(word)}
