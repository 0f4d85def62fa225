"""What a pipeline's author writes, checked by mypy --strict and never run.

Each `type: ignore` stands for a mistake that the checker must report; a strict run
fails when one of them is no longer needed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol, assert_type

from pydantic import BaseModel

from liverows import Context, Pipeline, Retry, Step
from liverows.recipe.resource import Resource


class Pages(Resource, Protocol):
    async def fetch(self, url: str) -> str: ...


@dataclass
class Services:
    pages: Pages


class Request(BaseModel):
    website: str


class Report(BaseModel):
    summary: str
    words: int


async def scrape(pages: Pages, url: str, *, depth: int = 1) -> str:
    return await pages.fetch(url)


async def from_search(pages: Pages, url: str, *, depth: int = 1) -> str:
    return url


async def count(text: str) -> int:
    return len(text)


SCRAPE = Step("scrape", scrape, retry=Retry(attempts=2), fallback=from_search, weight=3)
COUNT = Step("count", count)
MISFIT = Step("misfit", scrape, fallback=count)  # type: ignore[arg-type]  # other arguments

pipeline = Pipeline("research", inputs=Request, outputs=Report, steps=(SCRAPE, COUNT))


@pipeline
async def research(context: Context[Services], request: Request) -> Report:
    async with asyncio.TaskGroup() as group:
        site = group.create_task(context.run(SCRAPE, context.services.pages, request.website))
        words = group.create_task(context.run(COUNT, request.website))
    assert_type(site.result(), str)
    assert_type(words.result(), int)
    await context.publish(words=words.result())
    return Report(summary=site.result(), words=words.result())


async def mistakes(context: Context[Services], request: Request) -> None:
    pages = context.services.pages
    await context.run(SCRAPE, pages, 3)  # type: ignore[arg-type]  # not a string
    await context.run(SCRAPE, pages)  # type: ignore[call-arg]  # an argument is missing
    await context.run(SCRAPE, pages, "", dept=2)  # type: ignore[call-arg]  # misspelt keyword


other = Pipeline("other", inputs=Request, outputs=Report)


@other  # type: ignore[arg-type]  # takes another model than it declares
async def wrong(context: Context[Services], request: Report) -> Report:
    return request
