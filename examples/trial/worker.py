"""The worker of a trial: its settings, its commands, and how it is watched."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from devstack.listening import hears_notify
from devstack.project import ROOT
from examples.site.server import Site
from examples.trial.project import Project, TrialFailed

COMMAND_SECONDS = 120.0
LISTENS_SECONDS = 180.0
LAST_WORDS = 500


def worker_environment(settings: Mapping[str, str], found: Project, site: Site) -> dict[str, str]:
    """The environment of a worker with these settings for this project and the demo's site."""
    return {
        **settings,
        **found.environment,
        "FETCH_ALLOW": site.host_port,
        "LIVEROWS_HEALTH_PORT": "0",
        "LOG_FORMAT": "json",
        "PYTHONPATH": str(ROOT),
    }


def command(environment: Mapping[str, str], *words: str) -> Any:
    """The JSON answer of a command of the worker; raises `TrialFailed` if there is none."""
    said = f"`worker {' '.join(words)}`"
    # The folder has no `.env`, because the environment already holds what the trial read there.
    with tempfile.TemporaryDirectory(prefix="trial-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "worker", *words, "--json"],
                cwd=folder,
                env=dict(environment),
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TrialFailed(f"{said} gave no answer within {COMMAND_SECONDS:g} s") from None
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise TrialFailed(
            f"{said} ended with exit code {done.returncode} and without an answer: "
            f"{_last_words(done.stderr)}"
        ) from None


async def until_it_listens(worker: Process, log_file: Path, db_url: str) -> None:
    """Wait until a worker has the database session on which it hears NOTIFY.

    Raises `TrialFailed` if this worker ends before, or after a while.
    """

    def running() -> bool:
        return worker.returncode is None

    if await asyncio.to_thread(hears_notify, db_url, running, LISTENS_SECONDS):
        return
    if not running():
        raise _died(worker, log_file)
    raise TrialFailed(f"no worker listens after {LISTENS_SECONDS:g} s")


async def unless_it_dies(worker: Process, log_file: Path, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, but stop it and raise `TrialFailed` as soon as the worker ends."""
    working = asyncio.ensure_future(work)
    dying = asyncio.ensure_future(worker.wait())
    try:
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise _died(worker, log_file)
    finally:
        dying.cancel()
        working.cancel()
        # If the work itself has failed, also while it was being stopped, that is raised here.
        with suppress(asyncio.CancelledError):
            await working


def _died(worker: Process, log_file: Path) -> TrialFailed:
    words = _last_words(log_file.read_text(errors="replace"))
    return TrialFailed(f"the worker stopped with exit code {worker.returncode}: {words}")


def _last_words(text: str) -> str:
    """The last two lines of a program: it says what is wrong, and then what to do."""
    return " ".join(text.strip().splitlines()[-2:])[-LAST_WORDS:] or "it said nothing"
