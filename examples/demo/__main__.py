"""Runs the demo.

python -m examples.demo                       runs until Ctrl-C, with the page
ONCE=1 python -m examples.demo                ends by itself, without the page
SVG=docs/demo.svg python -m examples.demo     also draws the results of the rows
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from examples.demo.picture import save_picture
from examples.demo.rows import Wanted, wanted
from examples.demo.screen import Screen
from examples.demo.stack import DemoFailed, Stack, running_stack
from examples.demo.user import EMAIL, PASSWORD, Row, User, signed_up
from liverows.base.errors import SetupError

DEADLINE_SECONDS = 60.0
INTERRUPTED = 130
NEXT = (
    "make demo                        the same with a page to sign in to; it stays until Ctrl-C",
    "docs/start.md                    a row of your own table, in five minutes",
    "make docs                        the documentation as a site",
    "OPENAI_API_KEY=... make demo     a model reads what the pages do not state in fields",
)
"""Commands and pages, for a reader who has seen the demo."""
TRY = (
    "two windows                      sign in in both, ask for a row in one, and watch the other",
    "a second worker                  put the lines above into .env, then: .venv/bin/worker run",
    ".venv/bin/worker status          what waits, runs and failed (with the same .env)",
)


def main() -> int:
    """Run the demo; returns 0 if every row ended as it should."""
    screen = Screen()
    try:
        asyncio.run(demo(screen))
    except DemoFailed as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except SetupError as error:
        print(f"demo: {error.message}: {error.cure}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    return 0


async def demo(screen: Screen) -> None:
    """Start all parts, show the rows, check how they ended, and stop all parts."""
    stop_on_sigterm()
    once = os.environ.get("ONCE") not in (None, "", "0")
    async with running_stack(screen.say, page=not once) as stack:
        if not stack.has_language_model:
            screen.say("OPENAI_API_KEY is not set: only what a page states is filled in", "yellow")
        async with signed_up(stack.local) as user:
            if not once:
                screen.say(f"open {stack.local.url} and sign in: {EMAIL}, {PASSWORD}", "bold")
            asked = wanted(stack.site, await user.upload("first-call.wav"))
            rows = await unless_worker_dies(stack, followed(screen, stack, user, asked))
        screen.heading("What the rows hold now, and where each field comes from")
        screen.results(asked, rows)
        screen.heading(f"One row's history: worker explain public.job_positions {rows[0]['id']}")
        await explain(screen, stack, rows[0]["id"])
        judge(asked, rows)
        if picture := os.environ.get("SVG"):
            save_picture(Path(picture), asked, rows)
        screen.say("every row ended as it should", "green")
        if once:
            screen.heading("What to try next")
            screen.lines(NEXT)
        else:
            await stay(screen, stack)


async def followed(screen: Screen, stack: Stack, user: User, asked: list[Wanted]) -> list[Row]:
    """Insert the rows when the worker listens, and show them until all have ended."""
    rows: list[Row] = []
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await stack.worker_listens()
            screen.say("it listens")
            # Without a Data API the Edge Function cannot insert rows.
            directly = bool(stack.local.warnings)
            ids = [await user.ask(one, directly=directly) for one in asked]
            screen.say(f"the user asks for {len(ids)} rows, and does nothing else")
            with screen.following(asked) as follower:
                async for rows in user.watch(asked, ids):
                    follower.show(rows)
    except TimeoutError:
        reached = (
            ", ".join(row["processing_status"] for row in rows) or "the worker does not listen"
        )
        raise DemoFailed(f"not finished after {DEADLINE_SECONDS:g} s: {reached}") from None
    return rows


async def unless_worker_dies(stack: Stack, work: Coroutine[Any, Any, list[Row]]) -> list[Row]:
    """The result of `work`; raises `DemoFailed` as soon as the worker ends."""
    working = asyncio.ensure_future(work)
    dying = asyncio.ensure_future(stack.worker_died())
    try:
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else await dying
    finally:
        working.cancel()
        dying.cancel()
        await asyncio.wait({working, dying})


async def explain(screen: Screen, stack: Stack, row_id: str) -> None:
    """Run the worker's command `explain`, which shows the history of a row."""
    sys.stdout.flush()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "worker", "explain", "public.job_positions", row_id),
        env=stack.environment | screen.environment,
        cwd=stack.log_file.parent,
    )
    if await process.wait() != 0:
        raise DemoFailed("worker explain failed")


def judge(asked: list[Wanted], rows: list[Row]) -> None:
    """Raise `DemoFailed` for the first row that did not end as it should."""
    for one, row in zip(asked, rows, strict=True):
        for problem in one.problems(row):
            raise DemoFailed(f"{one.label}: {problem}")


async def stay(screen: Screen, stack: Stack) -> None:
    """Leave everything running, so that the reader can try it."""
    screen.heading(f"{stack.local.url} stays up until Ctrl-C: sign in as {EMAIL}, {PASSWORD}")
    screen.lines(f"{name}={value}" for name, value in stack.local.environment().items())
    screen.heading("What to try meanwhile")
    screen.lines((*TRY, *NEXT[1:]))
    # Ctrl-C is the normal end, so its error is not shown.
    with suppress(asyncio.CancelledError):
        await stack.worker_died()


def stop_on_sigterm() -> None:
    """End on SIGTERM in the same way as on Ctrl-C, so that everything is removed."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


if __name__ == "__main__":
    sys.exit(main())
