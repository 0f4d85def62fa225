"""Web search, to find a company's website when only its name is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from liverows import (
    Permanent,
    RateLimited,
    Resource,
    Transient,
    get_logger,
    paid,
    record_usage,
)
from worker.services.outward import CARRIES_TRACE
from worker.services.retry_after import may_pass, retry_after_seconds
from worker.services.unsent import unbilled_if_unsent

log = get_logger(__name__)

PROVIDER = "search"
BRAVE = "brave-search"
"""The name of the service in `LIVEROWS_PRICES` and in what was used."""
BRAVE_URL = "https://api.search.brave.com"
MAX_RESULTS = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: its URL and its title, which may be empty."""

    url: str
    title: str


class WebSearch(Resource, Protocol):
    """A search engine. Methods must raise only errors of `liverows.base.errors`."""

    async def search(self, query: str) -> list[Hit]:
        """At most `MAX_RESULTS` results, the likely best ones first; empty if nothing was found."""
        ...


class BraveSearch:
    """`WebSearch` over the Brave Search API (`GET /res/v1/web/search`)."""

    def __init__(
        self, *, api_key: SecretStr, base_url: str = BRAVE_URL, timeout_seconds: float = 8
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/res/v1/web/search"
        self._http = httpx.AsyncClient(
            headers={
                "Accept": "application/json",
                "X-Subscription-Token": api_key.get_secret_value(),
            },
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=False,
            event_hooks=CARRIES_TRACE,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def search(self, query: str) -> list[Hit]:
        """Ask Brave once, a paid call without a price; see `WebSearch.search`."""
        async with paid(BRAVE) as payment:
            with unbilled_if_unsent(payment):
                response = await self._asked(query)
            if response.status_code == 200:
                record_usage(BRAVE)
            else:
                payment.unbilled()
        _check(response)
        try:
            return _hits(response.json())
        except (ValueError, RecursionError):
            raise Transient("The search sent a malformed answer.") from None

    async def _asked(self, query: str) -> httpx.Response:
        try:
            return await self._http.get(self._url, params={"q": query, "count": MAX_RESULTS})
        except httpx.TimeoutException:
            raise Transient("The search did not answer in time.", code="timeout") from None
        except httpx.HTTPError:
            raise Transient("The search could not be reached.") from None


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    log.info("search_refused", status=status)
    if status == 429:
        raise RateLimited(
            "The search asked us to slow down.",
            retry_after=retry_after_seconds(response.headers),
            provider=PROVIDER,
        )
    if status in (408, 425) or status >= 500:
        raise may_pass(f"The search failed (HTTP {status}).", response.headers, provider=PROVIDER)
    code = "provider_auth" if status in (401, 403) else "provider_error"
    raise Permanent(f"The search refused the request (HTTP {status}).", code=code)


def _hits(answer: Any) -> list[Hit]:
    """The first `MAX_RESULTS` results with a URL; raises `ValueError` if the body is an error."""
    said = answer if isinstance(answer, dict) else {}
    if said.get("error") or said.get("type") == "ErrorResponse":
        raise ValueError("an error instead of an answer")
    web = said.get("web")
    results = web.get("results") if isinstance(web, dict) else None
    return [
        Hit(one["url"], str(one.get("title") or ""))
        for one in (results if isinstance(results, list) else [])
        if isinstance(one, dict) and isinstance(one.get("url"), str)
    ][:MAX_RESULTS]
