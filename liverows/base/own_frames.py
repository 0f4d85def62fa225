"""Which lines of a traceback are in the code of a project, and not in a library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from traceback import FrameSummary, extract_tb
from types import TracebackType

_LIBRARY = Path(__file__).parents[1]
_PYTHON = Path(os.__file__).parent


def own_frames(trace: TracebackType | None) -> list[FrameSummary]:
    """Return the frames in the code of a project, the outermost first; all if there is none."""
    frames = list(extract_tb(trace))
    return [frame for frame in frames if _is_own(Path(frame.filename))] or frames


def placed(file: str, line: int | None) -> str:
    """Return file and line as text, relative to the working directory if the file is in it."""
    path = Path(file)
    try:
        here = Path.cwd()
    except OSError:  # the working directory was deleted
        here = path
    shown = path.relative_to(here) if path != here and path.is_relative_to(here) else path
    return f"{shown}, line {line}"


def _is_own(path: Path) -> bool:
    return path.is_absolute() and not any(_foreign(path))


def _foreign(path: Path) -> Iterator[bool]:
    yield "site-packages" in path.parts
    yield "dist-packages" in path.parts  # on Debian
    yield path.is_relative_to(_LIBRARY)
    yield path.is_relative_to(_PYTHON)
