"""Crawlbase, a paid scraping service (https://crawlbase.com/docs/crawling-api).

The URLs of requests to Crawlbase contain the token; do not log them.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import SecretStr

from liverows import (
    InvalidInput,
    Payment,
    Permanent,
    RateLimited,
    Resource,
    Transient,
    WorkerError,
    get_logger,
    paid,
    record_usage,
    run_in_child,
)
from worker.services.outward import CARRIES_TRACE
from worker.services.retry_after import may_pass, retry_after_seconds
from worker.services.unsent import unbilled_if_unsent
from worker.services.web.body import too_large
from worker.services.web.client import Page
from worker.services.web.errors import blocked, from_status, login_required
from worker.services.web.guard import parse_target
from worker.services.web.walls import find_wall

log = get_logger(__name__)

CRAWLBASE_URL = "https://api.crawlbase.com"
PROVIDER = "crawlbase"
# Limit of one request in seconds. Crawlbase answers only after loading the page.
TOTAL_SECONDS = 90.0


class Crawlbase(Resource):
    """Reads pages with Crawlbase's plain client or with its browser, each with its own token.

    If only one token is set, `page` uses this token for every page.
    """

    def __init__(
        self,
        *,
        javascript_token: SecretStr | None,
        plain_token: SecretStr | None = None,
        base_url: str = CRAWLBASE_URL,
        max_bytes: int = 5_000_000,
    ) -> None:
        self._javascript = javascript_token
        self._plain = plain_token
        self._max_bytes = max_bytes
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=TOTAL_SECONDS, trust_env=False, event_hooks=CARRIES_TRACE
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    @property
    def has_both(self) -> bool:
        """Whether both tokens are set."""
        return self._javascript is not None and self._plain is not None

    async def page(self, url: str, *, javascript: bool) -> Page:
        """Read a page as text.

        Raises `InvalidInput`, `Permanent`, `RateLimited`, `Transient`, or an error of
        `run_in_child`. A `RateLimited` names no provider if the website asks to wait.
        """
        target = parse_target(url)
        first, second = (self._javascript, self._plain)[:: 1 if javascript else -1]
        token = first or second
        assert token is not None  # `open_services` creates no scraper without a token
        params = {"token": token.get_secret_value(), "url": target.url, "format": "json"}
        async with paid(PROVIDER) as payment:
            with unbilled_if_unsent(payment):
                body = await self._ask(params, payment)
            status, page = await run_in_child(_read_answer, body, target.url)
            log.info("page_scraped", url=target.shown, javascript=javascript, **status)
            if status["service_status"] == 200:
                record_usage(PROVIDER)
            else:
                payment.unbilled()
        if isinstance(page, WorkerError):
            raise page
        return page

    async def _ask(self, params: dict[str, str], payment: Payment) -> bytes:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                async with self._client.stream("GET", "/", params=params) as response:
                    body = await self._body(response)
        except (TimeoutError, httpx.TimeoutException):
            raise Transient(
                "The scraping service did not answer in time.", code="timeout"
            ) from None
        except httpx.HTTPError:
            raise Transient("The connection to the scraping service failed.") from None
        refusal = _refusal(response)
        if refusal is not None:
            payment.unbilled()
            raise refusal
        return body

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            # Inside JSON the page is escaped, so the answer can be longer than the page.
            if len(body) > 2 * self._max_bytes:
                raise too_large(self._max_bytes)
        return bytes(body)


def _refusal(response: httpx.Response) -> WorkerError | None:
    """The error for Crawlbase's own HTTP status. The website's status is in the body."""
    if response.status_code in (401, 403):
        return Permanent("The scraping service refused its token.", code="provider_auth")
    if response.status_code == 402:
        return Permanent("The scraping service's account has no credit.", code="provider_auth")
    if response.status_code == 429:
        seconds = retry_after_seconds(response.headers)
        return RateLimited(
            "The scraping service is at its limit.", retry_after=seconds, provider=PROVIDER
        )
    if response.status_code >= 500 and "retry-after" in response.headers:
        return may_pass("The scraping service failed.", response.headers, provider=PROVIDER)
    return None


def _status(answer: dict[str, Any]) -> dict[str, int]:
    return {
        "status": _number(answer.get("original_status")),
        "service_status": _number(answer.get("pc_status")),
    }


def _number(value: Any) -> int:
    # `str.isdigit` would also accept "²" and very long numbers, which `int` refuses.
    return int(value) if re.fullmatch("[0-9]{1,4}", str(value)) else 0


def _read_answer(body: bytes, asked: str) -> tuple[dict[str, int], Page | WorkerError]:
    """The statuses of website and Crawlbase, and the page, or the error to raise."""
    try:
        answer = httpx.Response(200, content=body).json()
    except (ValueError, RecursionError):
        raise Transient("The scraping service gave an unreadable answer.") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("body"), str):
        raise Transient("The scraping service gave an answer without a page.")
    try:
        return _status(answer), _page(answer, asked)
    except WorkerError as error:
        return _status(answer), error


def _page(answer: dict[str, Any], asked: str) -> Page:
    original, service = _status(answer).values()
    refusal = from_status(original, {})
    if original and not 200 <= original < 300 and refusal.code != "blocked":
        # The website says that the page is gone, asks to wait, or fails for now.
        raise refusal
    if service != 200 or not 200 <= original < 300:
        raise blocked("also not through the scraping service")
    # Replace lone surrogates, which JSON can contain but UTF-8 cannot encode.
    text = str(answer["body"]).encode(errors="replace").decode()
    wall = find_wall({}, text)
    if wall == "sign_in":
        raise login_required()
    if wall == "challenge":
        raise blocked("it checks for robots")
    return Page(
        final_url=_final_url(answer.get("url"), asked),
        status=original,
        content_type="text/html",
        text=text,
        bytes=len(text.encode()),
        retrieved_at=datetime.now(UTC),
        charset="utf-8",
    )


def _final_url(stated: Any, asked: str) -> str:
    """The URL that the answer states, in its normal form; the one asked for if it is none."""
    try:
        return parse_target(str(stated or asked)).url
    except InvalidInput:
        return asked
