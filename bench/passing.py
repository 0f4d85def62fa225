"""What an evaluation read of a folder, and what it left out, with the reasons."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from liverows.base.errors import WorkerError

NAMES_SHOWN = 5
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (UnicodeDecodeError, "is not UTF-8 text"),
    (UnicodeEncodeError, "has half of a character"),
    (json.JSONDecodeError, "is no JSON"),
    (csv.Error, "is no table"),
    (RecursionError, "is nested too deeply"),
)
_UNEXPECTED_FORM = (AttributeError, LookupError, TypeError)


@dataclass
class Passing:
    """The counts of one folder. `left_out` has pairs of a name and a reason."""

    files: int = 0
    judged: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def leave_out(self, name: str, reason: str) -> None:
        """Note that something is not judged."""
        self.left_out.append((name, reason))

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Read a file, or a part of one; what is raised inside becomes one line of the report.

        Files of others have any form, so every `Exception` is taken.
        """
        try:
            yield
        except Exception as error:
            self.leave_out(name, reason_of(error))

    def report(self, what: str) -> None:
        """Print the counts, and each reason with the names of its first five files."""
        print(f"  files read             {self.files}")
        print(f"  {what} judged".ljust(25) + f"{self.judged}")
        print(f"  left out               {len(self.left_out)}")
        for reason in dict.fromkeys(reason for _, reason in self.left_out):
            names = [name for name, why in self.left_out if why == reason]
            more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            print(f"    {len(names)}: {reason}: {', '.join(names[:NAMES_SHOWN])}{more}")


def given_folder() -> Path | None:
    """The folder that DATA names; None if it names none. Ends the program if there is no such
    folder."""
    named = os.environ.get("DATA")
    if named and not Path(named).is_dir():
        sys.exit(f"DATA={named}: there is no such folder")
    return Path(named) if named else None


def fault_of(error: Exception) -> str:
    """What became of a row for which its readers raised this."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, WorkerError):
        return f"refused as {error.code}"
    return f"broke with {type(error).__name__}: {error}"


def reason_of(error: Exception) -> str:
    """Why a file cannot be judged, from the error that its reading raised."""
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    if isinstance(error, _UNEXPECTED_FORM):
        return f"has an unexpected form ({type(error).__name__})"
    return f"cannot be read ({type(error).__name__}: {error})"
