"""Loggers, and what each line of a task names: its row, run and step.

structlog is loaded when the first line is logged. It takes longer to import than everything
else that an author of pipelines needs, and most child processes never log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# One variable for the three parts, because every row sets it and few rows log a line.
_row: ContextVar[tuple[str, str, int] | None] = ContextVar("row", default=None)
_step: ContextVar[str | None] = ContextVar("step", default=None)


class _Logger:
    """Passes every call on to the structlog logger of this name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._logger: Any = None

    def __getattr__(self, method: str) -> Any:
        if self._logger is None:
            import structlog

            self._logger = structlog.get_logger(self._name)
        return getattr(self._logger, method)


def get_logger(name: str) -> Any:
    """A structlog logger: `log.warning("doorbell_deaf", doorbell="realtime")`."""
    return _Logger(name)


def name_row(table: str, row_id: str, run: int) -> None:
    """Name the row in every line that this task, or a task that it starts, logs from now on."""
    _row.set((table, row_id, run))


@contextmanager
def naming_step(step: str) -> Iterator[None]:
    """Name the step in every line that is logged inside the block."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)


def names_of_line() -> dict[str, object]:
    """What a line that is logged now should name."""
    names: dict[str, object] = {}
    if (row := _row.get()) is not None:
        names["table"], names["row"], names["run"] = row
    if (step := _step.get()) is not None:
        names["step"] = step
    return names
