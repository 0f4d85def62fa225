"""Loggers, and the fields that each line of a task gets.

structlog is imported when a logger is first used, because the import takes about 0.1 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from liverows.base.tracing import names_of_trace

# Table, row id and run: setting one variable is faster than setting three.
_row: ContextVar[tuple[str, str, int] | None] = ContextVar("row", default=None)
_step: ContextVar[str | None] = ContextVar("step", default=None)


class _Logger:
    """Makes the structlog logger of this name at the first call."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._logger: Any = None

    def __getattr__(self, method: str) -> Any:
        if self._logger is None:
            import structlog

            self._logger = structlog.get_logger(self._name)
        return getattr(self._logger, method)


def get_logger(name: str) -> Any:
    """Return an object with the methods of a structlog logger: `log.info("ready", port=8080)`."""
    return _Logger(name)


def name_row(table: str, row_id: str, run: int) -> None:
    """Add `table`, `row` and `run` to all later lines of this task and of tasks it then starts."""
    _row.set((table, row_id, run))


@contextmanager
def naming_step(step: str) -> Iterator[None]:
    """Add `step` to every line that is logged inside the block, also by tasks started there."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)


def names_of_line() -> dict[str, object]:
    """Return the fields `table`, `row`, `run` and `step`, as far as they are set in this task.

    Within a span also `trace_id` and `span_id`.
    """
    names = names_of_trace()
    if (row := _row.get()) is not None:
        names["table"], names["row"], names["run"] = row
    if (step := _step.get()) is not None:
        names["step"] = step
    return names
