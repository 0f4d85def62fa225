"""Reads a posting from its URL: from the data of its recruiting system, if any, and from its page.

The data is exact; the page adds what the data lacks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from liverows import Permanent, Transient, WorkerError, get_logger, run_in_child
from worker.pages.draft import Draft, FetchedPage, FetchFacts
from worker.positions.ats import Reference, adapter_of, recognise
from worker.positions.embedded import embedded_references
from worker.positions.extract import extract_structured
from worker.positions.fetch import fetch_posting
from worker.positions.merge import merge
from worker.positions.pasted import read_text
from worker.services.web.client import Page, WebClient

log = get_logger(__name__)

T = TypeVar("T")

DATA_TYPES = "application/json, application/rss+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9"
ATS_UNAVAILABLE = "ats_api_unavailable"


async def read_posting(web: WebClient, url: str) -> Draft:
    """Read a posting from its page and its recruiting system.

    Raises an error of `read_ats`, `WebClient.page` or `extract_structured` if neither can be read.
    """
    reference = recognise(url)
    if reference is None:
        page = await fetch_posting(web, url)
        return await _with_embedded(web, page)
    data, shown = await asyncio.gather(
        _attempt(read_ats(web, reference)), _attempt(_read_page(web, url))
    )
    return _settle(reference, data, shown)


async def read_ats(web: WebClient, reference: Reference) -> Draft:
    """Return the posting as its recruiting system publishes it as data.

    Raises `Permanent` with `gone`, `provider_error` (unknown form) or `too_large`, and the errors
    of `WebClient.page`.
    """
    adapter = adapter_of(reference)
    answer = await web.page(adapter.endpoint(reference), accept=DATA_TYPES)
    draft = await run_in_child(_read_answer, answer, reference)
    facts = FetchFacts(
        final_url=answer.final_url,
        status=answer.status,
        via="ats_api",
        bytes=answer.bytes,
        charset=answer.charset,
        retrieved_at=answer.retrieved_at.isoformat(timespec="seconds"),
    )
    return draft.model_copy(update={"fetch": facts, "platform": adapter.platform})


def _read_answer(answer: Page, reference: Reference) -> Draft:
    """The facts in the recruiting system's data, and more from the text of its description."""
    adapter = adapter_of(reference)
    try:
        draft = adapter.read(answer.text, reference)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("ats_answer_unreadable", platform=adapter.platform, kind=type(error).__name__)
        raise Permanent(
            "The recruiting system answered in an unknown form.", code="provider_error"
        ) from None
    stated = read_text(draft.text, method="html", source_url=answer.final_url)
    return merge(draft, stated).model_copy(update={"text": draft.text})


async def _read_page(web: WebClient, url: str) -> Draft:
    return await extract_structured(await fetch_posting(web, url))


async def _with_embedded(web: WebClient, page: FetchedPage) -> Draft:
    """Return what the page states, merged with a recruiting system's data about the same posting,
    if any.
    """
    references = await run_in_child(embedded_references, page)
    for reference in references:
        data = await _attempt(read_ats(web, reference))
        if isinstance(data, Draft) and _is_same_posting(data, page):
            return _together(data, await _attempt(extract_structured(page)))
    return await extract_structured(page)


def _is_same_posting(data: Draft, page: FetchedPage) -> bool:
    """Whether the page shows the posting of the data; a guessed account may be wrong."""
    title, address = data.value("job_title"), data.value("apply_url")
    if isinstance(address, str) and address.partition("?")[0] == page.url.partition("?")[0]:
        return True
    return isinstance(title, str) and title.casefold() in page.html.casefold()


def _settle(reference: Reference, data: Draft | WorkerError, shown: Draft | WorkerError) -> Draft:
    if isinstance(data, Draft):
        return _together(data, shown)
    log.info("ats_api_failed", platform=reference.platform, code=data.code)
    if isinstance(shown, Draft):
        warnings = (*shown.warnings, ATS_UNAVAILABLE)
        return shown.model_copy(update={"platform": reference.platform, "warnings": warnings})
    # Raise a temporary error of the page, so that it is tried again, unless the posting is gone.
    if isinstance(shown, Transient) and data.code != "gone":
        raise shown
    raise data


def _together(data: Draft, shown: Draft | WorkerError) -> Draft:
    if not isinstance(shown, Draft):
        return data
    merged = merge(data, shown)
    return merged.model_copy(
        update={"text": data.text or shown.text, "fetch": data.fetch, "platform": data.platform}
    )


async def _attempt(work: Coroutine[Any, Any, T]) -> T | WorkerError:
    """Return a `WorkerError` as a value, because another source may succeed."""
    try:
        return await work
    except WorkerError as error:
        return error
