"""The cases of a run, their sizes, and the case that each is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import edge_functions, scenarios
from bench.scenarios import Numbers
from bench.systems import (
    COMMANDS,
    MANY_OWNERS,
    NEVER_AHEAD,
    OURS,
    PLAIN,
    PLAIN_NEVER_AHEAD,
    RAW,
    System,
)
from bench.worker_config import DoorbellName
from liverows.testing.postgres import PostgresServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The number of rows of each scenario, their rates, and waits in seconds.

    `settle_seconds` is the wait before idle transactions are counted, because a session that
    has nothing to do reports its earlier transactions only after 10 s.
    """

    pickup: int = 300
    end_to_end: int = 2000
    drain: int = 5000
    sleeping: int = 500
    shared: int = 20000
    steps: int = 1000
    far: int = 2000
    takeover: int = 5
    idle_seconds: float = 30.0
    settle_seconds: float = 13.0
    per_second: float = 20.0
    end_to_end_per_second: float = 200.0
    sleep_seconds: float = 0.2


QUICK = Sizes(
    pickup=60, end_to_end=400, drain=1500, shared=3000, steps=300, far=400, idle_seconds=10.0
)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a table. `yardstick` is the label of the line that it is compared with."""

    label: str
    run: Callable[[PostgresServer], Numbers]
    yardstick: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One table. `lead` is the name of the number that is compared."""

    name: str
    title: str
    lead: str
    cases: tuple[Case, ...]


def plan(sizes: Sizes) -> list[Scenario]:
    """Every scenario, in the order of the report."""
    return [
        _pickup(sizes),
        _end_to_end(sizes),
        _drain(sizes),
        _command(sizes),
        _processes(sizes),
        _conditions(sizes),
        _steps(sizes),
        _far(sizes),
        _sleeping(sizes),
        _idle(sizes),
        _takeover(sizes),
        _restart(sizes),
        _start(sizes),
        _doorbells(sizes),
        _edge_functions(),
    ]


def _pickup(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.pickup(
            server, system, rows=sizes.pickup, per_second=sizes.per_second
        )

    title = f"Pickup: commit of the insert to handler start, {sizes.per_second:g} rows/s"
    cases = (Case("raw", case(RAW)), Case("worker", case(OURS), "raw"), *_commands(case))
    return Scenario("pickup", title, "p50 ms", cases)


def _end_to_end(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.end_to_end(
            server, system, rows=sizes.end_to_end, per_second=sizes.end_to_end_per_second
        )

    rate = f"{sizes.end_to_end_per_second:g} rows/s"
    title = f"End to end: call of the insert to durable result, {rate}"
    cases = (Case("raw", case(RAW)), Case("worker", case(OURS), "raw"), *_commands(case))
    return Scenario("end-to-end", title, "p50 ms", cases)


def _drain(sizes: Sizes) -> Scenario:
    def case(system: System, concurrency: int) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.drain(
            server, system, rows=sizes.drain, concurrency=concurrency
        )

    cases = []
    for slots in (10, 50):
        raw = f"raw, {slots} slots"
        cases += [
            Case(raw, case(RAW, slots)),
            Case(f"worker, {slots} slots", case(OURS, slots), raw),
            Case(f"worker, {slots} slots, no owners", case(PLAIN, slots), raw),
            Case(f"never ahead, {slots} slots", case(NEVER_AHEAD, slots), raw),
            Case(f"never ahead, {slots} slots, no owners", case(PLAIN_NEVER_AHEAD, slots), raw),
        ]
    title = f"Drain: {sizes.drain} waiting no-op rows of 2 kB"
    return Scenario("drain", title, "rows/s", tuple(cases))


def _far(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.drain(
            server, system, rows=sizes.far, concurrency=10, link="far"
        )

    title = f"Drain with 10 ms added to each round trip: {sizes.far} rows, 10 slots"
    cases = (
        Case("raw", case(RAW)),
        Case("worker", case(OURS), "raw"),
        Case("worker, never ahead", case(NEVER_AHEAD), "raw"),
    )
    return Scenario("far", title, "rows/s", cases)


def _sleeping(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.sleeping(
            server, system, rows=sizes.sleeping, concurrency=50, seconds=sizes.sleep_seconds
        )

    title = f"I/O: {sizes.sleeping} rows that wait {sizes.sleep_seconds:g} s, 50 slots"
    cases = (Case("raw", case(RAW)), Case("worker", case(OURS), "raw"))
    return Scenario("io", title, "seconds", cases)


def _idle(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.idle(
            server, system, seconds=sizes.idle_seconds, settle=sizes.settle_seconds
        )

    title = f"Idle: {sizes.idle_seconds:g} s of nothing to do, 10 slots"
    cases = (Case("raw", case(RAW)), Case("worker", case(OURS), "raw"))
    return Scenario("idle", title, "xact/s", cases)


def _command(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.drain(server, system, rows=sizes.drain, concurrency=10)

    title = f"Drain by the whole command: {sizes.drain} rows of its first pipeline, 10 slots"
    return Scenario("command", title, "rows/s", (Case("raw", case(RAW)), *_commands(case)))


def _commands(case: Callable[[System], Callable[[PostgresServer], Numbers]]) -> list[Case]:
    return [
        Case(f"command, {count} pipeline{'s' if count > 1 else ''}", case(system), "raw")
        for count, system in COMMANDS.items()
    ]


def _processes(sizes: Sizes) -> Scenario:
    def case(system: System, processes: int) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.shared_drain(
            server, system, rows=sizes.shared, concurrency=10, processes=processes
        )

    cases = []
    for count in (1, 4, 8):
        raw = f"raw x {count}"
        cases += [Case(raw, case(RAW, count)), Case(f"worker x {count}", case(OURS, count), raw)]
    title = f"Processes: {sizes.shared} waiting no-op rows, 10 slots each"
    return Scenario("processes", title, "rows/s", tuple(cases))


def _conditions(sizes: Sizes) -> Scenario:
    def case(system: System, **conditions: Any) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.drain(
            server, system, rows=sizes.drain, concurrency=10, **conditions
        )

    cases = (
        Case("raw", case(RAW)),
        Case("worker", case(OURS), "raw"),
        Case("raw, long transaction", case(RAW, beside="long transaction")),
        Case(
            "worker, long transaction",
            case(OURS, beside="long transaction"),
            "raw, long transaction",
        ),
        Case("worker, 5,000 owners", case(MANY_OWNERS), "raw"),
        Case("worker, Data API", case(OURS, link="data api"), "raw"),
    )
    title = f"Conditions: {sizes.drain} waiting no-op rows, 10 slots"
    return Scenario("conditions", title, "rows/s", cases)


def _steps(sizes: Sizes) -> Scenario:
    def case(steps: int) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.drain(
            server, OURS, rows=sizes.steps, concurrency=10, steps=steps
        )

    cases = (Case("no step", case(0)), Case("3 steps", case(3), "no step"))
    title = f"Steps: {sizes.steps} rows; the result of a step has the size of the row"
    return Scenario("steps", title, "WAL kB/row", cases)


def _start(_sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.start(server, system)

    cases = (Case("raw", case(RAW)), Case("worker", case(OURS), "raw"), *_commands(case))
    return Scenario("start", "Start of a process until it works", "CPU s", cases)


def _restart(sizes: Sizes) -> Scenario:
    def case(system: System) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.restart(server, system, rows=sizes.takeover)

    title = f"Restart: kill -9 of the only worker with {sizes.takeover} rows, new one started"
    cases = (Case("worker", case(OURS)), Case("command, 1 pipeline", case(COMMANDS[1])))
    return Scenario("restart", title, "first s", cases)


def _takeover(sizes: Sizes) -> Scenario:
    case = Case("worker", lambda server: scenarios.takeover(server, rows=sizes.takeover))
    title = f"Takeover: kill -9 of a worker with {sizes.takeover} rows, seconds to their restart"
    return Scenario("takeover", title, "first s", (case,))


def _doorbells(sizes: Sizes) -> Scenario:
    def case(doorbell: DoorbellName) -> Callable[[PostgresServer], Numbers]:
        return lambda server: scenarios.pickup(
            server, OURS, rows=sizes.pickup, per_second=sizes.per_second, doorbell=doorbell
        )

    title = (
        f"Pickup by doorbell: commit of the insert to handler start, {sizes.per_second:g} rows/s"
    )
    cases = (
        Case("notify", case("notify")),
        Case("realtime (local stand-in)", case("realtime")),
        Case("none: sweep only", case("sweep")),
    )
    return Scenario("doorbells", title, "p50 ms", cases)


def _edge_functions() -> Scenario:
    def case(path: str) -> Callable[[PostgresServer], Numbers]:
        # The local stack has its own server, so the benchmark's is not used.
        return lambda _server: edge_functions.post(path)

    cases = tuple(Case(path, case(path)) for path in edge_functions.REQUESTS)
    return Scenario("post", "Edge Functions: POST to 201, no model key", "p95 ms", cases)
