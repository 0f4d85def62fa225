"""Times of the console's pages over HTTP, beside a plain `select 1`, and a retry of many rows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import httpx
from bs4 import BeautifulSoup, Tag

from bench.conversation import Child

PART = "event: part"
FINAL = "event: final"


@dataclass(frozen=True, slots=True)
class Pages:
    """The console of a process, and a browser before it."""

    process: Child
    http: httpx.Client

    def get(self, path: str) -> str:
        """Read a page to its end."""
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer.text

    def anew(self) -> str:
        """Read the overview when nothing of it is kept."""
        return self.get("/")

    def live(self, path: str) -> str:
        """Look at a live part until it is shown for the first time."""
        with self.http.stream("GET", path) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_text():
                if PART in chunk:
                    return chunk
        raise AssertionError(f"{path} ended without a part")


Look = Callable[[], str]


def looks(pages: Pages, pipeline: str, key: str) -> dict[str, Look]:
    """Every page of the console by a name; `key` names a failed row."""
    row = urlencode({"table": "public.measured", "id": key})
    live = {
        "live: overview": "/live/overview",
        "live: rows": "/live/rows",
        "live: rows, failed": "/live/rows?status=failed",
        "live: failures": "/live/failures",
        "live: one row": f"/live/row?{row}",
    }
    return {
        "overview": lambda: pages.get("/"),
        "overview, nothing kept": pages.anew,
        **{name: _bound(pages.get, path) for name, path in _paths(pages, pipeline, row).items()},
        **{name: _bound(pages.live, path) for name, path in live.items()},
    }


def _paths(pages: Pages, pipeline: str, row: str) -> dict[str, str]:
    """The address of each page; `row` is the query that names a failed row."""
    of_pipeline = urlencode({"pipeline": pipeline})
    signature = _first(pages.get("/failures"), r"signature=([0-9a-f]+)")
    deep = _deep(pages, f"/rows?status=completed&{of_pipeline}")
    return {
        "rows": "/rows",
        **{f"rows: {status}": f"/rows?status={status}" for status in _STATUSES},
        "rows: failed, of a code": "/rows?status=failed&code=code_7",
        "rows: failed, of a step": "/rows?status=failed&step=Reading",
        "rows: failed, a rare text": "/rows?status=failed&text=after+7700+s",
        "rows: of a signature": f"/rows?status=failed&signature={signature}&{of_pipeline}",
        "rows: of an owner": "/rows?owner=owner+7",
        "rows: completed, of an owner": "/rows?status=completed&owner=owner+7",
        "rows: completed, of nobody": "/rows?status=completed&owner=nobody",
        "rows: completed, page 21": deep,
        "rows: since an hour": "/rows?since=1h",
        "rows: older than 7 days": "/rows?older=7d",
        "rows: by key": f"/rows?{row}",
        "failures": "/failures",
        "failures: a code, 24 h": "/failures?code=code_7&since=24h",
        "one row": f"/row?{row}",
        "one row, contents": f"/row?{row}&contents=1",
        "bulk, count: failed": "/bulk?status=failed",
        "bulk, count: failed, a text": "/bulk?status=failed&text=broke",
        "bulk, count: waiting": "/bulk?status=pending",
        "bulk, count: completed": "/bulk?status=completed",
        "bulk, count: a signature": f"/bulk?status=failed&signature={signature}&{of_pipeline}",
        "pipelines": "/pipelines",
        "one pipeline": f"/pipeline?{urlencode({'name': pipeline})}",
        "log": "/log",
        "system": "/system",
    }


_STATUSES = ("due", "pending", "processing", "failed", "set_aside", "cancelled", "completed")


def _bound(read: Callable[[str], str], path: str) -> Look:
    return lambda: read(path)


def times(pages: Pages, asked: dict[str, Look], repeat: int) -> dict[str, list[float]]:
    """The milliseconds of each look, in turn with the others, to the last byte of the page.

    A live part is timed to its first showing, with no other reading of it under way.
    """
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(repeat):
        for name, look in asked.items():
            pages.process.ask("quiet")
            if name == "overview, nothing kept":
                pages.process.ask("forget")
            started = time.perf_counter()
            look()
            taken[name].append((time.perf_counter() - started) * 1000)
    return taken


@dataclass(slots=True)
class Progress:
    """A retry of many rows, as its page showed it."""

    changed: int = 0
    seconds: float = 0.0
    shown: list[float] = field(default_factory=list)

    @property
    def longest_silence(self) -> float:
        """The seconds between two showings that differ, at most."""
        moments = [0.0, *self.shown]
        return max(later - sooner for sooner, later in pairwise(moments))


def retry(pages: Pages, filter_: dict[str, str]) -> Progress:
    """Retry all rows that match a filter as an operator does, and follow the page to the end."""
    choice = pages.get(f"/bulk?{urlencode(filter_)}")
    confirm = _send(pages, choice, "/bulk", action="retry")
    start = _first(confirm, r'action="(/bulk/[^"/]+)/start"')
    _send(pages, confirm, f"{start}/start")
    progress = Progress()
    started = time.perf_counter()
    with pages.http.stream("GET", f"/live{start}", timeout=None) as answer:
        for event in _events(answer.iter_lines()):
            if PART in event:
                progress.shown.append(time.perf_counter() - started)
                progress.changed = int(_first(event, r"([\d,]+) changed").replace(",", ""))
            if FINAL in event:
                break
    progress.seconds = time.perf_counter() - started
    return progress


def _events(lines: Iterator[str]) -> Iterator[str]:
    event: list[str] = []
    for line in lines:
        if line:
            event.append(line)
        else:
            yield "\n".join(event)
            event = []


def _send(pages: Pages, page: str, path: str, **chosen: str) -> str:
    """Send the form of a page that leads to this path, with the fields that it carries."""
    form = BeautifulSoup(page, "html.parser").find("form", action=path)
    assert isinstance(form, Tag), path
    fields: dict[str, Any] = {
        str(each["name"]): str(each.get("value", ""))
        for each in form.find_all("input", type="hidden")
    }
    origin = {"origin": str(pages.http.base_url).rstrip("/")}
    answer = pages.http.post(path, data=fields | chosen, headers=origin, follow_redirects=True)
    answer.raise_for_status()
    return answer.text


def _deep(pages: Pages, path: str) -> str:
    """The address of the 21st page of a list."""
    for _ in range(20):
        older = BeautifulSoup(pages.get(path), "html.parser").find("a", string="Older")
        assert isinstance(older, Tag), path
        path = str(older["href"])
    return path


def _first(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]
