"""Reads a folder of postings that others published, and prints how they were read.

Every file is judged by its form: saved pages, answers of recruiting systems, or texts.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Collection
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.decoded import text_of
from bench.passing import Passing
from bench.positions.public.answers import Answer, answers_in
from bench.positions.public.marks import MARKS
from bench.positions.public.pages import MANIFEST, SUFFIXES, Pages, read_pages
from bench.positions.public.pay_texts import Pay, read_texts, texts_inside, texts_of
from bench.positions.reading import judge_row, read
from bench.positions.score import Tier
from bench.positions.tables import print_tier
from tests.support.local_web import LocalWeb, answer, local_web
from worker.positions.ladder import read_posting
from worker.services.web.client import WebClient

TABLES = (".csv", ".tsv", ".jsonl", ".txt")
NOTES = ("license", "licence", "readme", "requirements")
"""Names, without their suffix, of text files that are about a folder."""


class Folder:
    """The results over all files of a folder."""

    def __init__(self, net: LocalWeb, web: WebClient, passing: Passing) -> None:
        self.tiers: dict[str, Tier] = {}
        self.pay = Pay()
        self._net = net
        self._web = web
        self._passing = passing

    async def read(self, path: Path) -> None:
        """Read a file that is no page, by its form."""
        suffix = path.suffix.lower()
        if suffix not in (".json", *TABLES):
            self._passing.leave_out(path.name, f"is of a type that is not read ({suffix})")
        elif suffix != ".json" and path.stem.lower() in NOTES:
            self._passing.leave_out(path.name, "is a note about the folder")
        elif suffix == ".json":
            await self._json(path)
        else:
            await read_texts(path.name, texts_of(path, self._passing), self.pay, self._passing)

    async def _json(self, path: Path) -> None:
        content: Any = json.loads(text_of(path))
        answers = answers_in(content)
        if answers is None:
            await read_texts(path.name, texts_inside(content), self.pay, self._passing)
            return
        for number, each in enumerate(answers, 1):
            if isinstance(each, str):
                self._passing.leave_out(f"{path.name} {number}", each)
                continue
            self._passing.judged += 1
            await self._answer(each)

    async def _answer(self, given: Answer) -> None:
        self._net.routes.clear()
        self._net.routes[given.endpoint] = answer(given.body, content_type="application/json")
        outcome = await read(read_posting(self._web, given.url))
        name = f"answers of {given.platform}"
        tier = self.tiers.setdefault(name, Tier(name))
        judge_row(tier, given.name, given.truth, outcome, given.words)


async def read_folder(
    folder: Path,
    console: Console,
    shown: int,
    passing: Passing | None = None,
    but: Collection[Path] = (),
) -> Passing:
    """Read all files of the folder but these, print the results, and return what was read and left
    out. A file that cannot be read is left out with the reason, and the others are read."""
    passing = passing if passing is not None else Passing()
    pages = await read_pages(folder, passing)
    async with local_web() as net, net.client() as web:
        read_so_far = Folder(net, web, passing)
        for path in _files(folder):
            is_about = path.name in (MANIFEST, MARKS)
            if path in but or is_about or path.suffix.lower() in SUFFIXES:
                continue
            passing.files += 1
            with passing.reading(path.name):
                await read_so_far.read(path)
    for tier in read_so_far.tiers.values():
        print_tier(console, tier, shown)
    _print_pages(console, pages, shown)
    if read_so_far.pay.texts:
        read_so_far.pay.report(shown)
    passing.report("postings")
    return passing


def _files(folder: Path) -> list[Path]:
    """The files of the folder and of those in it, without hidden ones."""
    return sorted(
        each
        for each in folder.rglob("*")
        if each.is_file()
        and not any(part.startswith(".") for part in each.relative_to(folder).parts)
    )


def _print_pages(console: Console, pages: Pages, shown: int) -> None:
    for tier in (pages.whole, pages.stripped, pages.marked):
        if tier.asked:
            print_tier(console, tier, shown)
    if pages.silent:
        print(f"  pages that show neither title nor company without their data: {pages.silent}")
    for category, verdicts in sorted(pages.categories.items()):
        told = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
        print(f"  pages of category {category}: {verdicts.total()}: {told}")
    for line in pages.mistaken[:shown]:
        print(f"    taken wrongly: {line}")
    if pages.seconds:
        middle, longest = statistics.median(pages.seconds), max(pages.seconds)
        print(f"  seconds a page: median {middle:.3f}, longest {longest:.2f} (with a new process)")
