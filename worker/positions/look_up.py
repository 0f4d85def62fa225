"""Lets a model with three tools search the web for facts that the posting lacks.

The model may open only pages of sites that a search has found, and each quote must be on its page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from liverows import BudgetExceeded, RateLimited, WorkerError, run_in_child
from worker.pages.draft import Draft, Findings, ModelUse
from worker.pages.enclosed import enclosed
from worker.pages.hosts import is_somebody_elses, registrable_domain, website
from worker.pages.prompts import Prompt
from worker.pages.quotes import flat, is_quoted
from worker.pages.readable import readable
from worker.pages.tree import soup_of
from worker.positions.ask import is_published_as_data
from worker.services.models.tool_agent import AgentBudget, ToolAgent, ToolFunction
from worker.services.search import WebSearch
from worker.services.web.client import Page, WebClient

PROMPT = Prompt("worker.positions", "look_up")
LOOK_UP_VERSION = PROMPT.version
NOT_SEARCHED = "web_search_not_configured"

LookedUp: TypeAlias = Literal["company_website", "company_logo"]
LOOKED_UP: tuple[LookedUp, ...] = get_args(LookedUp)
"""The fields that are looked up. Other fields, such as pay, must come from the posting itself."""

MAX_CALLS = 6
MAX_PAGE_CHARACTERS = 12_000
MAX_POSTING_CHARACTERS = 6_000
CONFIDENCE = 0.5
BUDGET = AgentBudget(turns=MAX_CALLS + 2)


class WebFact(BaseModel):
    """One fact, the URL of the page that states the fact, and a quote from that page."""

    field: LookedUp
    value: str
    source_url: str
    quote: str


class WebFacts(BaseModel):
    """All facts that the opened pages state, out of those asked for."""

    facts: list[WebFact]


class LookUp(BaseModel):
    """The unchecked facts that the model reported, with what is needed to check them.

    `pages` has the first 12,000 characters of opened pages by URL. `images` are URLs found to be
    images.
    """

    model_config = ConfigDict(frozen=True)

    facts: tuple[WebFact, ...] = ()
    pages: dict[str, str] = {}
    images: tuple[str, ...] = ()
    use: ModelUse | None = None


class Known(BaseModel):
    """What the model is told about the posting before it searches."""

    model_config = ConfigDict(frozen=True)

    job_title: str | None
    company_name: str
    location: str | None
    text: str


def known_of(draft: Draft) -> Known:
    """What the model is told about a draft; of the text, the first 6,000 characters."""
    title, place = draft.value("job_title"), draft.value("location")
    return Known(
        job_title=title if isinstance(title, str) else None,
        company_name=str(draft.value("company_name")),
        location=place if isinstance(place, str) else None,
        text=draft.text[:MAX_POSTING_CHARACTERS],
    )


def worth_looking_up(draft: Draft) -> tuple[LookedUp, ...]:
    """The fields to look up on the web.

    Empty if the employer's website is known, its name is unknown, or `is_published_as_data` is
    true.
    """
    if draft.get("company_website") or not draft.get("company_name") or is_published_as_data(draft):
        return ()
    return tuple(name for name in LOOKED_UP if draft.get(name) is None)


async def look_up(
    agent: ToolAgent,
    search: WebSearch,
    web: WebClient,
    wanted: tuple[LookedUp, ...],
    known: Known,
) -> LookUp:
    """Let the model search the web and open pages, and return what it reports, unchecked.

    A checkpoint can store this before `weigh_look_up`: a second call would cost money again. Raises
    the errors of `ToolAgent.run`, and `RateLimited` if the search is at its limit.
    """
    desk = _Desk(search, web)
    answer = await agent.run(
        system=PROMPT.text,
        prompt=_question(wanted, known),
        tools=desk.tools(),
        output=WebFacts,
        budget=BUDGET,
    )
    return LookUp(
        facts=tuple(answer.value.facts) if answer.value else (),
        pages=desk.pages,
        images=tuple(desk.images),
        use=ModelUse(
            model=answer.model,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            tool_calls=desk.calls,
        ),
    )


async def nothing_found(
    agent: ToolAgent,
    search: WebSearch,
    web: WebClient,
    wanted: tuple[LookedUp, ...],
    known: Known,
) -> LookUp:
    """Return no facts; the fallback of the step `look-up`."""
    return LookUp()


def weigh_look_up(draft: Draft, found: LookUp) -> Draft:
    """Return a draft with only the model's facts that pass all checks; the others become
    candidates.
    """
    findings = Findings("llm", None)
    wanted = worth_looking_up(draft)
    company = draft.value("company_name")
    for fact in found.facts:
        findings.at(fact.source_url)
        reason = _refusal(fact, wanted, found, company if isinstance(company, str) else None)
        if reason:
            findings.drop(fact.field, fact.value, fact.quote, reason)
        else:
            value = _value(fact)
            findings.add(fact.field, value, fact.quote, CONFIDENCE)
    return findings.draft().model_copy(update={"llm": found.use})


def _refusal(
    fact: WebFact, wanted: tuple[LookedUp, ...], found: LookUp, company: str | None
) -> str | None:
    page = found.pages.get(fact.source_url)
    if fact.field not in wanted:
        return "not asked for"
    if page is None:
        return "the page was not opened"
    if not is_quoted(fact.quote, page):
        return "the quote is not on the page"
    if company and flat(company).casefold() not in flat(page).casefold():
        return "the page does not name the employer"
    return _unsupported(fact, found)


def _unsupported(fact: WebFact, found: LookUp) -> str | None:
    domain = registrable_domain(fact.source_url)
    if fact.field == "company_website":
        own = website(fact.value) is not None and registrable_domain(fact.value) == domain
        return None if own else "the page is not on that site"
    seen = fact.value in found.images and not is_somebody_elses(fact.source_url)
    return None if seen else "not an image that was checked"


def _value(fact: WebFact) -> str | None:
    if fact.field == "company_website":
        return website(fact.value)
    return fact.value


def _question(wanted: tuple[LookedUp, ...], known: Known) -> str:
    stated = known.model_dump(exclude={"text"}, exclude_none=True)
    facts = "\n".join(f"{name}: {value}" for name, value in stated.items())
    shown = enclosed("posting", f"{facts}\n\n{known.text}")
    return f"Report these facts: {', '.join(wanted)}.\n\n{shown}"


def _text_of(page: Page) -> str:
    return readable(soup_of(page.text), page.final_url)[:MAX_PAGE_CHARACTERS]


@dataclass
class _Desk:
    """The tools that the model may use in one run, and what the tools found."""

    search: WebSearch
    web: WebClient
    domains: set[str] = field(default_factory=set)
    pages: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    calls: int = 0

    def tools(self) -> list[ToolFunction]:
        """All tools that the model may use."""
        return [self.search_web, self.read_page, self.check_logo]

    async def search_web(self, query: str) -> str:
        """Find pages on the web. Answers with their addresses and titles."""
        if refusal := self._spend():
            return refusal
        try:
            hits = await self.search.search(query[:200])
        except (RateLimited, BudgetExceeded):
            raise
        except WorkerError as error:
            return f"The search failed: {error.message}"
        open_to_us = [hit for hit in hits if not is_somebody_elses(hit.url)]
        self.domains.update(filter(None, (registrable_domain(hit.url) for hit in open_to_us)))
        return "\n".join(f"{hit.url} {hit.title}" for hit in open_to_us) or "Nothing was found."

    async def read_page(self, url: str) -> str:
        """Open a page of a site that a search has found."""
        if refusal := self._spend() or self._not_allowed(url):
            return refusal
        try:
            page = await self.web.page(url)
            # A redirect may lead to another site, so check the final URL too.
            if refusal := self._not_allowed(page.final_url):
                return refusal
            text = await run_in_child(_text_of, page)
        except BudgetExceeded:
            raise
        except WorkerError as error:
            return f"The page could not be read: {error.message}"
        # The model may name the requested or the final URL.
        self.pages[url] = self.pages[page.final_url] = text
        return text or "The page shows no text."

    async def check_logo(self, url: str) -> str:
        """Tell whether a URL on a site that a search has found is an image."""
        if refusal := self._spend() or self._not_allowed(url):
            return refusal
        try:
            image = await self.web.image(url)
        except BudgetExceeded:
            raise
        except WorkerError as error:
            return f"No image: {error.message}"
        self.images.append(url)
        return f"An image ({image.media_type})."

    def _spend(self) -> str | None:
        if self.calls >= MAX_CALLS:
            return "No calls are left. Report what you have."
        self.calls += 1
        return None

    def _not_allowed(self, url: str) -> str | None:
        if registrable_domain(url) in self.domains:
            return None
        return "No search has found this site, so it stays closed."
