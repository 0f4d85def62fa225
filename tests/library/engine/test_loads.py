"""What one statement carries, seen from a fake transport that has rows of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from liverows import Context, Pipeline
from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.contract import refusal
from liverows.running.runner import Runner
from tests.support.doorbells import until
from tests.support.runners import PLAIN, QUICK, Recipe, Said, Thing, answer

SLOTS = 10


class Shelf:
    """A fake database with so many rows and a round trip of `seconds`. `loads` are the numbers of
    results that each statement brought."""

    kind = "postgres"

    def __init__(self, rows: int, seconds: float = 0.0) -> None:
        self.rows = rows
        self.loads: list[int] = []
        self.emptied = asyncio.Event()
        self._seconds = seconds
        self._done = 0
        self._claimed = 0

    async def call(self, function: str, arguments: Any) -> Json:
        await asyncio.sleep(self._seconds)  # the round trip
        match function:
            case "contract_version":
                return 1
            case "heartbeat":
                return {"lost": [], "cancelled": [], "others_hold": False, "closed": {}}
            case "claim" | "finish_and_claim" | "finish":
                finished = self._finish(arguments.get("results", []))
                return finished if function == "finish" else self._claim(arguments)
        return None

    async def close(self) -> None:
        """There is nothing to close."""

    def _finish(self, results: list[JsonObject]) -> Json:
        if results:
            self.loads.append(len(results))
        self._done += len(results)
        if self._done == self.rows:
            self.emptied.set()
        named = ("table", "id", "run", "nonce")
        return [{**{name: one[name] for name in named}, "outcome": "done"} for one in results]

    def _claim(self, arguments: Any) -> Json:
        first = self._claimed
        self._claimed = min(self.rows, first + arguments["slots"])
        rows: list[Json] = [_row(number) for number in range(first, self._claimed)]
        batch: Json = {
            "table": "public.things",
            "pipeline": PLAIN,
            "max_attempts": 3,
            "timeout_seconds": 60.0,
            "rows": rows,
        }
        return {"batches": [batch], "finished": [], "next_due_seconds": None, "closed": {}}


def _row(number: int) -> JsonObject:
    return {
        "id": str(number),
        "run": 1,
        "nonce": str(number),
        "attempt": 1,
        "inputs": {"id": number},
        "edited": [],
        "checkpoints": None,
        "late_ms": 1.0,
    }


def runner(shelf: Shelf, recipe: Recipe = answer, *, ahead: bool = False) -> Runner:
    pipeline: Pipeline[Thing, Any] = Pipeline(PLAIN, inputs=Thing, outputs=Said, claim_ahead=ahead)
    pipeline(recipe)
    return Runner(ContractClient(shelf), {PLAIN: pipeline}, None, concurrency=SLOTS, timings=QUICK)


@asynccontextmanager
async def at_work(runner: Runner) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        runner.stop()
        await asyncio.wait({task}, timeout=60)


async def test_results_of_rows_that_wait_for_nothing_leave_in_one_statement() -> None:
    shelf = Shelf(20 * SLOTS)
    async with at_work(runner(shelf)):
        await shelf.emptied.wait()
    assert shelf.loads == [SLOTS] * 20


async def test_a_lone_result_leaves_while_others_still_run() -> None:
    shelf = Shelf(SLOTS)
    opened = asyncio.Event()

    async def one_is_quick(_context: Context[Any], thing: Thing) -> Said:
        if thing.id:
            await opened.wait()
        return Said(said="x")

    async with at_work(runner(shelf, one_is_quick)):
        await until(lambda: bool(shelf.loads))
        assert shelf.loads == [1]
        opened.set()
        await shelf.emptied.wait()


async def test_short_rows_that_are_claimed_ahead_fill_their_statements() -> None:
    # A round trip that is long beside a row on a busy machine too.
    shelf = Shelf(2000, seconds=0.1)
    async with at_work(runner(shelf, ahead=True)):
        await shelf.emptied.wait()
    # A full load is half of nine rows per slot. The first and the last statements carry less.
    full = [load for load in shelf.loads if load >= 4 * SLOTS]
    assert sum(full) >= 0.5 * shelf.rows


async def test_a_defect_outside_of_a_pipeline_ends_the_worker_and_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = asyncio.Event()
    ended = []

    async def one_waits(_context: Context[Any], thing: Thing) -> Said:
        if thing.id == 0:
            inside.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(thing.id)
        await inside.wait()
        return Said(said="x")

    broken = runner(Shelf(2), one_waits)

    def breaks(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(broken.metrics, "row_finished", breaks)
    async with at_work(broken) as task:
        with pytest.raises(ExceptionGroup) as caught:
            async with asyncio.timeout(60):
                await task
    assert caught.group_contains(LookupError)
    assert ended == [0]


class Picky(Shelf):
    """Refuses every statement with the result of row 0, like a server that refuses a statement
    that is too large."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.codes: dict[str, str | None] = {}

    async def call(self, function: str, arguments: Any) -> Json:
        for result in arguments.get("results", []):
            if result["id"] == "0" and result["action"] == "complete":
                raise refusal("54000", "total size exceeds the maximum", function=function)
            self.codes[result["id"]] = result.get("error", {}).get("code")
        return await super().call(function, arguments)


async def test_a_result_that_no_statement_can_carry_fails_its_row_and_no_other() -> None:
    shelf = Picky(SLOTS)
    async with at_work(runner(shelf)), asyncio.timeout(60):
        await shelf.emptied.wait()
    assert shelf.codes == {str(n): None for n in range(1, SLOTS)} | {"0": "bad_output"}
