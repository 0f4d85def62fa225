"""A job position from the address or the text of its posting."""

from __future__ import annotations

from asyncio import TaskGroup

from pydantic import BaseModel, JsonValue

from worker.engine import Context, Pipeline, Retry, Step
from worker.providers import Providers
from worker.steps.positions import (
    NOT_CONFIGURED,
    PROMPT_VERSION,
    Draft,
    EnrichedPosition,
    ask_model,
    extract_from_text,
    finish,
    logo_of,
    merge,
    missing,
    no_answer,
    read_page,
    read_quick_look,
    unverified_logo,
    verify_logo,
    weigh_answer,
    with_verified_logo,
)


class Posting(BaseModel):
    """What the user gave us. A description wins over the page: it is what the user has seen."""

    job_url: str | None = None
    raw_job_description: str | None = None
    quick_look: JsonValue = None


# Opening and reading are one step, because a page is up to 5 MB and free: what is stored is
# what was read of it, and a better reader comes with a new version that opens it again.
READ_PAGE = Step("read-page", read_page, weight=3, stage="Reading the page")
READ_TEXT = Step("read-text", extract_from_text, weight=1, stage="Reading the description")
VERIFY_LOGO = Step(
    "verify-logo",
    verify_logo,
    retry=Retry(attempts=2),
    fallback=unverified_logo,
    weight=1,
    stage="Checking the logo",
)
# The one paid call: its answer is stored as it came, and weighed afterwards.
ASK_MODEL = Step(
    "ask-model",
    ask_model,
    retry=Retry(total=60),
    timeout=120,
    fallback=no_answer,
    weight=6,
    version=PROMPT_VERSION,
    provider="openai",
    stage="Looking for what is missing",
)

pipeline = Pipeline(
    "enrich-job-position",
    inputs=Posting,
    outputs=EnrichedPosition,
    steps=(READ_PAGE, READ_TEXT, VERIFY_LOGO, ASK_MODEL),
)


@pipeline
async def enrich(context: Context[Providers], posting: Posting) -> EnrichedPosition:
    """Read the posting, show title and company, then fill gaps and check the logo at once."""
    draft = await _read(context, posting)
    early = {name: draft.value(name) for name in ("job_title", "company_name") if draft.get(name)}
    await context.publish(**early)
    async with TaskGroup() as parallel:
        checked = parallel.create_task(_with_logo(context, draft))
        added = parallel.create_task(_what_a_model_adds(context, draft))
    merged = merge(checked.result(), added.result(), read_quick_look(posting.quick_look))
    return finish(merged, warnings=context.warnings)


async def _read(context: Context[Providers], posting: Posting) -> Draft:
    text = posting.raw_job_description or ""
    if posting.job_url is None or text.strip():
        return await context.run(READ_TEXT, text)
    return await context.run(READ_PAGE, context.providers.web, posting.job_url)


async def _with_logo(context: Context[Providers], draft: Draft) -> Draft:
    logo = logo_of(draft)
    if logo is None:
        return draft
    check = await context.run(VERIFY_LOGO, context.providers.web, logo)
    return with_verified_logo(draft, check)


async def _what_a_model_adds(context: Context[Providers], draft: Draft) -> Draft:
    wanted, model = missing(draft), context.providers.language_model
    if not wanted:
        return Draft()
    if model is None:
        context.warn(NOT_CONFIGURED)
        return Draft()
    return weigh_answer(draft, await context.run(ASK_MODEL, model, wanted, draft.text))
