"""The part of GitHub's REST API that shows what a company builds in public.

At a rate limit, GitHub answers 403 or 429, with or without headers that state the wait.
"""

from __future__ import annotations

import json
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from liverows import (
    InvalidInput,
    Permanent,
    RateLimited,
    Resource,
    Transient,
    WorkerError,
    get_logger,
)
from worker import __version__
from worker.services.outward import CARRIES_TRACE
from worker.services.retry_after import may_pass, retry_after_seconds
from worker.services.web.body import ACCEPT_ENCODING, BoundedBody

log = get_logger(__name__)

PROVIDER = "github"
GITHUB_API = "https://api.github.com"
SLUG = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
MAX_ANSWER_BYTES = 5_000_000
"""Limit of one answer's body, before and after decompression."""
MAX_REMEMBERED = 256
MAX_REMEMBERED_BYTES = 8_000_000
"""Limit of the decompressed bodies of all remembered answers together."""
MAX_REDIRECTS = 2
REPOSITORIES = 100
SECONDARY_LIMIT_SECONDS = 60.0
"""Seconds to wait at a limit if GitHub states no wait. GitHub's docs say "at least one minute"."""
UNKNOWN = (404, 410, 422, 451)
"""Statuses after which an account or a repository counts as not existing."""


class GitHub(Resource):
    """Reads organisations, repositories and languages.

    Methods return None or an empty value for what GitHub does not know. Methods raise
    `RateLimited`, `Transient` or `Permanent`.
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
            "Accept-Encoding": ACCEPT_ENCODING,
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": f"worker/{__version__}",
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        self.has_token = token is not None
        self._api_url = api_url.rstrip("/")
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=False,
            event_hooks=CARRIES_TRACE,
        )
        self._remembered = _Remembered()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def organisation(self, slug: str) -> dict[str, Any] | None:
        """An organisation's profile; None if GitHub does not know the organisation."""
        if not SLUG.fullmatch(slug):
            return None
        found = await self._get(f"/orgs/{slug}")
        return found if isinstance(found, dict) else None

    async def repositories(self, slug: str) -> list[dict[str, Any]]:
        """At most 100 public repositories that are not forks, latest push first.

        Private repositories are left out, because all users may see the results.
        """
        if not SLUG.fullmatch(slug):
            return []
        found = await self._get(
            f"/orgs/{slug}/repos?type=sources&sort=pushed&per_page={REPOSITORIES}"
        )
        listed = found if isinstance(found, list) else []
        return [one for one in listed if isinstance(one, dict) and one.get("private") is not True]

    async def languages(self, slug: str, repository: str) -> dict[str, int]:
        """Bytes of code by language; empty if GitHub does not know the repository."""
        if not SLUG.fullmatch(slug) or not REPOSITORY.fullmatch(repository):
            return {}
        found = await self._get(f"/repos/{slug}/{repository}/languages")
        if not isinstance(found, dict):
            return {}
        return {str(name): size for name, size in found.items() if isinstance(size, int)}

    async def _get(self, path: str) -> Any:
        url = f"{self._api_url}{path}"
        for _ in range(MAX_REDIRECTS + 1):
            known = self._remembered.get(url)
            reply = await self._request(url, known)
            if reply.status not in (301, 302, 307):
                return self._read(url, reply, known)
            # Follow only to the same scheme, host and port: another server must not get the token.
            moved = _moved(url, reply.headers.get("location", ""))
            if moved is None or urlsplit(moved)[:2] != urlsplit(self._api_url)[:2]:
                return None
            url = moved
        return None

    async def _request(self, url: str, known: _Answer | None) -> _Reply:
        headers = {"If-None-Match": known.etag} if known else {}
        try:
            async with self._http.stream("GET", url, headers=headers) as response:
                body = await _body(response)
        except httpx.TimeoutException:
            raise Transient("GitHub did not answer in time.", code="timeout") from None
        except httpx.HTTPError:
            raise Transient("GitHub could not be reached.") from None
        return _Reply(response.status_code, response.headers, body)

    def _read(self, url: str, reply: _Reply, known: _Answer | None) -> Any:
        # Use `known`, whose ETag was sent: `_remembered` may have dropped this answer since then.
        if reply.status == 304 and known is not None:
            return json.loads(known.body)
        if reply.status in UNKNOWN:
            return None
        if reply.status != 200:
            raise _error_for(reply)
        try:
            value = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise Transient("GitHub sent a malformed answer.") from None
        if etag := reply.headers.get("etag"):
            self._remembered.put(url, _Answer(etag, reply.body))
        return value


@dataclass(frozen=True, slots=True)
class _Reply:
    """GitHub's answer, decompressed; the body of an error may be incomplete."""

    status: int
    headers: httpx.Headers
    body: bytes


def _moved(url: str, location: str) -> str | None:
    try:
        return str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, ValueError):
        return None


async def _body(response: httpx.Response) -> bytes:
    """The decompressed body; for a status other than 200, as far as it is readable."""
    is_success = response.status_code == 200
    body: BoundedBody | None = None
    try:
        body = BoundedBody(response.headers.get("content-encoding", ""), MAX_ANSWER_BYTES)
        async for chunk in response.aiter_raw():
            body.feed(chunk)
        if is_success:
            return body.finish()
    except (InvalidInput, Transient):
        if is_success:
            raise Transient("GitHub sent a malformed answer.") from None
    except Permanent:
        if is_success:
            raise Permanent(
                f"GitHub's answer is larger than {MAX_ANSWER_BYTES:,} bytes.", code="too_large"
            ) from None
    return body.so_far() if body is not None else b""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A remembered answer. `body` is not parsed, because parsed JSON needs more memory."""

    etag: str
    body: bytes


class _Remembered:
    """The most recently used answers, within `MAX_REMEMBERED` and `MAX_REMEMBERED_BYTES`."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._bytes = 0

    def get(self, url: str) -> _Answer | None:
        """The answer for a URL, which counts as used now; None if no answer is remembered."""
        if url in self._answers:
            self._answers.move_to_end(url)
        return self._answers.get(url)

    def put(self, url: str, answer: _Answer) -> None:
        """Store an answer; drop the least recently used answers while a limit is exceeded."""
        self._forget(url)
        self._answers[url] = answer
        self._bytes += len(answer.body)
        while len(self._answers) > MAX_REMEMBERED or self._bytes > MAX_REMEMBERED_BYTES:
            self._forget(next(iter(self._answers)))

    def _forget(self, url: str) -> None:
        gone = self._answers.pop(url, None)
        self._bytes -= len(gone.body) if gone else 0


def _error_for(reply: _Reply) -> WorkerError:
    status = reply.status
    log.info("github_refused", status=status)
    if status == 429 or (status == 403 and _is_limit(reply)):
        return RateLimited(
            "GitHub asked us to slow down.",
            retry_after=_wait(reply.headers),
            provider=PROVIDER,
        )
    if status == 401:
        return Permanent("GitHub refused the token (HTTP 401).", code="provider_auth")
    if status >= 500:
        return may_pass(f"GitHub failed (HTTP {status}).", reply.headers, provider=PROVIDER)
    return Permanent(f"GitHub refused the request (HTTP {status}).")


def _is_limit(reply: _Reply) -> bool:
    headers = reply.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    return exhausted or "retry-after" in headers or b"rate limit" in reply.body[:2000].lower()


def _wait(headers: Mapping[str, str]) -> float:
    stated = retry_after_seconds(headers)
    if stated is not None:
        return stated
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and re.fullmatch(r"\d{1,12}", reset):
        return max(0.0, min(float(reset) - time.time(), 24 * 3600.0))
    return SECONDARY_LIMIT_SECONDS
