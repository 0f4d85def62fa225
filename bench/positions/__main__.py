"""`make eval-positions`: reads the postings in four tiers and prints the results.

A  recruiting systems' data; B  structured data in three syntaxes and mutated; C  plain
pages in six skins; D  pasted text. No model is called; the results are those of the code alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
import trafilatura
from rich.console import Console
from rich.table import Table

from bench.positions import ats, skins, structured
from bench.positions.posting import Posting, invented, load
from bench.positions.prose import as_text, words
from bench.positions.score import Tier, found_in, token_f1
from bench.positions.truth import columns, only, without
from liverows.base.errors import WorkerError
from tests.support.local_web import LocalWeb, answer, local_web
from worker.pages.draft import Draft
from worker.positions.ask import missing
from worker.positions.ladder import read_posting
from worker.positions.model_answer import ASKED
from worker.positions.pasted import extract_from_text
from worker.positions.result import finish
from worker.services.web.client import WebClient

PAGE = "https://careers.board-of-nobody.com/jobs/{id}"
INVENTED = 30


class Corpus:
    """The postings, the local web servers that show them, and the counts."""

    def __init__(self, postings: list[Posting], net: LocalWeb, web: WebClient) -> None:
        self._postings = postings
        self._net = net
        self._web = web

    async def tier_a(self) -> Tier:
        """Read the data of recruiting systems."""
        tier = Tier("A")
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
        tier = Tier("B")
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
        self._net.routes.clear()
        self._net.routes[url.removeprefix("https://")] = answer(html)
        truth = structured.truth(posting)
        if where.startswith("organization-as-text"):
            truth = truth | {"company_website": None}
        await self._add(tier, where, truth, url, posting)

    async def tier_c(self) -> Tier:
        """Read plain pages. The title and the description are judged, and whether other text of the
        page leaked into the description."""
        tier = Tier("C")
        for posting in self._postings:
            truth = only(columns(posting), "job_title", "company_name", "salary")
            for name, skin in skins.SKINS.items():
                url, html = PAGE.format(id=posting.id), skin(posting)
                self._net.routes.clear()
                self._net.routes[url.removeprefix("https://")] = answer(html)
                where = f"{name} {posting.id}"
                await self._add(tier, where, without(truth, "location"), url, posting)
                other = trafilatura.extract(html, include_formatting=True) or ""
                tier.rate("trafilatura F1", token_f1(words(posting), other.split()))
        return tier

    async def tier_d(self) -> Tier:
        """Read pasted text, and find the pay among many other amounts of money."""
        tier = Tier("D")
        for posting in self._postings:
            text = f"{posting.title}\n\n{as_text(posting)}"
            truth = only(columns(posting), "salary")
            await self._judge(
                tier, posting.id, without(truth, "job_title"), extract_from_text(text), posting
            )
        return tier

    async def _add(
        self, tier: Tier, where: str, truth: dict[str, object], url: str, posting: Posting
    ) -> None:
        await self._judge(tier, where, truth, read_posting(self._web, url), posting)

    async def _judge(
        self,
        tier: Tier,
        where: str,
        truth: dict[str, object],
        reading: Awaitable[Draft],
        posting: Posting,
    ) -> None:
        try:
            draft = await reading
        except WorkerError as error:
            tier.wrong.append(f"{where}: refused as {error.code}")
            tier.add(where, truth, {})
            return
        tier.rate("left to a model", len(missing(draft)) / len(ASKED))
        row = finish(draft).model_dump(mode="json")
        tier.add(where, truth, found_in(row))
        text = row["job_description"] or ""
        tier.rate("description F1", token_f1(words(posting), text.split()))
        tier.rate("no leak", float(not any(leak in text for leak in skins.LEAKS)))
        if tier.name != "D":  # plain text has no headings and lists
            tier.rate("headings and lists", _structure(text, posting))


def _structure(markdown: str, posting: Posting) -> float:
    """The share of the posting's headings and list items that are so in the result too."""
    wanted = [f"# {section.heading}" for section in posting.sections if section.heading]
    wanted += [f"- {item}" for section in posting.sections for item in section.items]
    return sum(each in markdown for each in wanted) / len(wanted) if wanted else 1.0


def _print(console: Console, tier: Tier, seconds: float) -> None:
    table = Table(
        title=f"tier {tier.name}: {tier.asked} pages in {seconds:.1f} s", title_justify="left"
    )
    for heading in ("column", "correct", "wrong", "missing", "invented", "exact"):
        table.add_column(heading, justify="left" if heading == "column" else "right")
    for name, counts in tier.counts.items():
        numbers = [str(counts[each]) for each in ("correct", "wrong", "missing", "invented")]
        table.add_row(name, *numbers, f"{tier.exact(name):.3f}")
    for name in tier.rates:
        table.add_row(name, "", "", "", "", f"{tier.mean(name):.3f}")
    console.print(table)
    for line in tier.wrong[:20]:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


async def measure(postings: list[Posting], report: Callable[[Tier, float], None]) -> list[Tier]:
    """Run all tiers; `report` is called after each."""
    tiers = []
    async with local_web() as net, net.client() as web:
        corpus = Corpus(postings, net, web)
        for run in (corpus.tier_a, corpus.tier_b, corpus.tier_c, corpus.tier_d):
            started = time.monotonic()
            tier = await run()
            report(tier, time.monotonic() - started)
            tiers.append(tier)
    return tiers


def main() -> int:
    """Print the results; the exit code is 1 if any value was invented."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    folder = os.environ.get("DATA")
    postings = list(load(Path(folder))) if folder else list(invented(INVENTED))
    console = Console()
    console.print(f"{len(postings)} postings {'of ' + folder if folder else 'invented here'}")
    tiers = asyncio.run(measure(postings, lambda tier, took: _print(console, tier, took)))
    total = sum(tier.invented for tier in tiers)
    console.print(f"invented values in all tiers: {total}; calls of a model: 0, cost: 0")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
