"""The handler that writes log lines. The log never stops the process, and shows no secret.

A pipe or a terminal whose reader stands still becomes full, and then blocks who writes to it. Log
lines are written between all other work, so heartbeats would stop too, and other workers would take
the rows over. So lines are dropped and counted until the reader reads again.
"""

from __future__ import annotations

import logging
import select
import sys
from contextlib import suppress
from typing import TextIO

_PATIENCE_MS = 250
_PIECE = 1000
"""So many characters have at most 4,000 bytes. A pipe that poll(2) calls writable takes at least
4,096 bytes (PIPE_BUF) without blocking."""


class LogHandler(logging.Handler):
    """Writes each record as one line to `out`."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out
        self._poll = _poll_of(out)
        self._dropped = 0
        self._in_line = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line; drop it if that would block."""
        try:
            line = self.format(record) + "\n"
            if self._dropped and self._is_writable():
                line = self._told() + line
            self._write(line)
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a line is lost, but not which: `logging` would print it with its secrets."""
        error = type(sys.exc_info()[1]).__name__
        with suppress(Exception):
            self._write(f"a log line was lost: {error} in {record.name}\n")

    def _write(self, line: str) -> None:
        for start in range(0, len(line), _PIECE):
            if not self._is_writable():
                self._dropped += 1
                return
            piece = line[start : start + _PIECE]
            if start == 0 and self._in_line:
                piece = "\n" + piece
            self._out.write(piece)
            self._out.flush()
            self._in_line = not piece.endswith("\n")
        self._dropped = 0

    def _is_writable(self) -> bool:
        # Only the first line waits for a slow reader: if each did, all work would be slow.
        return self._poll is None or bool(self._poll.poll(0 if self._dropped else _PATIENCE_MS))

    def _told(self) -> str:
        told = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        told |= {"msg": "log_lines_dropped", "count": self._dropped, "reason": "nobody read them"}
        return self.format(logging.makeLogRecord(told)) + "\n"


def _poll_of(out: TextIO) -> select.poll | None:
    """Return what tells whether `out` is writable; None if `out` is no file of the system."""
    try:
        poll = select.poll()
        poll.register(out.fileno(), select.POLLOUT)
    except (OSError, ValueError, AttributeError):
        return None
    return poll
