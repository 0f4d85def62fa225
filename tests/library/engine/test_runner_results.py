"""The ways in which a run may end, and what is then written into the row."""

from __future__ import annotations

import asyncio
import shlex
from typing import Any

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from liverows import ONCE, Context, Step
from liverows.base.errors import InvalidInput, Permanent, RateLimited, SetupError, Transient
from liverows.base.sentences import SENTENCES, in_one
from liverows.database.messages import Refusal, SetAside
from liverows.running.metrics import Metrics
from liverows.running.settling import Settling
from liverows.running.workload import Workload
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.queue import Queue
from tests.support.runners import (
    PLAIN,
    Said,
    Thing,
    answer,
    plain_things,
    without_heartbeat,
    working,
)
from tests.support.things import Things

ATTEMPTS = 2


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(
        database, max_attempts=ATTEMPTS, retry_base="0.05 seconds", retry_cap="0.05 seconds"
    )


class Raising:
    """A recipe that raises the same error every time."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.runs = 0

    async def __call__(self, _context: Context[Any], _thing: Thing) -> Said:
        self.runs += 1
        raise self.error


async def ended(things: Things, recipe: Any, status: str, **options: Any) -> dict[str, Any]:
    """Run this recipe on a new row, and return the row when it has the status."""
    key = things.add_one()
    async with working(things, recipe, **options):
        return await things.reach(key, status)


def test_the_command_for_a_row_set_aside_is_safe_to_copy() -> None:
    """Whoever inserts a row may have chosen its key."""
    key = "1; rm -rf ~ $(id) `id` 'x"
    with capture_logs() as lines:
        Settling(Workload(1), Metrics()).set_aside(
            [SetAside("read", "public.things", key, Refusal("P0001"))]
        )
    command = lines[0]["cure"].removesuffix("` says what refuses the row").removeprefix("`")
    assert shlex.split(command) == ["liverows", "explain", "public.things", key]


async def test_a_result_is_written_into_the_row(things: Things) -> None:
    key = things.add_one(wants="soup")
    async with working(things) as desk:
        row = await things.reach(key, "completed")
        await until(lambda: desk.value("liverows_claimed_rows_total") == 1)
    assert (row["said"], row["progress"], row["error"]) == ("soup", 100, None)
    assert things.kinds(key) == ["completed"]


async def test_a_transient_error_is_tried_again_until_the_attempts_are_spent(
    things: Things,
) -> None:
    recipe = Raising(Transient("The far end is down.", code="provider_error"))
    row = await ended(things, recipe, "failed")
    assert recipe.runs == row["attempts"] == ATTEMPTS
    assert row["error"]["code"] == "provider_error"
    assert row["error"]["message"] == "The far end is down."


@pytest.mark.parametrize("error", [Permanent("No."), InvalidInput("Not a URL.")])
async def test_an_error_that_will_not_pass_fails_the_row_at_once(
    things: Things, error: Permanent
) -> None:
    recipe = Raising(error)
    row = await ended(things, recipe, "failed")
    assert (recipe.runs, row["attempts"]) == (1, 1)
    assert row["error"]["code"] == error.code
    assert row["error"]["message"] == error.message
    assert row["error"]["retryable"] is False


async def test_of_a_bug_the_row_learns_that_there_is_one_and_the_log_the_rest(
    things: Things,
) -> None:
    with capture_logs() as logs:
        row = await ended(things, Raising(KeyError("secret-of-the-page")), "failed")
    assert row["error"]["code"] == "internal"
    assert "secret-of-the-page" not in str(row)
    broke = [line for line in logs if line["event"] == "run_broke"]
    assert len(broke) == ATTEMPTS
    for exception in (broke[0]["raised"], things.events("failed")[0]["data"]["exception"]):
        assert (exception["type"], exception["text"]) == ("KeyError", "'secret-of-the-page'")
        assert "test_runner_results.py, line " in exception["frames"][-1]


async def test_parallel_failures_are_judged_as_one(things: Things) -> None:
    group = ExceptionGroup("two", [Transient("Later."), Permanent("Never.", code="gone")])
    row = await ended(things, Raising(group), "failed")
    assert (row["error"]["code"], row["attempts"]) == ("gone", 1)


async def test_a_run_that_takes_too_long_ends_with_its_stage(database: Database) -> None:
    async def sleepy(thing: int) -> str:
        await asyncio.Event().wait()
        return ""

    step = Step("sleep", sleepy, retry=ONCE, stage="Sleeping")

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        return Said(said=await context.run(step, thing.id))

    things = plain_things(database, timeout="0.3 seconds", max_attempts=1)
    row = await ended(things, recipe, "failed", steps=(step,))
    assert row["error"]["code"] == "timeout"
    assert row["error"]["stage"] == "Sleeping"


class Undeclared(BaseModel):
    colour: str = "red"


async def paint(_context: Context[Any], _thing: Thing) -> Undeclared:
    return Undeclared(colour="blue")


async def chatter(_context: Context[Any], thing: Thing) -> Said:
    return Said(said="x" * (1000 if thing.wants == "too much" else 1))


async def test_an_output_that_is_not_declared_fails_its_row(things: Things) -> None:
    row = await ended(things, paint, "failed", outputs=Undeclared)
    assert row["error"]["code"] == "bad_output"
    assert row["error"]["retryable"] is False


async def test_an_output_that_the_table_refuses_fails_its_row_and_no_neighbour(
    things: Things,
) -> None:
    bad = things.add_one(wants="too much")
    things.add(9)
    async with working(things, chatter):
        await things.settled()
    assert things.statuses() == {"completed": 9, "failed": 1}
    error = things.look(bad)["error"]
    assert (error["code"], error["message"]) == ("bad_output", in_one(SENTENCES["bad_output"]))
    (event,) = things.events("output_refused", bad)
    assert "things_said_check" in event["data"]["message"]


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["NUL", "half a surrogate"])
async def test_text_that_jsonb_refuses_reaches_the_row_without_it(
    things: Things, text: str
) -> None:
    async def recipe(_context: Context[Any], thing: Thing) -> Said:
        if thing.wants == "fail":
            raise Permanent(f"The page said {text}.")
        return Said(said=text)

    failed, done = things.add_one(wants="fail"), things.add_one()
    async with working(things, recipe):
        await things.settled()
    assert things.look(done)["said"].replace("?", "") == "ab"
    assert things.look(failed)["error"]["message"].replace("?", "") == "The page said ab."


async def test_a_rate_limit_puts_the_row_back_and_costs_no_attempt(
    things: Things, database: Database, connect: Connections
) -> None:
    things.attach(PLAIN, providers=["oracle"], max_attempts=ATTEMPTS)
    limited = RateLimited("Too fast.", retry_after=60, provider="oracle")
    key = things.add_one()
    async with working(things, Raising(limited)) as desk:
        await until(lambda: things.kinds(key) == ["waiting"])
        row = things.look(key)
        assert (row["status"], row["attempts"]) == ("pending", 0)
        assert row["error"]["code"] == "provider_rate_limited"
        assert 50 < (row["not_before"] - things.now()).total_seconds() <= 60

        # The provider is closed for every worker: a new row waits, and another worker gets none.
        things.add_one()
        other = Queue(connect(database, "service_role"))
        answered = other.claim_answer(PLAIN)
        assert answered["rows"] == []
        assert 50 < answered["closed"]["oracle"] <= 60
        await until(lambda: desk.runner.health.claim_finished is not None)
    assert things.statuses() == {"pending": 2}


async def test_a_short_closure_is_waited_for_and_then_the_rows_run(things: Things) -> None:
    things.attach(PLAIN, providers=["oracle"])
    errors = [RateLimited("Too fast.", retry_after=0.4, provider="oracle")]

    async def recipe(_context: Context[Any], thing: Thing) -> Said:
        if errors:
            raise errors.pop()
        return await answer(_context, thing)

    key = things.add_one()
    async with working(things, recipe):
        row = await things.reach(key, "completed")
    assert row["attempts"] == 1
    assert things.kinds(key) == ["waiting", "completed"]


async def test_a_stale_result_is_refused_and_counted(things: Things) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def recipe(_context: Context[Any], thing: Thing) -> Said:
        entered.set()
        await leave.wait()
        return Said(said="too late")

    key = things.add_one()
    transport = without_heartbeat(things.database)
    async with working(things, recipe, listens=False, transport=transport) as desk:
        await entered.wait()
        await transport.turn_deaf()
        things.set_status(key, "cancelled")
        leave.set()
        await until(lambda: desk.value("liverows_stale_writes_refused_total") == 1)
    row = things.look(key)
    assert (row["status"], row["said"]) == ("cancelled", None)
    assert things.kinds(key) == ["status_set", "stale_write_refused"]


async def test_a_refused_checkpoint_counts_as_a_stale_write(things: Things) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def pay(thing: int) -> str:
        entered.set()
        await leave.wait()
        return "paid"

    step = Step("pay", pay)

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        return Said(said=await context.run(step, thing.id))

    key = things.add_one()
    transport = without_heartbeat(things.database)
    async with working(things, recipe, steps=(step,), listens=False, transport=transport) as desk:
        await entered.wait()
        await transport.turn_deaf()
        things.set_status(key, "pending")
        things.set_status(key, "cancelled")
        leave.set()
        await until(lambda: desk.value("liverows_stale_writes_refused_total") == 1)
    assert things.look(key)["said"] is None
    assert things.run("select from processing.checkpoints") == []


async def test_an_owner_does_not_read_what_only_an_operator_can_mend(things: Things) -> None:
    async def asks_wrongly(_context: Context[Any], _thing: Thing) -> Said:
        raise SetupError('the database answered 42703: column "mood" is gone', cure="attach again")

    row = await ended(things, asks_wrongly, "failed")
    assert "mood" not in row["error"]["message"]
    (event,) = things.events("failed")
    assert '"mood"' in event["data"]["reason"]
