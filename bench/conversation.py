"""How the benchmark talks to its processes: lines in both directions, over pipes.

The first line that a process reads is its configuration, so that no command line contains a
password. The process answers with JSON objects. It ends when its input ends, so no process is
left when the benchmark has ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_ROOT = Path(__file__).resolve().parent.parent
_DEADLINE_SECONDS = 120.0


def _environment() -> dict[str, str]:
    # A worker that is installed has compiled modules, so its start does not compile them.
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


class ChildFailed(RuntimeError):
    """A process of the benchmark ended early, or did not answer in time."""


class Child:
    """A process of the benchmark, for the process that measures. A context manager."""

    def __init__(self, module: str, config: DataclassInstance) -> None:
        self._module = module
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in `__exit__`
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=_ROOT,
            env=_environment(),
        )
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.tell(json.dumps(asdict(config)))

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            _close(stream)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def tell(self, line: str) -> None:
        """Send one line."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._failure("ended") from error

    def expect(self, event: str, *, seconds: float = _DEADLINE_SECONDS) -> dict[str, Any]:
        """Wait for an answer with this name; earlier answers are dropped."""
        while True:
            try:
                answer = self._answers.get(timeout=seconds)
            except queue.Empty:
                raise self._failure(f"did not say {event!r} within {seconds:.0f} s") from None
            if answer is None:
                raise self._failure(f"ended before it said {event!r}")
            if answer["event"] == event:
                return answer

    def ask(self, question: str) -> dict[str, Any]:
        """Send one word and wait for the answer with the same name."""
        self.tell(question)
        return self.expect(question)

    def stop(self, *, seconds: float = _DEADLINE_SECONDS) -> None:
        """Ask the process to end by itself, and wait for it."""
        self.tell("stop")
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise self._failure(f"did not stop within {seconds:.0f} s") from None

    def kill(self) -> None:
        """Kill the process with SIGKILL, so that it cannot clean up."""
        self._process.kill()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)

    def _failure(self, what: str) -> ChildFailed:
        self._log.seek(0)
        return ChildFailed(f"{self._module} {what}\n{self._log.read()[-3000:]}")


def say(event: str, **details: object) -> None:
    """Send an answer to the process that measures."""
    sys.stdout.write(json.dumps({"event": event, **details}) + "\n")
    sys.stdout.flush()


async def hear() -> asyncio.StreamReader:
    """A reader for the lines that the measuring process sends."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    return lines


def _close(stream: IO[str] | None) -> None:
    if stream is None:
        return
    try:
        stream.close()
    except BrokenPipeError:
        return
