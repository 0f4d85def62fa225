"""What a trial found, without secrets and without the contents of rows."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from examples.trial.project import TrialFailed
from examples.trial.rows import Asked
from liverows.base.log import Redactor


class Report:
    """The report of one trial. Its parts are set as they become known, so a trial that fails has
    a report too. Everything that it writes or prints is masked."""

    def __init__(self, path: Path, secrets: Iterable[str]) -> None:
        self.versions: dict[str, str] = {}
        self.doctor: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []
        self.left_out: dict[str, str] = {}
        """The variables for rows of one's own that are not set, and what they stand for."""
        self.worker_log: dict[str, int] = {}
        self.failures: list[str] = []
        self._path = path
        self._mask = Redactor(secrets)
        self._began = time.monotonic()

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these too."""
        self._mask.learn(secrets)

    def fail(self, error: BaseException) -> None:
        """Tell why the trial ended early. If cleaning up failed after that, tell both."""
        if error.__context__ is not None and not error.__suppress_context__:
            self.fail(error.__context__)
        match error:
            case asyncio.CancelledError():
                pass
            case TrialFailed():
                self.failures.append(str(error))
            case KeyboardInterrupt():
                self.failures.append("interrupted")
            case _:
                self.failures.append(f"{type(error).__name__}: {error}")

    @property
    def exit_code(self) -> int:
        """0 if doctor found no problem and every row was completed, or else 1."""
        completed = [line["status"] == "completed" for line in self.rows]
        failed = self.failures or self._problems() or not completed or not all(completed)
        return int(bool(failed))

    def text(self) -> str:
        """The report as JSON."""
        parts: dict[str, Any] = {
            "versions": self.versions,
            "doctor": self.doctor,
            "rows": self.rows,
            "left_out": [*self.left_out],
            "worker_log": self.worker_log,
            "failures": self.failures,
            "seconds": round(time.monotonic() - self._began, 1),
        }
        # Masked before it is JSON, because a mask in the text could break an escape.
        return json.dumps(self._mask(None, "", parts), indent=2) + "\n"

    def write(self) -> None:
        """Write the report as far as it is known."""
        self._path.write_text(self.text(), encoding="utf-8")

    def show(self) -> None:
        """Print the rows and what went wrong, for a person."""
        for one in self._problems():
            self._print(f"doctor: {one['check']}: {one['detail']}; {one['cure']}")
        self._print(table(self.rows))
        for name, what in self.left_out.items():
            self._print(f"left out: set {name} to {what}")
        for failure in self.failures:
            print(self._mask.text(f"trial: {failure}"), file=sys.stderr)
        print(f"report: {self._path}")

    def _problems(self) -> list[dict[str, Any]]:
        return [one for one in self.doctor if one["state"] == "problem"]

    def _print(self, line: str) -> None:
        print(self._mask.text(line))


def row_line(one: Asked, row: Mapping[str, Any], explained: Mapping[str, Any]) -> dict[str, Any]:
    """How one row ended, what it used, and how long it waited and took.

    `seconds` is the time from its first claim to the end of its last run, and `waited_ms` the time
    from when it was due to that claim. Both are None while no run of the row has ended.
    """
    events = explained.get("events", [])
    # A claim makes no event of its own, and a step makes one only when it is done. So the start
    # of a run is known from the event that ends it.
    ends = [event for event in events if event["data"].get("claimed_at")]
    first = ends[0]["data"] if ends else {}
    return {
        "row": one.label,
        "pipeline": one.pipeline,
        "status": row["processing_status"],
        "error_code": (row["processing_error"] or {}).get("code"),
        "attempts": row["processing_attempts"],
        "waited_ms": first.get("late_ms"),
        "seconds": _seconds(first["claimed_at"], ends[-1]["at"]) if ends else None,
        "events": dict(Counter(event["kind"] for event in events)),
        "usage": explained.get("usage", {}),
    }


def _seconds(began: str, ended: str) -> float:
    """The time between two moments as the database writes them, exact to the microsecond."""
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def log_summary(log_file: Path) -> dict[str, int]:
    """How often the worker logged each event at level warning or error."""
    counts: Counter[str] = Counter()
    for line in log_file.read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            counts["(not JSON)"] += 1
            continue
        if entry.get("level") in ("warning", "error", "critical"):
            counts[f"{entry['level']}: {entry.get('event', '')}"[:80]] += 1
    return dict(counts)


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """The rows as lines for a person."""
    shown = []
    for line in lines:
        code = f" ({line['error_code']})" if line["error_code"] else ""
        took = "" if line["seconds"] is None else f"{line['seconds']:6.2f} s"
        shown.append(f"{line['status']:<11}{took:>9}  {line['pipeline']:<21} {line['row']}{code}")
    return "\n".join(shown)
