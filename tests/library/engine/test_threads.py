"""Blocking code of a step: in a thread of its pipeline, or refused when the step is declared."""

from __future__ import annotations

import asyncio
import functools
import gc
import io
import logging
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from pydantic import BaseModel
from structlog.testing import capture_logs

from liverows import (
    Context,
    Pipeline,
    Retry,
    SetupError,
    Step,
    idempotency_key,
    in_thread,
    record_usage,
)
from liverows.base.log import configure_logging
from liverows.base.settings import Settings
from liverows.base.usage import collect_usage
from liverows.recipe.idempotency import open_key
from liverows.recipe.threads import Threads, use_threads
from liverows.running.broken import described
from tests.support.clock import settle
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import Said, Thing, plain_things, working
from tests.support.things import Things

DEADLINE = 60.0


def shout(text: str) -> str:
    """Say it loudly, in a thread."""
    return f"{text.upper()} in {threading.current_thread().name}"


async def whisper(text: str) -> str:
    return text


def test_a_plain_function_is_refused_when_the_step_is_declared() -> None:
    with pytest.raises(SetupError, match="shout is a plain function") as caught:
        Step("shout", shout)  # type: ignore[arg-type] # this is what a newcomer writes
    assert "in_thread" in caught.value.cure
    with pytest.raises(SetupError, match="shout is a plain function"):
        Step("whisper", whisper, fallback=shout)  # type: ignore[arg-type] # likewise


def test_an_async_function_below_a_decorator_is_accepted() -> None:
    @functools.wraps(whisper)
    def decorated(text: str) -> Any:
        return whisper(text)

    Step("whisper", decorated)


async def test_a_blocking_step_runs_in_a_thread_and_the_row_is_completed(
    database: Database,
) -> None:
    step = Step("shout", in_thread(shout))

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        return Said(said=await context.run(step, thing.wants or ""))

    things = plain_things(database)
    key = things.add_one(wants="soup")
    async with working(things, recipe, steps=(step,)):
        row = await things.reach(key, "completed")
    assert row["said"] == "SOUP in shout"


async def test_a_full_pool_holds_up_only_its_own_pipeline() -> None:
    full, free = Threads(limit=1), Threads(limit=1)
    opened = threading.Event()

    def wait() -> bool:
        return opened.wait(DEADLINE)

    holding = asyncio.create_task(full.run(wait, "wait"))
    queued = asyncio.create_task(full.run(lambda: 1, "one"))
    assert await free.run(lambda: 2, "two") == 2
    assert not queued.done()
    opened.set()
    assert await holding
    assert await queued == 1


async def test_after_a_timeout_the_thread_keeps_its_place_until_it_ends() -> None:
    threads = Threads(limit=1)
    opened = threading.Event()
    with capture_logs() as logs:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await threads.run(functools.partial(opened.wait, DEADLINE), "wait")
        later = asyncio.create_task(threads.run(lambda: 1, "one"))
        await settle()
        assert not later.done()
        opened.set()
        assert await later == 1
    assert [(line["event"], line["function"]) for line in logs] == [("thread_works_on", "wait")]


async def test_usage_and_key_of_the_step_reach_the_thread() -> None:
    key = UUID(int=7)
    heard_in: list[str] = []

    def call() -> str | None:
        record_usage("m", input_tokens=3)
        return idempotency_key()

    use_threads(Threads())
    with (
        open_key(key),
        collect_usage(lambda _usage: heard_in.append(threading.current_thread().name)) as reports,
    ):
        assert await in_thread(call)() == str(key)
    assert [report.input_tokens for report in reports] == [3]
    assert heard_in == [threading.main_thread().name]


@pytest.mark.parametrize("error", [ValueError("no"), StopIteration("no"), SystemExit(3)])
async def test_what_a_thread_raises_is_raised_where_it_is_awaited(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(BaseException, match=r"no|3"):
        await in_thread(fail)()


class Deep(BaseModel):
    size: int


async def test_an_operator_reads_what_a_recipe_raised_and_the_row_does_not(
    database: Database,
) -> None:
    async def measure(text: str) -> int:
        try:
            return Deep.model_validate({"size": text}).size
        except ValueError as error:
            raise RuntimeError("cannot measure, said sb_secret_abcdefgh") from error

    step = Step("measure", measure, retry=Retry(attempts=1))

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        size = await context.run(step, thing.wants or "")
        return Said(said=str(size))

    things: Things = plain_things(database, max_attempts=1)
    key = things.add_one(wants="private words")
    with capture_logs() as logs:
        async with working(things, recipe, steps=(step,)):
            row = await things.reach(key, "failed")
            await until(lambda: bool(things.events("failed")))
    (failed,) = things.events("failed")
    exception = failed["data"]["exception"]
    assert exception["type"] == "RuntimeError"
    assert exception["text"] == "cannot measure, said sb_secret_***"
    assert exception["caused_by"].startswith("pydantic_core._pydantic_core.ValidationError: Deep: ")
    assert "private words" not in str(exception)
    assert " in measure" in exception["frames"][-1]
    assert "cannot measure" not in str(row["error"])
    # The watchdog may speak too, if the machine stands still.
    broke = [
        line
        for line in logs
        if line["log_level"] == "error" and line["event"] != "event_loop_blocked"
    ]
    assert [line["event"] for line in broke] == ["run_broke"]
    assert str(broke[0]).count("\n") == 0


async def test_on_a_console_what_a_recipe_raised_is_one_line_with_its_place(
    database: Database,
) -> None:
    async def recipe(_context: Context[Any], _thing: Thing) -> Said:
        raise ZeroDivisionError("nothing to share")

    out = io.StringIO()
    root, level = logging.getLogger().handlers, logging.getLogger().level
    configure_logging(Settings(_env_file=None, log_format="console", log_level="warning"), out)
    try:
        things = plain_things(database, max_attempts=1)
        key = things.add_one()
        async with working(things, recipe):
            await things.reach(key, "failed")
    finally:
        logging.getLogger().handlers, logging.getLogger().level = root, level
        structlog.reset_defaults()
    (line,) = [line for line in out.getvalue().splitlines() if "run_broke" in line]
    assert "nothing to share" in line
    assert "test_threads.py, line " in line
    assert len(out.getvalue().splitlines()) <= 25


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_an_error_without_words_and_a_lost_folder_are_described_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    try:
        raise Silent
    except Silent as error:
        found = described(error)
    assert found["text"] == "(its text cannot be made: RuntimeError)"
    assert "test_threads.py, line " in str(found["frames"])


async def test_a_thread_that_does_not_start_gives_its_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = Threads(limit=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more_threads)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            await threads.run(lambda: 1, "one")
    assert await threads.run(lambda: 1, "one") == 1


def no_more_threads(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


async def test_a_late_error_of_a_thread_that_nobody_waits_for_is_no_error_of_the_loop() -> None:
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(context))
    threads, opened = Threads(limit=1), threading.Event()

    def fail() -> None:
        opened.wait(DEADLINE)
        raise ValueError("late")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await threads.run(fail, "fail")
    opened.set()
    assert await threads.run(lambda: 1, "one") == 1
    gc.collect()
    assert heard == []


async def test_a_pipeline_that_is_added_to_a_running_worker_has_threads_too(
    database: Database,
) -> None:
    step = Step("shout", in_thread(shout))
    later = Pipeline("later", inputs=Thing, outputs=Said, steps=(step,))

    @later
    async def recipe(context: Context[Any], thing: Thing) -> Said:
        return Said(said=await context.run(step, thing.wants or ""))

    things = plain_things(database)
    async with working(things) as desk:
        await things.reach(things.add_one(), "completed")
        things.call("detach", table="public.things", pipeline="plain")
        things.attach("later")
        desk.runner.serve({"later": later})
        key = things.add_one(wants="soup")
        row = await things.reach(key, "completed")
    assert row["said"] == "SOUP in shout"


async def test_an_output_of_a_wrong_type_is_named(database: Database) -> None:
    async def recipe(_context: Context[Any], _thing: Thing) -> Said:
        wrong: Any = object()
        return Said.model_construct({"said"}, said=wrong)

    things = plain_things(database, max_attempts=1)
    key = things.add_one()
    async with working(things, recipe):
        await things.reach(key, "failed")
    (failed,) = things.events("failed")
    assert failed["data"]["reason"] == "said of Said does not fit its declaration"
