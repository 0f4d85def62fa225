"""`make eval-model`: every row with and without a model; no row may be worse with one.

The models are a small real one, which errs as no script does, three that lie, and four that change
one thing of what is right. MODEL_URL names another server in OpenAI's wire format to use in place
of the small one, and MODEL its model. EVERY=n takes each n-th row only.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack

import structlog
from rich.console import Console
from rich.table import Table

from bench.interviews.elsewhere import composed_interviews
from bench.interviews.written import written_interviews
from bench.model.compare import Comparison
from bench.model.distorter import WAYS, Distorter
from bench.model.liars import Liar
from bench.model.rows import compare_companies, compare_interviews, compare_positions
from bench.model.small_model import small_model
from bench.positions.posting import invented
from bench.research.elsewhere import composed_companies
from bench.research.sites import example_company, invented_companies
from worker.services.models.language_model import BaseModelT, LanguageModel, Structured
from worker.services.models.openai_model import OpenAILanguageModel

POSTINGS = 24
MOST_TOKENS = 1_000
"""A small model often does not stop by itself, and a processor writes 50 tokens a second."""
SHIFTS = (0, 1, 2)
SHOWN = 10
REAL_EVERY = 10


class Brief:
    """A `LanguageModel` that asks another one for short answers only."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask for at most `MOST_TOKENS`."""
        most = min(max_output_tokens, MOST_TOKENS)
        return await self._model.structured(
            system=system, prompt=prompt, output=output, max_output_tokens=most
        )


async def measure(console: Console, name: str, model: LanguageModel, part: slice) -> int:
    """Compare all rows, print the counts, and return how many rows are worse with the model."""
    postings = list(invented(POSTINGS))[part]
    scripts = [*written_interviews(), *composed_interviews()][part]
    companies = [example_company(), *invented_companies(), *composed_companies()][part]
    comparisons = []
    for comparing in (
        compare_positions(postings, model),
        compare_interviews(scripts, model),
        compare_companies(companies, model),
    ):
        comparisons.append(await comparing)
        console.print(f"{name}: {comparisons[-1].kind} done", style="dim")
    _print(console, name, comparisons)
    return sum(rows.verdicts["worse"] for rows in comparisons)


def _print(console: Console, name: str, comparisons: list[Comparison]) -> None:
    table = Table(title=name, title_justify="left")
    for heading in (
        *("rows of", "rows", "better", "same", "worse"),
        *("true values", "with it", "untrue values", "with it", "calls in vain"),
    ):
        table.add_column(heading, justify="left" if heading == "rows of" else "right")
    for rows in comparisons:
        table.add_row(
            rows.kind,
            str(rows.rows),
            *(str(rows.verdicts[verdict]) for verdict in ("better", "same", "worse")),
            *(str(counts["right"]) for counts in (rows.without, rows.with_model)),
            *(str(counts["wrong"]) for counts in (rows.without, rows.with_model)),
            ", ".join(f"{count} {code}" for code, count in rows.refused.items()) or "0",
        )
    console.print(table)
    for rows in comparisons:
        for line in rows.worse[:SHOWN]:
            console.print(f"  {rows.kind} {line}", markup=False, highlight=False, soft_wrap=True)
        for line in rows.shown:
            console.print(f"  shown: {line}", markup=False, highlight=False, soft_wrap=True)


async def _run(console: Console) -> int:
    worse, every = 0, int(os.environ.get("EVERY", "1"))
    part = slice(None, None, every)
    for shift in SHIFTS:
        worse += await measure(console, f"liar {shift}", Liar(shift), part)
    for way in WAYS:
        worse += await measure(console, f"distorter, {way}", Distorter(way), part)
    async with AsyncExitStack() as stack:
        url = os.environ.get("MODEL_URL") or stack.enter_context(small_model())
        model = OpenAILanguageModel(
            api_key=os.environ.get("OPENAI_API_KEY", "none"),
            base_url=url,
            model=os.environ.get("MODEL", "small"),
            timeout_seconds=600,
        )
        stack.push_async_callback(model.aclose)
        # A call takes up to minutes on a processor, so few rows are asked for.
        few = slice(None, None, REAL_EVERY * every)
        worse += await measure(console, f"the model at {url}", Brief(model), few)
    return worse


def main() -> int:
    """Print the counts; the exit code is 1 if any row is worse with a model than without."""
    return int(asyncio.run(_run(Console())) > 0)


if __name__ == "__main__":
    # Not in main(): whoever calls that in another process keeps a log of its own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sys.exit(main())
