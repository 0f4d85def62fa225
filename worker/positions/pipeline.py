"""The pipeline that fills a job position from the URL or the text of its posting."""

from __future__ import annotations

from asyncio import TaskGroup

from pydantic import BaseModel, JsonValue

from liverows import Context, Pipeline, Retry, Step, WorkerError, run_in_child
from worker.pages.draft import Draft
from worker.positions.ask import (
    MAX_TEXT_CHARACTERS,
    NOT_CONFIGURED,
    POSTING_CUT,
    PROMPT_VERSION,
    ask_model,
    missing,
    no_answer,
    weigh_answer,
)
from worker.positions.extract import extract_structured
from worker.positions.ladder import read_posting
from worker.positions.logo import find_logo, logo_hints, no_logo, with_logo
from worker.positions.look_up import (
    LOOK_UP_VERSION,
    NOT_SEARCHED,
    known_of,
    look_up,
    nothing_found,
    weigh_look_up,
    worth_looking_up,
)
from worker.positions.merge import merge
from worker.positions.pasted import extract_from_text
from worker.positions.quick_look import read_quick_look
from worker.positions.result import EnrichedPosition, finish, within_limits
from worker.positions.scrape import scrape_page, worth_scraping
from worker.sentences import ERRORS
from worker.services import Services
from worker.services.models.budget import budgeted


class Posting(BaseModel):
    """The inputs of a row. If there is a description, the page at the URL is not opened."""

    job_url: str | None = None
    raw_job_description: str | None = None
    quick_look: JsonValue = None


# Opening and reading are one step, so that only the result is stored: a page can have 5 MB. After a
# change of the readers, give the step a new version.
READ_PAGE = Step(
    "read-page",
    read_posting,
    weight=3,
    max_age=3600,
    shareable=True,
    stage="Reading the page",
)
# The scraping service costs money, so the page is stored before facts are read from it.
SCRAPE_PAGE = Step(
    "scrape-page",
    scrape_page,
    retry=Retry(total=240),
    timeout=200,
    max_age=24 * 3600,
    shareable=True,
    weight=3,
    provider="crawlbase",
    paid=True,
    stage="Reading the page another way",
)
READ_SCRAPED = Step("read-scraped", extract_structured, weight=1, stage="Reading the page")
READ_TEXT = Step("read-text", extract_from_text, weight=1, stage="Reading the description")
FIND_LOGO = Step(
    "find-logo",
    find_logo,
    retry=Retry(attempts=2),
    timeout=45,
    fallback=no_logo,
    weight=1,
    stage="Looking for the logo",
)
# This step costs money, so the answer is stored unchanged and checked afterwards.
ASK_MODEL = Step(
    "ask-model",
    ask_model,
    retry=Retry(total=60),
    timeout=120,
    fallback=no_answer,
    max_age=7 * 24 * 3600,
    shareable=True,
    weight=6,
    version=PROMPT_VERSION,
    provider="language_model",
    paid=True,
    stage="Looking for what is missing",
)
LOOK_UP = Step(
    "look-up",
    look_up,
    retry=Retry(total=120),
    timeout=180,
    fallback=nothing_found,
    weight=4,
    version=LOOK_UP_VERSION,
    max_age=7 * 24 * 3600,
    shareable=True,
    provider="language_model",
    paid=True,
    stage="Looking for the employer's site",
)

pipeline = Pipeline(
    "enrich-job-position",
    sentences=ERRORS,
    inputs=Posting,
    outputs=EnrichedPosition,
    steps=(READ_PAGE, SCRAPE_PAGE, READ_SCRAPED, READ_TEXT, FIND_LOGO, ASK_MODEL, LOOK_UP),
)


@pipeline
async def enrich(context: Context[Services], posting: Posting) -> EnrichedPosition:
    """Read the posting, publish a known title and company, and look for missing facts."""
    context.services = budgeted(context.services, context.warn)
    # Drop values that do not fit their columns, so that a model may find others.
    draft = within_limits(await _read(context, posting))
    early = {name: draft.value(name) for name in ("job_title", "company_name") if draft.get(name)}
    await context.publish(**early)
    async with TaskGroup() as parallel:
        checked = parallel.create_task(_with_logo(context, draft))
        added = parallel.create_task(_what_a_model_adds(context, draft))
    merged = merge(checked.result(), added.result(), read_quick_look(posting.quick_look))
    merged = merge(merged, await _what_the_web_adds(context, merged))
    if not logo_hints(draft).worth_a_look:
        # There was nothing to look for above. The employer's website may be known now.
        merged = await _with_logo(context, merged)
    return finish(merged, warnings=context.warnings)


async def _read(context: Context[Services], posting: Posting) -> Draft:
    text = posting.raw_job_description or ""
    if posting.job_url is None or text.strip():
        return await context.run(READ_TEXT, text)
    try:
        return await context.run(READ_PAGE, context.services.web, posting.job_url)
    except WorkerError as error:
        scraper = context.services.scraper
        if scraper is None or not worth_scraping(error):
            raise
    page = await context.run(SCRAPE_PAGE, scraper, posting.job_url)
    return await context.run(READ_SCRAPED, page)


async def _with_logo(context: Context[Services], draft: Draft) -> Draft:
    hints = logo_hints(draft)
    if not hints.worth_a_look:
        return draft
    return with_logo(draft, await context.run(FIND_LOGO, context.services.web, hints))


async def _what_a_model_adds(context: Context[Services], draft: Draft) -> Draft:
    wanted, model = missing(draft), context.services.language_model
    if not wanted:
        return Draft()
    if model is None:
        context.warn(NOT_CONFIGURED)
        return Draft()
    if len(draft.text) > MAX_TEXT_CHARACTERS:
        context.warn(POSTING_CUT)
    answer = await context.run(ASK_MODEL, model, wanted, draft.text)
    return await run_in_child(weigh_answer, draft, answer)


async def _what_the_web_adds(context: Context[Services], draft: Draft) -> Draft:
    wanted, providers = worth_looking_up(draft), context.services
    if not wanted or providers.agent is None:
        return Draft()
    if providers.search is None:
        context.warn(NOT_SEARCHED)
        return Draft()
    found = await context.run(
        LOOK_UP, providers.agent, providers.search, providers.web, wanted, known_of(draft)
    )
    return await run_in_child(weigh_look_up, draft, found)
