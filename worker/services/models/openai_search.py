"""Web search with OpenAI's own search tool."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from openai import APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError

from liverows import Payment, Transient, get_logger, idempotency_headers, model_call
from worker.services.models.errors import from_body, malformed
from worker.services.models.openai_errors import translate
from worker.services.models.openai_reply import record_reply
from worker.services.models.openai_wire import OPENAI_URL, received
from worker.services.outward import CARRIES_TRACE
from worker.services.prices import paid_tokens
from worker.services.search import MAX_RESULTS, Hit
from worker.services.web.addresses import is_overlong

log = get_logger(__name__)

TOTAL_SECONDS = 30.0
MAX_OUTPUT_TOKENS = 2_000
MAX_SEARCHES = 2
"""A model may search several times for one question, and each time is billed."""
FOUND_TOKENS = 20_000
"""About the most that the service adds to the question from the pages that it finds."""

_SEARCHED = "web_search_call"


class OpenAISearch:
    """`WebSearch` over the Responses API. The results are the model's sources, not its text."""

    def __init__(self, *, api_key: str, model: str, base_url: str | None = None) -> None:
        self._model = model
        self._url = base_url or OPENAI_URL
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=TOTAL_SECONDS,
            http_client=DefaultAsyncHttpxClient(event_hooks=CARRIES_TRACE),
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def search(self, query: str) -> list[Hit]:
        """At most `MAX_RESULTS` pages: first those that the model cites, then its other sources."""
        question = f"Search the web for: {query}"
        async with paid_tokens(
            self._model,
            question,
            max_output_tokens=MAX_OUTPUT_TOKENS,
            url=self._url,
            more_tokens=FOUND_TOKENS,
            searches=MAX_SEARCHES,
        ) as payment:
            with model_call("chat", "openai", self._model):
                return await self._ask(question, query, payment)

    async def _ask(self, question: str, query: str, payment: Payment) -> list[Hit]:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                raw = await self._client.responses.with_raw_response.create(
                    model=self._model,
                    input=question,
                    tools=[{"type": "web_search", "search_context_size": "low"}],
                    include=["web_search_call.action.sources"],
                    max_output_tokens=MAX_OUTPUT_TOKENS,
                    max_tool_calls=MAX_SEARCHES,
                    store=False,
                    extra_headers=idempotency_headers("search", query),
                )
        except OpenAIError as error:
            if isinstance(error, APIStatusError):
                payment.unbilled()
            raise translate(error) from None
        except TimeoutError:
            raise Transient("The search did not answer in time.", code="timeout") from None
        answer = received(raw.http_response.content, raw.http_response.headers)
        searches = [
            item for item in _dicts(answer.body.get("output")) if item.get("type") == _SEARCHED
        ]
        record_reply(answer.body, self._model, self._url, len(searches))
        if answer.body.get("error"):
            raise from_body(answer.body["error"], answer.headers)
        if not isinstance(answer.body.get("output"), list):
            raise malformed()
        return _hits(answer.body)


def _hits(response: dict[str, object]) -> list[Hit]:
    found: dict[str, str] = {}
    items = _dicts(response.get("output"))
    for item in items:
        for content in _dicts(item.get("content")):
            for note in _dicts(content.get("annotations")):
                if note.get("type") == "url_citation":
                    found.setdefault(str(note.get("url")), str(note.get("title") or ""))
    for item in items:
        action = item.get("action")
        for source in _dicts(action.get("sources") if isinstance(action, dict) else None):
            found.setdefault(str(source.get("url")), "")
    whole = [Hit(url=url, title=title) for url, title in found.items() if _is_address(url)]
    return whole[:MAX_RESULTS]


def _dicts(values: object) -> list[dict[str, object]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _is_address(url: str) -> bool:
    try:
        return not is_overlong(url) and bool(urlsplit(url).hostname)
    except ValueError:
        return False
