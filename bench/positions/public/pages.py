"""Saved pages of postings (`.html`): read with their own data, and once more without it.

The address of a page is taken from `manifest.json` (a list of `file`, `url` and perhaps
`category`), else from the page: its canonical link, `og:url`, or the comment of a browser that
saved it. If the manifest has categories, it is also counted which pages are read as a posting.
Pages without a posting in their JSON-LD are judged by what a person marked in them (`marks.py`).
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import trafilatura

from bench.decoded import text_of
from bench.passing import Passing
from bench.positions.public.marks import Marked, Marks, marked, marks_in
from bench.positions.public.own_data import (
    description_of,
    is_shown,
    own_data,
    plain_words,
    truth_of,
    without_data,
)
from bench.positions.reading import READ, Outcome, judge_row, read
from bench.positions.score import Tier, token_f1
from bench.positions.truth import Truth
from worker.pages.draft import FetchedPage, FetchFacts
from worker.positions.extract import extract_structured

_ADDRESSES = (
    re.compile(r"""<link[^>]*rel=["']canonical["'][^>]*href=["'](https?://[^"']+)""", re.I),
    re.compile(r"""<link[^>]*href=["'](https?://[^"']+)["'][^>]*rel=["']canonical["']""", re.I),
    re.compile(r"""property=["']og:url["'][^>]*content=["'](https?://[^"']+)""", re.I),
    re.compile(r"<!-- saved from url=\(\d+\)(https?://\S+)", re.I),
)
POSTINGS = re.compile(r"posting|job_detail|detail_page", re.IGNORECASE)
SUFFIXES = (".html", ".htm")
MANIFEST = "manifest.json"


@dataclass
class Pages:
    """The counts over all saved pages of a folder."""

    whole: Tier = field(default_factory=lambda: Tier("with their data"))
    stripped: Tier = field(default_factory=lambda: Tier("without their data"))
    marked: Tier = field(default_factory=lambda: Tier("as marked by a person"))
    categories: dict[str, Counter[str]] = field(default_factory=dict)
    mistaken: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    silent: int = 0
    """Pages that show neither title nor company outside of their data."""


@dataclass(frozen=True)
class _Saved:
    name: str
    url: str
    html: str
    category: str | None


async def read_pages(folder: Path, passing: Passing) -> Pages:
    """Read every page of the folder, and compare it with its own data."""
    pages = Pages()
    noted = _manifest(folder, passing)
    marks = marks_in(folder, passing)
    for path in _files(folder):
        passing.files += 1
        with passing.reading(path.name):
            await _judge(pages, _saved(path, noted), marks, passing)
    return pages


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )


async def _judge(pages: Pages, saved: _Saved, marks: Marks, passing: Passing) -> None:
    data = own_data(saved.html)
    truth = truth_of(data.nodes[0]) if data.unjudged is None else {}
    known = None if truth else marked(saved.name, saved.html, marks)
    outcome = await _read(saved.html, saved.url, pages)
    if truth:
        await _read_again(pages, saved, truth, description_of(data.nodes[0]))
        judge_row(pages.whole, saved.name, truth, outcome)
    elif known:
        _judge_text(pages.marked, saved, known, outcome)
    elif not saved.category:
        passing.leave_out(saved.name, data.unjudged or "its JobPosting states no value")
        return
    if saved.category:
        _categorise(pages, saved, outcome)
    passing.judged += 1


async def _read_again(pages: Pages, saved: _Saved, truth: Truth, words: list[str]) -> None:
    """Read the page without its data, and judge the title and company that it still shows."""
    bare = without_data(saved.html)
    seen = plain_words(bare)
    visible = " ".join(seen).casefold()
    names = {
        key: value
        for key, value in truth.items()
        if key in ("job_title", "company_name") and str(value).casefold() in visible
    }
    if not names:
        pages.silent += 1
        return
    outcome = await _read(bare, saved.url, pages)
    known = Marked(names, words if is_shown(words, seen) else [])
    _judge_text(pages.stripped, replace(saved, html=bare), known, outcome)


def _judge_text(tier: Tier, saved: _Saved, known: Marked, outcome: Outcome) -> None:
    """Judge title and company, and the description beside those of other libraries."""
    judge_row(tier, saved.name, known.truth, outcome, known.words)
    if not known.words:
        return
    if outcome.row is None:
        tier.rate("description F1", 0.0)
    for peer, found in _peers(saved.html).items():
        tier.rate(f"  {peer}", token_f1(known.words, found.split()))


def _categorise(pages: Pages, saved: _Saved, outcome: Outcome) -> None:
    category = saved.category or ""
    pages.categories.setdefault(category, Counter())[outcome.verdict] += 1
    if (outcome.verdict == READ) != bool(POSTINGS.search(category)):
        pages.mistaken.append(f"{category}: {outcome.verdict}: {saved.url}")


async def _read(html: str, url: str, pages: Pages) -> Outcome:
    started = time.perf_counter()
    outcome = await read(extract_structured(_page(html, url)))
    pages.seconds.append(time.perf_counter() - started)
    return outcome


def _page(html: str, url: str) -> FetchedPage:
    fetch = FetchFacts(
        final_url=url,
        status=200,
        bytes=len(html.encode()),
        charset="utf-8",
        retrieved_at="2026-11-29T12:00:00+00:00",
    )
    return FetchedPage(requested_url=url, content_type="text/html", html=html, fetch=fetch)


def _peers(html: str) -> dict[str, str]:
    """The main text by other libraries; readability-lxml only if it is installed."""
    found = {"trafilatura F1": trafilatura.extract(html) or ""}
    if find_spec("readability"):
        document = import_module("readability").Document(html)
        found["readability F1"] = " ".join(plain_words(document.summary()))
    return found


def _saved(path: Path, noted: dict[str, dict[str, Any]]) -> _Saved:
    html = text_of(path)
    entry = noted.get(path.name, {})
    found = (match[1] for rule in _ADDRESSES if (match := rule.search(html[:400_000])))
    url = entry.get("url") or next(found, f"https://saved.example/{path.stem}")
    return _Saved(path.name, str(url), html, entry.get("category"))


def _manifest(folder: Path, passing: Passing) -> dict[str, dict[str, Any]]:
    """The entries of all manifests, by the name of the file that they are about."""
    noted: dict[str, dict[str, Any]] = {}
    for path in folder.rglob(MANIFEST):
        with passing.reading(path.name):
            content = json.loads(text_of(path))
            for each in content if isinstance(content, list) else []:
                if isinstance(each, dict) and "file" in each:
                    noted[Path(str(each["file"])).name] = each
    return noted
