"""The outside services of company research: a website, its GitHub, a search engine and a model."""

from __future__ import annotations

from asyncio import StreamWriter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from liverows.base.errors import Permanent
from tests.app.pipelines.cases import Calls
from tests.support.company_site import HOME, HOST, company_pages, put_company_online
from tests.support.fake_github import FakeGitHub, fake_github
from tests.support.fake_openai import Answer, FakeOpenAI, Request, fake_openai
from tests.support.local_web import LocalWeb, answer, local_web
from worker.services import Services
from worker.services.github import GitHub
from worker.services.models.openai_model import OpenAILanguageModel
from worker.services.search import Hit
from worker.services.web.client import WebClient
from worker.services.web.polite import PoliteWeb


def cited(text: str, source: str, quote: str, basis: str = "stated") -> dict[str, str]:
    return {"text": text, "source": source, "quote": quote, "basis": basis}


NOTHING: dict[str, Any] = {
    "overview": None,
    "executive_summary": None,
    "products": [],
    "tech_stack": [],
    "salary": None,
    "key_talking_points": [],
    "top_challenges": [],
    "culture_insights": None,
    "company_values": [],
    "red_flags": [],
    "interview_questions": [],
    "preparation_tips": [],
    "smart_questions": [],
    "key_topics": [],
}
QUESTIONS = [
    {"text": f"Tell us {what}.", "kind": "company", "why": "It fits what they build."}
    for what in ("why rivers", "about a probe", "about firmware", "about batteries", "about tests")
]
REPORT = NOTHING | {
    "overview": cited(
        "Brightwater makes flow meters and water quality probes for rivers.",
        "s1",
        "Brightwater Instruments makes flow meters and water quality probes for rivers",
    ),
    "top_challenges": [
        cited("Fouling is their hardest problem.", "s2", "Our hardest problem is fouling.")
    ],
    "tech_stack": [cited("Rust", "s4", "written in Rust and C++")],
    "interview_questions": QUESTIONS,
    "preparation_tips": ["Read about fouling.", "Look at their rigs.", "Think of batteries."],
    "smart_questions": ["Who elects the board?", "How are probes tested?", "What breaks first?"],
    "key_topics": ["hydrology"],
}
FOR_ROLE = {
    "interview_questions": [{**one, "kind": "technical"} for one in QUESTIONS],
    "preparation_tips": ["Write some firmware.", "Count microampere.", "Draw the service."],
    "smart_questions": ["Who reviews firmware?", "How is it released?", "What do you measure?"],
    "key_topics": ["firmware"],
}


class FakeSearch:
    """A search engine that knows one company; the real wire format is tested elsewhere."""

    def __init__(self) -> None:
        self.hits = [Hit("https://en.wikipedia.org/wiki/Brightwater", "Brightwater"), Hit(HOME, "")]

    async def search(self, query: str) -> list[Hit]:
        if not query:
            raise Permanent("The search refused the request.")
        return self.hits


class CompanyWorld:
    """The company's website, GitHub and the model; a test may replace their answers."""

    def __init__(
        self, web: LocalWeb, client: WebClient, github: FakeGitHub, openai: FakeOpenAI
    ) -> None:
        self.calls = Calls(
            "scrape-website",
            "scrape-pages",
            "search-github",
            "analyze-with-llm",
            "prepare-for-role",
        )
        self.web = web
        self.github = github
        self.openai = openai
        self.search = FakeSearch()
        self.site = PoliteWeb(client, spacing=0)
        self.github_client = GitHub(api_url=github.url)
        self.model = OpenAILanguageModel(
            api_key="sk-test", base_url=openai.base_url, model="m", timeout_seconds=30
        )
        self.keyless = Services(web=client, site=self.site, github=self.github_client)
        self.providers = Services(
            web=client,
            site=self.site,
            github=self.github_client,
            search=self.search,
            language_model=self.model,
        )
        github.arrives = self._at_github
        github.organisation(
            "brightwater-instruments",
            blog=f"https://www.{HOST}",
            languages={"firmware": {"Rust": 9000, "C": 400}, "dashboard": {"TypeScript": 2600}},
        )
        put_company_online(web)
        for path, html in company_pages().items():
            self.page_answers(path, answer(html))
        self.model_answers()

    async def aclose(self) -> None:
        await self.github_client.aclose()
        await self.model.aclose()

    def page_answers(self, path: str, *answers: bytes) -> None:
        """Set what a page answers, in order; the last answer is repeated."""
        step = "scrape-website" if path == "/" else "scrape-pages"
        self.web.routes[f"{HOST}{path}"] = self._page(step, answers)

    def model_answers(self, *first: Answer, report: Any = REPORT, role: Any = FOR_ROLE) -> None:
        """Set the model's reports; `first` are given before them, whatever is asked."""

        def reply(request: Request) -> Answer:
            name = request.body["response_format"]["json_schema"]["name"]
            is_role = name == "RoleReport"
            self.calls.arrive("prepare-for-role" if is_role else "analyze-with-llm")
            return Answer.of(role if is_role else report)

        def counted(given: Answer) -> Callable[[Request], Answer]:
            def failing(_request: Request) -> Answer:
                self.calls.arrive("analyze-with-llm")
                return given

            return failing

        self.openai.script(*map(counted, first), reply)

    async def _at_github(self, _path: str) -> None:
        await self.calls.arrive_here("search-github")

    def _page(self, step: str, answers: Sequence[bytes]) -> Callable[[StreamWriter], Any]:
        left = list(answers)

        async def reply(writer: StreamWriter) -> None:
            await self.calls.arrive_here(step)
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

        return reply


@asynccontextmanager
async def company_world() -> AsyncIterator[CompanyWorld]:
    async with (
        local_web() as web,
        web.client() as client,
        fake_github() as github,
        fake_openai() as openai,
    ):
        world = CompanyWorld(web, client, github, openai)
        try:
            yield world
        finally:
            world.calls.release(*world.calls.steps)
            await world.aclose()
