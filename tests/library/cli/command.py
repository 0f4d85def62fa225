"""The command line as a person or a container uses it: a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.databases import Database
from tests.support.things import Things

ROOT = Path(__file__).parents[3]

PIPELINE = """
from pydantic import BaseModel

from liverows import Context, Pipeline, Step


class Wish(BaseModel):
    wants: str | None = None


class Greeting(BaseModel):
    said: str


async def compose(name: str) -> str:
    return f"Hello {name}"


COMPOSE = Step("compose", compose)

pipeline = Pipeline("greet", inputs=Wish, outputs=Greeting, steps=(COMPOSE,))


@pipeline
async def greet(context: Context[object], wish: Wish) -> Greeting:
    return Greeting(said=await context.run(COMPOSE, wish.wants or "you"))
"""


def things_to_greet(database: Database) -> Things:
    """The table `public.things`, attached to the pipeline `greet`."""
    things = Things(database)
    things.create()
    things.attach("greet", inputs=["wants"], outputs=["said"])
    return things


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    def only_error(self) -> tuple[str, str]:
        """The sentence and its cure, having checked that there is nothing else to read."""
        assert self.code == 1, (self.out, self.err)
        error, cure = (line for line in self.err.splitlines() if not line.startswith("{"))
        assert error.startswith("error: ") and cure.startswith("cure: "), self.err
        return error, cure

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder without settings, in which commands see only the variables given here."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def having(self, **variables: str) -> Shell:
        return replace(self, variables=self.variables | variables)

    def worker(self, *arguments: str) -> Ended:
        """Run a command of the application to its end."""
        return self._ended(self.start(*arguments))

    def liverows(self, *arguments: str) -> Ended:
        """Run a command of the library alone to its end."""
        return self._ended(self.start(*arguments, program="liverows"))

    def _ended(self, started: subprocess.Popen[str]) -> Ended:
        with started as process:
            out, err = process.communicate(timeout=240)
        return Ended(process.returncode, out, err)

    def start(self, *arguments: str, program: str = "worker") -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments, program=program),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *arguments: str, program: str = "worker") -> list[str]:
        return [sys.executable, "-m", program, *arguments]

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        shown = {"COLUMNS": "200", "LOG_FORMAT": "json", "LIVEROWS_HEALTH_PORT": "0"}
        return kept | shown | {"PYTHONPATH": str(ROOT)} | self.variables

    def add_pipeline(self) -> Shell:
        """Write a user's package with the pipeline `greet`, and name it in the settings."""
        package = self.folder / "my_pipelines"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "greet.py").write_text(PIPELINE)
        return self.having(LIVEROWS_PACKAGES="my_pipelines", LIVEROWS_PIPELINES="greet")

    @contextmanager
    def running(self, program: str = "worker") -> Iterator[RunningWorker]:
        """`worker run` until the end of the block, when it must have ended or is killed."""
        with self.start("run", program=program) as process:
            try:
                yield RunningWorker(process)
            finally:
                process.kill()


class RunningWorker:
    """A worker process and its log, one JSON object per line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def logged(self, event: str, *, deadline: float = 60) -> dict[str, Any]:
        """Wait for the first line with this event."""
        limit = time.monotonic() + deadline
        with self._news:
            while not (found := self.of(event)):
                assert self._news.wait(limit - time.monotonic()), (event, self.lines)
        return found[0]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    def terminate(self) -> int:
        """SIGTERM, and the exit code after the drain."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._reader.join(60)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            entry = json.loads(line) if line.startswith("{") else {"event": line}
            with self._news:
                self.lines.append(entry)
                self._news.notify_all()
