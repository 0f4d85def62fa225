"""Web search by OpenAI's own search tool, where no search engine of one's own is configured."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import structlog
from openai import AsyncOpenAI, OpenAIError

from worker.base.addresses import is_overlong
from worker.base.errors import Transient
from worker.base.usage import record_usage
from worker.providers.openai_errors import translate
from worker.providers.search import MAX_RESULTS, Hit

log = structlog.get_logger(__name__)

TOTAL_SECONDS = 30.0
MAX_OUTPUT_TOKENS = 2_000


class OpenAISearch:
    """`WebSearch` over the Responses API: the model searches, and its sources are the hits.

    What the model says about them is dropped; a page counts for what it says itself.
    """

    def __init__(self, *, api_key: str, model: str, base_url: str | None = None) -> None:
        self._model = model
        self._client = AsyncOpenAI(
            api_key=api_key, base_url=base_url, max_retries=0, timeout=TOTAL_SECONDS
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def search(self, query: str) -> list[Hit]:
        """Addresses of the pages found, in the order in which they were cited.

        Raises `RateLimited`, `Transient` or `Permanent`.
        """
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                response = await self._client.responses.create(
                    model=self._model,
                    input=f"Search the web for: {query}",
                    tools=[{"type": "web_search", "search_context_size": "low"}],
                    include=["web_search_call.action.sources"],
                    max_output_tokens=MAX_OUTPUT_TOKENS,
                    store=False,
                )
        except OpenAIError as error:
            raise translate(error) from None
        except TimeoutError:
            raise Transient("The search did not answer in time.", code="timeout") from None
        usage = response.usage
        record_usage(
            self._model,
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=usage.output_tokens if usage else None,
        )
        return _hits(response.model_dump(mode="json"))


def _hits(response: dict[str, object]) -> list[Hit]:
    found: dict[str, str] = {}
    output = response.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    for item in items:
        for content in item.get("content") or []:
            for note in content.get("annotations") or []:
                if note.get("type") == "url_citation":
                    found.setdefault(str(note.get("url")), str(note.get("title") or ""))
    for item in items:
        for source in (item.get("action") or {}).get("sources") or []:
            found.setdefault(str(source.get("url")), "")
    whole = [Hit(url=url, title=title) for url, title in found.items() if _is_address(url)]
    return whole[:MAX_RESULTS]


def _is_address(url: str) -> bool:
    try:
        return not is_overlong(url) and bool(urlsplit(url).hostname)
    except ValueError:
        return False
