"""Functions that tests run in a child process."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import BinaryIO

import structlog

from liverows.base.errors import NotConfigured


def spin() -> None:
    """Never end, in a single call of C code that gives Python no chance to act."""
    sum(range(10**18))


def spin_after(fifo: str) -> None:
    """Write the process id into a pipe that the test reads, then never end."""
    Path(fifo).write_text(str(os.getpid()))
    spin()


def listen(fifo: str) -> str:
    """Wait until somebody writes into a named pipe, and return what was written."""
    return Path(fifo).read_text()


def say_and_listen(said: str, heard: str) -> str:
    """Write the process id into one pipe, then wait at another."""
    Path(said).write_text(str(os.getpid()))
    return listen(heard)


def crash() -> None:
    """End as a broken C library would."""
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    """Raise an error that cannot be built from a message alone."""
    raise NotConfigured("No model here.", setting="LOCAL_SPEECH_MODEL")


def stumble() -> None:
    """Raise an error that is not one of ours."""
    raise LookupError("nothing there")


def log_a_line(word: str) -> None:
    """Write one log line with a value that is not plain JSON."""
    structlog.get_logger("somewhere").info("page_read", word=word, where=Path("a"))


def environment() -> dict[str, str]:
    """Return all environment variables of the child."""
    return dict(os.environ)


def first_bytes(file: BinaryIO, count: int) -> bytes:
    """Return the first `count` bytes of an open file."""
    return file.read(count)


def spin_noted(folder: str) -> None:
    """Create a file named after this process, then never end."""
    (Path(folder) / str(os.getpid())).touch()
    spin()
