"""`make eval-positions`: reads the postings in five tiers and prints the results.

A  recruiting systems' data; B  structured data in three syntaxes and mutated; C  plain
pages in six skins; D  pasted text; E  plain pages of a second generator. DATA names a
folder of real ones (see bench/README.md): its postings in the shape of `Posting` are read
in all five tiers, and its other files as they are. No model is called; the results are
those of the code alone. SHOW is the most mistakes to print.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog
import trafilatura
from rich.console import Console

from bench.passing import Passing, given_folder
from bench.positions import ats, skins, structured
from bench.positions.elsewhere import Advert, adverts, renderings
from bench.positions.posting import Posting, invented, load
from bench.positions.prose import as_text, words
from bench.positions.public.folder import read_folder
from bench.positions.reading import judge_row, read
from bench.positions.score import Tier, token_f1
from bench.positions.tables import print_tier
from bench.positions.truth import Truth, columns, only, without
from tests.support.local_web import LocalWeb, answer, local_web
from worker.pages.draft import Draft
from worker.positions.ladder import read_posting
from worker.positions.pasted import extract_from_text
from worker.services.web.client import WebClient

PAGE = "https://careers.board-of-nobody.com/jobs/{id}"
INVENTED = 30
SHOWN = 20


class Corpus:
    """The postings, the second generator's pages, and the local web servers that show them."""

    def __init__(
        self, postings: list[Posting], pages: Iterable[Advert], net: LocalWeb, web: WebClient
    ) -> None:
        self._postings = postings
        self._adverts = pages
        self._net = net
        self._web = web

    async def tier_a(self) -> Tier:
        """Read the data of recruiting systems."""
        tier = Tier("A", "data of recruiting systems")
        for posting in self._postings:
            for published in ats.publish(posting):
                self._net.routes.clear()
                self._net.routes[published.endpoint] = answer(
                    published.body, content_type=published.content_type
                )
                where = f"{published.platform} {posting.id}"
                await self._add(tier, where, published.truth, published.url, posting)
        return tier

    async def tier_b(self) -> Tier:
        """Read structured data, correct as well as with the usual mistakes."""
        tier = Tier("B", "structured data")
        for posting in self._postings:
            pages = {"json-ld": structured.json_ld, "microdata": structured.microdata}
            pages["rdfa"] = structured.rdfa
            for name, render in pages.items():
                await self._page(tier, f"{name} {posting.id}", render(posting), posting)
            for name, head in structured.MUTATIONS.items():
                page = structured.page(posting, head(posting), body="<p>See above.</p>")
                await self._page(tier, f"{name} {posting.id}", page, posting)
        return tier

    async def _page(self, tier: Tier, where: str, html: str, posting: Posting) -> None:
        url = PAGE.format(id=posting.id)
        self._serve(url, html)
        truth = structured.truth(posting)
        if where.startswith("organization-as-text"):
            truth = truth | {"company_website": None}
        await self._add(tier, where, truth, url, posting)

    async def tier_c(self) -> Tier:
        """Read plain pages. The title and the description are judged, and whether other text of the
        page leaked into the description."""
        tier = Tier("C", "plain pages")
        for posting in self._postings:
            truth = only(columns(posting), "job_title", "company_name", "salary")
            for name, skin in skins.SKINS.items():
                url, html = PAGE.format(id=posting.id), skin(posting)
                self._serve(url, html)
                where = f"{name} {posting.id}"
                await self._add(tier, where, without(truth, "location"), url, posting)
                other = trafilatura.extract(html, include_formatting=True) or ""
                tier.rate("trafilatura F1", token_f1(words(posting), other.split()))
        return tier

    async def tier_d(self) -> Tier:
        """Read pasted text, and find the pay among many other amounts of money."""
        tier = Tier("D", "pasted text")
        for posting in self._postings:
            text = f"{posting.title}\n\n{as_text(posting)}"
            truth = without(only(columns(posting), "salary"), "job_title")
            await self._judge(tier, posting.id, truth, extract_from_text(text), posting)
        return tier

    async def tier_e(self) -> Tier:
        """Read the pages of the second generator, whose rules the readers do not share."""
        tier = Tier("E", "a second program")
        for advert in self._adverts:
            url = PAGE.format(id=tier.asked)
            self._serve(url, advert.html)
            outcome = await read(read_posting(self._web, url))
            judge_row(tier, advert.name, advert.truth, outcome, advert.words, advert.beside)
            if outcome.row is not None:
                leaked = any(each in outcome.description for each in advert.around)
                tier.rate("no leak", float(not leaked))
                other = trafilatura.extract(advert.html) or ""
                f1 = token_f1(advert.words, other.split(), advert.beside)
                tier.rate("trafilatura F1", f1)
        return tier

    def _serve(self, url: str, html: str) -> None:
        self._net.routes.clear()
        self._net.routes[url.removeprefix("https://")] = answer(html)

    async def _add(self, tier: Tier, where: str, truth: Truth, url: str, posting: Posting) -> None:
        await self._judge(tier, where, truth, read_posting(self._web, url), posting)

    async def _judge(
        self, tier: Tier, where: str, truth: Truth, reading: Awaitable[Draft], posting: Posting
    ) -> None:
        outcome = await read(reading)
        judge_row(tier, where, truth, outcome, words(posting))
        if outcome.row is None:
            return
        text = outcome.description
        tier.rate("no leak", float(not any(leak in text for leak in skins.LEAKS)))
        if tier.name != "D":  # plain text has no headings and lists
            tier.rate("headings and lists", _structure(text, posting))


def _structure(markdown: str, posting: Posting) -> float:
    """The share of the posting's headings and list items that are so in the result too."""
    wanted = [f"# {section.heading}" for section in posting.sections if section.heading]
    wanted += [f"- {item}" for section in posting.sections for item in section.items]
    return sum(each in markdown for each in wanted) / len(wanted) if wanted else 1.0


async def measure(
    postings: list[Posting], pages: Iterable[Advert], report: Callable[[Tier, float], None]
) -> list[Tier]:
    """Run all tiers, the last one with these pages; `report` is called after each."""
    tiers = []
    async with local_web() as net, net.client() as web:
        corpus = Corpus(postings, pages, net, web)
        for run in (corpus.tier_a, corpus.tier_b, corpus.tier_c, corpus.tier_d, corpus.tier_e):
            started = time.monotonic()
            tier = await run()
            report(tier, time.monotonic() - started)
            tiers.append(tier)
    return tiers


def main() -> int:
    """Print the results; the exit code is 1 if any value was invented in tiers A to D."""
    console = Console()
    shown = int(os.environ.get("SHOW") or SHOWN)
    folder = given_folder()
    if folder:
        return _given(folder, console, shown)
    made = list(invented(INVENTED))
    console.print(f"{len(made)} postings invented here")
    return _tiers(made, adverts(2 * INVENTED), console, shown)


def _given(folder: Path, console: Console, shown: int) -> int:
    """Read the folder's postings in the shape of `Posting` in all tiers, and its other files."""
    passing = Passing()
    given = load(folder, passing)
    postings = [posting for found in given.values() for posting in found]
    worse = 0
    if postings:
        passing.files, passing.judged = len(given), len(postings)
        console.print(f"{len(postings)} postings of {folder}")
        worse = _tiers(postings, renderings(postings), console, shown)
    asyncio.run(read_folder(folder, console, shown, passing, given))
    return worse


def _tiers(postings: list[Posting], pages: Iterable[Advert], console: Console, shown: int) -> int:
    tiers = asyncio.run(
        measure(postings, pages, lambda tier, took: print_tier(console, tier, shown, took))
    )
    total = sum(tier.invented for tier in tiers if tier.name != "E")
    console.print(f"invented values in tiers A to D: {total}; calls of a model: 0, cost: 0")
    return 1 if total else 0


if __name__ == "__main__":
    # Not in main(): whoever calls that in another process keeps a log of its own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    sys.exit(main())
