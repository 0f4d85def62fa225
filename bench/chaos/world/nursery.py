"""Forks worker processes from one that has imported everything, and tells of their ends.

It reads a line of JSON for each worker: {slot, log, environment}. It writes {slot, pid} for each
start and {pid, ended} for each end. When its input ends, it kills all workers and ends.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import sys
from typing import Any, NoReturn

PACKAGE = "bench.chaos.served"
PRELOADED = (
    PACKAGE,
    "asyncpg",
    "liverows.database.data_api",
    "liverows.doorbells.realtime",
    "liverows.running.process",
)
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def _work(told: dict[str, Any]) -> NoReturn:
    """The worker's process: what the command `liverows run` does after its imports."""
    from liverows.base.log import configure_logging
    from liverows.base.settings import load_settings
    from liverows.running.process import run_worker

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    os.environ.update(told["environment"])
    log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 1
    try:
        settings = load_settings(None)
        configure_logging(settings)
        asyncio.run(run_worker(settings, [PACKAGE]))
        code = 0
    except BaseException as error:
        print(f"ended by {error!r}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _preload() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _say(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _reap(living: set[int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        living.discard(pid)
        _say(pid=pid, ended=os.waitstatus_to_exitcode(status))


def main() -> None:
    """Serve until the input ends."""
    _preload()
    woken, waker = os.pipe()
    for end in (woken, waker):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    living: set[int] = set()
    buffered = b""
    _say(ready=True)
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, buffered = (buffered + data).split(b"\n")
            for line in lines:
                told = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    _work(told)
                living.add(pid)
                _say(slot=told["slot"], pid=pid)
        _reap(living)
    for pid in living:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
