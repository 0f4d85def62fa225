"""`make eval-research [DATA=folder]`: researches companies whose truth is known, and counts.

Each company is researched twice, without a model and with a model that lies. After that it is
asked for again, and the shared profile should answer. The sites and GitHub are small local
servers.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import TaskGroup
from typing import Any

import structlog

from bench.passing import Passing, fault_of, given_folder
from bench.research.elsewhere import composed_companies
from bench.research.liar import Liar
from bench.research.score import Marks, ratio
from bench.research.sites import Company, example_company, given_companies, invented_companies
from tests.support.fake_github import FakeGitHub, fake_github
from tests.support.local_web import LocalWeb, answer, local_web
from worker.companies.analyse import analyse
from worker.companies.brief import Found, Request, settle
from worker.companies.identity import site_key
from worker.companies.model_answer import Analysis, RoleAnalysis
from worker.companies.open_source import search_github
from worker.companies.profile import Profile
from worker.companies.website import scrape_pages, scrape_website
from worker.services.github import GitHub
from worker.services.models.language_model import LanguageModel
from worker.services.web.polite import PoliteWeb


class World:
    """The local servers and the shared profiles."""

    def __init__(self, net: LocalWeb, hub: FakeGitHub, site: PoliteWeb, github: GitHub) -> None:
        self.net = net
        self.hub = hub
        self.site = site
        self.github = github
        self.known: dict[str, tuple[Company, Profile]] = {}

    @property
    def requests(self) -> int:
        """The number of requests that all local servers have got so far."""
        return len(self.net.seen) + len(self.hub.seen)

    def put_online(self, company: Company) -> None:
        """Serve the company's pages and its organisation."""
        for path, html in company.pages.items():
            self.net.routes[f"{company.host}{path}"] = answer(html)
        if company.github:
            self.hub.organisation(
                company.github, blog=f"https://{company.host}", languages=company.languages
            )

    async def research(self, company: Company, model: LanguageModel | None, marks: Marks) -> None:
        """Research a company, count its brief, and keep its profile."""
        found = await self.find_out(company, model)
        brief = await settle(Request(company_name=company.name), found, None, RoleAnalysis())
        marks.add(company, found, brief)
        self.known[site_key(company.home)] = (company, brief.profile)

    async def find_out(self, company: Company, model: LanguageModel | None) -> Found:
        """Research a company as the pipeline does: the front page, then the other pages and GitHub
        in parallel, then the model."""
        front = await scrape_website(self.site, company.home)
        domain = site_key(company.home)
        async with TaskGroup() as parallel:
            reading = parallel.create_task(scrape_pages(self.site, front))
            searching = parallel.create_task(
                search_github(self.github, front.github_accounts, company.name, domain)
            )
        found = Found(website=reading.result(), open_source=searching.result())
        if model is None:
            return found
        analysis: Analysis = await analyse(model, company.name, found.sources)
        return found.model_copy(update={"analysis": analysis})


async def evaluate(companies: list[Company], model: LanguageModel | None) -> Marks:
    """Research each company, and then ask for it a second time."""
    marks = Marks()
    async with local_web() as net, net.client() as web, fake_github() as hub:
        github = GitHub(api_url=hub.url)
        world = World(net, hub, PoliteWeb(web, spacing=0), github)
        for company in companies:
            world.put_online(company)
            try:
                await world.research(company, model, marks)
            except Exception as error:  # one site ends no run
                marks.unread.append(f"{company.name}: {fault_of(error)}")
        marks.requests = world.requests
        for company, known in world.known.values():
            again = await settle(Request(company_name=company.name), None, known, RoleAnalysis())
            marks.hits += again.profile == known
        marks.requests_when_known = world.requests - marks.requests
        await github.aclose()
    return marks


def report(title: str, marks: Marks) -> None:
    """Print one block of figures."""
    hits, given, truth = marks.technologies
    named, shown, made = marks.products
    print(f"{title}: {marks.companies} companies")
    print(f"  claims with valid sources   {ratio(marks.cited, marks.claims)}")
    print(f"  borne out by a source       {ratio(marks.supported, marks.claims)}")
    print(f"  invented items              {marks.invented}")
    print(f"  technologies: precision     {ratio(hits, given)}")
    print(f"                recall        {ratio(hits, truth)}")
    print(f"  products:     precision     {ratio(named, shown)}")
    print(f"                recall        {ratio(named, made)}")
    print(f"  websites read in part       {marks.in_part}")
    print(f"  requests a company          {marks.requests / max(1, marks.companies):.1f}")
    print(f"  asked again: known          {ratio(marks.hits, marks.companies)}, ", end="")
    print(f"{marks.requests_when_known} requests")
    for line in marks.unread:
        print(f"    not read: {line}")
    for line in marks.wrong[:10]:
        print(f"    not borne out: {line}")


def show(marks: Marks) -> None:
    """Print what a brief states of each company whose truth is not known."""
    for name, result in marks.briefs:
        coverage: Any = result["coverage"]
        print(f"to judge: {name}: website {coverage['website']}, {', '.join(result['warnings'])}")
        if result["overview"]:
            print(f"    overview: {result['overview']['text']}")
        for field in ("products", "companyValues", "keyTalkingPoints"):
            for item in result[field]:
                print(f"    {field}: {item['text']}")
        if result["techStack"]:
            print(f"    techStack: {', '.join(item['name'] for item in result['techStack'])}")


def main() -> int:
    """Print the figures; the exit code is 1 if a figure is worse than promised."""
    folder = given_folder()
    if folder:
        passing = Passing()
        given = asyncio.run(evaluate(given_companies(folder, passing), None))
        report(f"companies in {folder}", given)
        show(given)
        passing.report("companies")
        return 0
    companies = [example_company(), *invented_companies()]
    broken = 0
    runs: tuple[tuple[str, LanguageModel | None], ...] = (
        ("without a model", None),
        ("with a model that lies", Liar()),
    )
    for title, model in runs:
        marks = asyncio.run(evaluate(companies, model))
        report(title, marks)
        broken += marks.cited < marks.claims or marks.supported < 0.95 * marks.claims
        broken += marks.invented > 0 or bool(marks.unread)
    composed = asyncio.run(evaluate(list(composed_companies()), None))
    report("a second generator, whose rules the readers do not share", composed)
    return int(broken > 0)


if __name__ == "__main__":
    # Not in main(): whoever calls that in another process keeps a log of its own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    sys.exit(main())
