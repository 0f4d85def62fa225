"""The guarded web client, with which the worker opens URLs from users, pages and models.

Only public addresses and hosts in FETCH_ALLOW are contacted, also after a redirect. Query strings
may contain tokens, so none is logged here.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import TypeAlias

import httpcore
import httpx

from liverows import InvalidInput, Resource, Transient, WorkerError, get_logger, run_in_child
from worker import __version__
from worker.services.web.addresses import is_overlong
from worker.services.web.body import ACCEPT_ENCODING, BoundedBody, decode, too_large
from worker.services.web.errors import (
    GONE,
    OF_SITE,
    blocked,
    from_status,
    login_required,
    unsupported_media,
)
from worker.services.web.guard import Target, parse_allow, parse_target, refused
from worker.services.web.images import sniff_image
from worker.services.web.names import look_up_name
from worker.services.web.redirect import location_of, redirect_target
from worker.services.web.refresh import refresh_target
from worker.services.web.transport import (
    Dialler,
    GuardedBackend,
    GuardedTransport,
    Resolver,
    dial,
)
from worker.services.web.walls import find_wall, leads_to_sign_in

log = get_logger(__name__)

USER_AGENT = f"Mozilla/5.0 (compatible; worker/{__version__}; reads single pages for their users)"
PAGE_TYPES = "text/html, application/xhtml+xml, application/json;q=0.8, text/plain;q=0.7"
REDIRECTS = {301, 302, 303, 307, 308}
ERROR_BODY_BYTES = 64_000

_PAGE_TEXT = {"text/html", "text/plain", "text/xml", "text/markdown", "application/xml"}
_PAGE_TEXT |= {"application/xhtml+xml", "application/json", "application/ld+json"}
_PAGE_TEXT |= {"application/rss+xml", "application/atom+xml", "application/manifest+json"}
_BINARY_STARTS = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")


@dataclass(frozen=True, slots=True)
class WebLimits:
    """Limits of one fetch; `total_seconds` includes its redirects.

    `max_bytes` and `max_image_bytes` hold before and after decompression.
    """

    total_seconds: float = 15
    connect_seconds: float = 5
    max_bytes: int = 5_000_000
    max_image_bytes: int = 2_000_000
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text. `final_url` is where the page was found; `bytes` is the decompressed size."""

    final_url: str
    status: int
    content_type: str
    text: str
    bytes: int
    retrieved_at: datetime
    charset: str


@dataclass(frozen=True, slots=True)
class Image:
    """Facts about an image; `final_url` is its URL after redirects, `bytes` its size."""

    final_url: str
    media_type: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Answer:
    target: Target
    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class _Read:
    """A decoded page. `onward` is where the page's refresh leads, or None."""

    text: str
    content_type: str
    charset: str
    onward: str | None


_Stream: TypeAlias = "AsyncIterator[httpx.Response]"


class WebClient(Resource):
    """Reads public pages and images. Call `aclose` at the end.

    `allow` lists `host:port` pairs whose addresses and ports are not checked.
    """

    def __init__(
        self,
        *,
        limits: WebLimits | None = None,
        user_agent: str | None = None,
        allow: Iterable[str] = (),
        resolver: Resolver = look_up_name,
        dialler: Dialler = dial,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or WebLimits()
        self._user_agent = user_agent or USER_AGENT
        self._allow = parse_allow(allow)
        backend = GuardedBackend(self._allow, resolver, dialler)
        self._transport = GuardedTransport(backend, ssl_context=ssl_context)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def page(self, url: str, *, accept: str = PAGE_TYPES) -> Page:
        """Read a page as text, and follow at most one refresh (see `refresh_target`).

        Raises `InvalidInput`, `Permanent`, `RateLimited` or `Transient`.
        """
        answer = await self._get(url, accept=accept, limit=self._limits.max_bytes)
        read = await self._read_page(answer, url)
        if read.onward is not None:
            # Follow only one refresh, even if the second page has a refresh too.
            answer = await self._get(read.onward, accept=accept, limit=self._limits.max_bytes)
            read = await self._read_page(answer, url)
        page = Page(
            final_url=answer.target.url,
            status=answer.status,
            content_type=read.content_type,
            text=read.text,
            bytes=len(answer.body),
            retrieved_at=datetime.now(UTC),
            charset=read.charset,
        )
        log.info("page_read", url=answer.target.shown, status=page.status, bytes=page.bytes)
        return page

    async def _read_page(self, answer: _Answer, asked: str) -> _Read:
        content_type, header_charset = _content_type(answer.headers, answer.body)
        _check_is_page(content_type, answer.body)
        if leads_to_sign_in(asked, answer.target.url):
            raise login_required()
        return await run_in_child(_read_text, answer, content_type, header_charset)

    async def image(self, url: str) -> Image:
        """Read an image and return facts about it.

        Raises `InvalidInput` for bytes that are no known image, and most errors of `page`.
        """
        answer = await self._get(url, accept="image/*", limit=self._limits.max_image_bytes)
        media_type = sniff_image(answer.body, _content_type(answer.headers, answer.body)[0])
        if media_type is None:
            raise InvalidInput("The address leads to no image.", code="unsupported_media")
        return Image(answer.target.url, media_type, len(answer.body))

    async def _get(self, url: str, *, accept: str, limit: int) -> _Answer:
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._follow(url, accept, limit)
        except (TimeoutError, httpcore.TimeoutException):
            raise Transient(
                "The site did not answer in time.", code="timeout", params=OF_SITE
            ) from None
        except httpcore.UnsupportedProtocol:
            raise InvalidInput("This address cannot be opened.", code="url_refused") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            raise Transient("The connection to the site failed.", params=OF_SITE) from None

    async def _follow(self, url: str, accept: str, limit: int) -> _Answer:
        target = parse_target(url, self._allow)
        for _ in range(self._limits.max_redirects + 1):
            answer, location = await self._request(target, accept, limit)
            if location is None:
                if not 200 <= answer.status < 300:
                    raise await run_in_child(_error_for, answer)
                return answer
            if is_overlong(location.decode("latin-1")):
                raise refused("it redirects to an address without an end")
            try:
                onward = redirect_target(location, target.url)
            except ValueError:
                raise refused("it redirects to no well-formed URL") from None
            target = parse_target(onward, self._allow)
        raise blocked("too many redirects")

    async def _request(
        self, target: Target, accept: str, limit: int
    ) -> tuple[_Answer, bytes | None]:
        """Make one request; return the answer, and a redirect's location or None."""
        async with self._open(target, accept) as response:
            location = location_of(response.headers.raw)
            if response.status_code in REDIRECTS and location:
                return _Answer(target, response.status_code, response.headers, b""), location
            ok = 200 <= response.status_code < 300
            body = await (_read(response, limit) if ok else _read_start(response))
            return _Answer(target, response.status_code, response.headers, body), None

    @asynccontextmanager
    async def _open(self, target: Target, accept: str) -> _Stream:
        seconds = self._limits.total_seconds
        request = httpx.Request(
            "GET",
            target.url,
            headers={
                "User-Agent": self._user_agent,
                "Accept": accept,
                "Accept-Encoding": ACCEPT_ENCODING,
                "Accept-Language": "en, *;q=0.5",
            },
            extensions={
                "timeout": {
                    "connect": min(self._limits.connect_seconds, seconds),
                    "read": seconds,
                    "write": seconds,
                    "pool": seconds,
                }
            },
        )
        response = await self._transport.handle_async_request(request)
        try:
            yield response
        finally:
            await response.aclose()


async def _read(response: httpx.Response, limit: int) -> bytes:
    length = response.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,20}", length) and int(length) > limit:
        raise too_large(limit)
    body = BoundedBody(response.headers.get("content-encoding", ""), limit)
    async for chunk in response.aiter_raw():
        body.feed(chunk)
    return body.finish()


async def _read_start(response: httpx.Response) -> bytes:
    """Read the start of an error page, to recognise a bot check. An unreadable body is no error."""
    limit = 10 * ERROR_BODY_BYTES
    body = BoundedBody("", limit)
    received = 0
    try:
        body = BoundedBody(response.headers.get("content-encoding", ""), limit)
        async for chunk in response.aiter_raw():
            body.feed(chunk[:ERROR_BODY_BYTES])
            received += len(chunk)
            if received >= ERROR_BODY_BYTES:
                break
    except (WorkerError, httpcore.NetworkError, httpcore.ProtocolError) as error:
        log.info("error_page_unread", status=response.status_code, why=type(error).__name__)
    return body.so_far()


def _error_for(answer: _Answer) -> Exception:
    text = answer.body.decode("utf-8", errors="replace")
    if answer.status not in GONE and find_wall(answer.headers, text) == "challenge":
        return blocked("it checks for robots")
    return from_status(answer.status, answer.headers)


def _content_type(headers: httpx.Headers, body: bytes) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    if not headers.get("content-type"):
        return ("text/html" if body.lstrip()[:1] == b"<" else "an unknown type"), None
    try:
        charset = message.get_content_charset()
    except ValueError:  # for a charset with a NUL
        charset = None
    return message.get_content_type(), charset


def _check_is_page(content_type: str, body: bytes) -> None:
    if content_type not in _PAGE_TEXT or body.startswith(_BINARY_STARTS):
        raise unsupported_media(content_type if content_type not in _PAGE_TEXT else "a file")


def _read_text(answer: _Answer, content_type: str, charset: str | None) -> _Read:
    """Decode a page, and find the URL of its refresh.

    Raises `Permanent` for an HTML page that is a bot check or a sign-in page.
    """
    text, charset = decode(answer.body, charset)
    is_html = "html" in content_type
    wall = find_wall(answer.headers, text) if is_html else None
    if wall == "challenge":
        raise blocked("it checks for robots")
    if wall == "sign_in":
        raise login_required()
    onward = refresh_target(text, answer.target.url) if is_html else None
    return _Read(text, content_type, charset, onward)
