"""GitHub's REST API, as much of it as tells what a company builds in public.

Facts: docs.github.com, "Rate limits for the REST API" and "Best practices": 60 requests
an hour and address without a token, 5 000 with one; a limit shows as 403 or 429 with
`retry-after`, or with `x-ratelimit-remaining: 0` and `x-ratelimit-reset` in epoch
seconds; an answer 304 to `If-None-Match` does not count.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from pydantic import SecretStr

from worker import __version__
from worker.base.errors import Permanent, RateLimited, Transient, WorkerError
from worker.base.resource import Resource
from worker.providers.retry_after import retry_after_seconds

log = structlog.get_logger(__name__)

PROVIDER = "github"
GITHUB_API = "https://api.github.com"
SLUG = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
MAX_REMEMBERED = 256
MAX_REDIRECTS = 2
REPOSITORIES = 100
SECONDARY_LIMIT_SECONDS = 60.0
"""The docs' "at least one minute" where a limit comes without a time."""
UNKNOWN = (404, 410, 422, 451)
"""No such account or repository. 422 is what searching an unknown account answers."""


class GitHub(Resource):
    """Accounts, repositories and languages; each answer is remembered by its ETag.

    Raises `RateLimited`, `Transient` or `Permanent`; what does not exist is None.
    """

    def __init__(
        self,
        *,
        token: SecretStr | None = None,
        api_url: str = GITHUB_API,
        timeout_seconds: float = 8,
    ) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": f"worker/{__version__}",
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        self.has_token = token is not None
        self._api_url = api_url.rstrip("/")
        self._http = httpx.AsyncClient(
            headers=headers, timeout=timeout_seconds, follow_redirects=False, trust_env=False
        )
        self._remembered: OrderedDict[str, tuple[str, Any]] = OrderedDict()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def organisation(self, slug: str) -> dict[str, Any] | None:
        """One organisation's profile, None if there is none of that name."""
        if not SLUG.fullmatch(slug):
            return None
        found = await self._get(f"/orgs/{slug}")
        return found if isinstance(found, dict) else None

    async def repositories(self, slug: str) -> list[dict[str, Any]]:
        """Its own public repositories, the one pushed to last first."""
        if not SLUG.fullmatch(slug):
            return []
        found = await self._get(
            f"/orgs/{slug}/repos?type=sources&sort=pushed&per_page={REPOSITORIES}"
        )
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def languages(self, slug: str, repository: str) -> dict[str, int]:
        """Bytes of code by language."""
        if not SLUG.fullmatch(slug) or not REPOSITORY.fullmatch(repository):
            return {}
        found = await self._get(f"/repos/{slug}/{repository}/languages")
        if not isinstance(found, dict):
            return {}
        return {str(name): size for name, size in found.items() if isinstance(size, int)}

    async def _get(self, path: str) -> Any:
        url = f"{self._api_url}{path}"
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._request(url)
            location = response.headers.get("location", "")
            if response.status_code not in (301, 302, 307):
                return self._read(url, response)
            # A renamed account; the token goes nowhere else.
            url = str(response.request.url.join(location))
            if urlsplit(url)[:2] != urlsplit(self._api_url)[:2]:
                return None
        return None

    async def _request(self, url: str) -> httpx.Response:
        known = self._remembered.get(url)
        headers = {"If-None-Match": known[0]} if known else {}
        try:
            return await self._http.get(url, headers=headers)
        except httpx.TimeoutException:
            raise Transient("GitHub did not answer in time.", code="timeout") from None
        except httpx.HTTPError:
            raise Transient("GitHub could not be reached.") from None

    def _read(self, url: str, response: httpx.Response) -> Any:
        if response.status_code == 304 and url in self._remembered:
            self._remembered.move_to_end(url)
            return self._remembered[url][1]
        if response.status_code in UNKNOWN:
            return None
        if response.status_code != 200:
            raise _error_for(response)
        try:
            value = response.json()
        except ValueError:
            raise Transient("GitHub sent a malformed answer.") from None
        if etag := response.headers.get("etag"):
            self._remembered[url] = (etag, value)
            while len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        return value


def _error_for(response: httpx.Response) -> WorkerError:
    status = response.status_code
    log.info("github_refused", status=status)
    if status == 429 or (status == 403 and _is_limit(response)):
        return RateLimited(
            "GitHub asked us to slow down.",
            retry_after=_wait(response.headers),
            provider=PROVIDER,
        )
    if status == 401:
        return Permanent("GitHub refused the token (HTTP 401).", code="provider_auth")
    if status >= 500:
        return Transient(f"GitHub failed (HTTP {status}).")
    return Permanent(f"GitHub refused the request (HTTP {status}).")


def _is_limit(response: httpx.Response) -> bool:
    headers = response.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    return exhausted or "retry-after" in headers or "rate limit" in response.text[:2000].lower()


def _wait(headers: Mapping[str, str]) -> float:
    stated = retry_after_seconds(headers)
    if stated is not None:
        return stated
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"\d{1,12}", reset):
        return max(0.0, min(float(reset) - time.time(), 24 * 3600.0))
    return SECONDARY_LIMIT_SECONDS
