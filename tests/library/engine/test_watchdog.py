"""A blocked event loop is noticed while it is blocked, and the log names the blocking code."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.testing import capture_logs

from liverows.running.watchdog import watching
from tests.support.doorbells import until


async def test_a_loop_that_turns_ticks_without_lag() -> None:
    lags: list[float] = []
    with capture_logs() as logs:
        async with watching(lags.append, interval=0.02, limit=60):
            await until(lambda: len(lags) >= 3)
    assert min(lags) < 0.5
    assert logs == []


async def test_a_blocked_loop_is_logged_with_the_code_that_blocks_it() -> None:
    lags: list[float] = []
    told = threading.Event()
    lines: list[dict[str, Any]] = []

    def note(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        lines.append(dict(event))
        told.set()
        raise structlog.DropEvent

    def block_until_it_is_told() -> bool:
        return told.wait(60)

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[note])
    try:
        async with watching(lags.append, interval=0.02, limit=0.5):
            assert block_until_it_is_told(), "it was not noticed while it lasted"
            await until(lambda: bool(lags))
    finally:
        structlog.configure(processors=before)
    assert [line["event"] for line in lines] == ["event_loop_blocked"]
    assert any("block_until_it_is_told" in frame for frame in lines[0]["at"])
    assert max(lags) >= 0.5


async def test_each_block_is_logged_once() -> None:
    lags: list[float] = []
    with capture_logs() as logs:
        async with watching(lags.append, interval=0.02, limit=0.5):
            time.sleep(1.2)  # noqa: ASYNC251 - the block under test
            await until(lambda: bool(lags))
    assert [line["event"] for line in logs].count("event_loop_blocked") == 1


async def test_the_watch_ends_with_the_block() -> None:
    def watchers() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if thread.name == "loop-watchdog"}

    # Threads of earlier tests may end while this test runs, so only the new thread counts.
    before = watchers()
    async with watching(lambda _: None, interval=0.02):
        await asyncio.sleep(0)
        own = watchers() - before
        assert len(own) == 1
    await until(lambda: not own & watchers())
