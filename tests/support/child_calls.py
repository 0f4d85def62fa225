"""What tests have done in a child process."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import BinaryIO

import structlog

from liverows.base.errors import NotConfigured


def spin() -> None:
    """Never end, in one long step of C that leaves no time to Python."""
    sum(range(10**18))


def spin_after(fifo: str) -> None:
    """Say that it began, by closing a pipe that somebody reads, then never end."""
    Path(fifo).write_text(str(os.getpid()))
    spin()


def listen(fifo: str) -> str:
    """Wait until somebody writes into a pipe with a name, and answer with what it was."""
    return Path(fifo).read_text()


def say_and_listen(said: str, heard: str) -> str:
    """Say into one pipe who this is, then wait at another."""
    Path(said).write_text(str(os.getpid()))
    return listen(heard)


def crash() -> None:
    """End as a broken library does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse() -> None:
    """Raise what cannot be made from a message alone."""
    raise NotConfigured("No model here.", setting="LOCAL_SPEECH_MODEL")


def stumble() -> None:
    """Raise what is no error of ours."""
    raise LookupError("nothing there")


def log_a_line(word: str) -> None:
    """Write one line, with a value that is no plain one."""
    structlog.get_logger("somewhere").info("page_read", word=word, where=Path("a"))


def environment() -> dict[str, str]:
    """All variables."""
    return dict(os.environ)


def first_bytes(file: BinaryIO, count: int) -> bytes:
    """The start of an open file."""
    return file.read(count)


def spin_noted(folder: str) -> None:
    """Leave a file named after this process, then never end."""
    (Path(folder) / str(os.getpid())).touch()
    spin()
