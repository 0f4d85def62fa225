"""Turns an error of a command into two lines on stderr and the exit code 1."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from liverows.base.errors import (
    DatabaseTrouble,
    InvalidInput,
    Permanent,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.base.log import Redactor, secrets_of
from liverows.base.printable import on_one_line
from liverows.base.settings import Settings, load_settings
from liverows.cli.program import program


@contextmanager
def reported() -> Iterator[None]:
    """On an `Exception` in the block, print two lines to stderr and exit with code 1.

    With LOG_LEVEL=debug the traceback is printed first.
    """
    try:
        yield
    except Exception as error:
        settings = _settings()
        trace = ""
        if settings is not None and settings.log_level == "debug":
            trace = "".join(traceback.format_exception(error))
        mask = Redactor([*(secrets_of(settings) if settings else ()), *program().secrets()])
        message, cure = explained(_on_purpose(error))
        lines = f"{trace}error: {_one_line(message)}\ncure: {_one_line(cure)}\n"
        sys.stderr.write(mask.text(lines))
        sys.exit(1)


def _settings() -> Settings | None:
    try:
        return load_settings()
    except SetupError:
        return None


def explained(error: Exception) -> tuple[str, str]:
    """Return two texts: what is wrong, and what a person can do about the error."""
    match error:
        case SetupError():
            return error.message, error.cure
        case InvalidInput():
            return error.message, "correct the arguments"
        case Transient():
            known = error.cure if isinstance(error, DatabaseTrouble) else None
            return error.message, known or "try again in a moment; `liverows doctor` looks closer"
        case Permanent():
            return error.message, "check the arguments; `liverows doctor` looks closer"
        case WorkerError():
            return error.message, "`liverows explain` shows what became of the row"
        case _:
            return (
                f"unexpected {type(error).__name__}: {error}",
                "run it again with LOG_LEVEL=debug and report what it shows",
            )


def _on_purpose(error: Exception) -> Exception:
    """Return the error itself; of a group, the first `WorkerError`, or else the first error."""
    leaves = _leaves(error)
    return next((leaf for leaf in leaves if isinstance(leaf, WorkerError)), leaves[0])


def _leaves(error: Exception) -> list[Exception]:
    if not isinstance(error, ExceptionGroup):
        return [error]
    return [leaf for inner in error.exceptions for leaf in _leaves(inner)]


def _one_line(text: str) -> str:
    return on_one_line(" ".join(text.split()))
