"""The process that does the rows: the raw loop or our worker. Its input says what to do."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import Protocol

import structlog

from bench.conversation import hear, say
from bench.journal import Journal
from bench.worker_config import WorkerConfig


class _Works(Protocol):
    async def run(self) -> None: ...
    async def ready(self) -> None: ...
    def stop(self) -> None: ...


async def main() -> None:
    """Work until `stop` is read or the input ends."""
    lines = await hear()
    config = WorkerConfig(**json.loads(await lines.readline()))
    journal = Journal()
    works = _chosen(config, journal)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(works.run())
        await works.ready()
        say("ready")
        async for line in lines:
            if line.strip() == b"stop":
                break
            _obey(line.decode().split(), journal)
        works.stop()
        await running


def _chosen(config: WorkerConfig, journal: Journal) -> _Works:
    # Each system imports only what it needs, because memory is measured too.
    if config.system == "raw":
        from bench.raw_loop import RawLoop

        return RawLoop(config, journal)
    if config.system == "command":
        from bench.command import Command

        return Command(config, journal)
    from bench.our_worker import OurWorker

    return OurWorker(config, journal)


def _obey(words: list[str], journal: Journal) -> None:
    match words:
        case ["tell_at", count]:
            journal.tell_at(int(count))
        case ["cpu"]:
            say("cpu", seconds=time.process_time())
        case ["starts"]:
            say("starts", starts=journal.starts)
        case ["forget"]:
            journal.starts.clear()
            say("forget")


def _log_warnings_only() -> None:
    # Standard output carries the answers to the measuring process, so the log must not use it.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    _log_warnings_only()
    asyncio.run(main())
