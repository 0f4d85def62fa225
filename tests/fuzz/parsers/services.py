"""Parsers of web answers, headers, addresses, robots and the answers of paid services."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import httpx
from pydantic import SecretStr

from tests.fuzz.parser import Parser, of_bytes, of_json, of_page, of_text, of_value
from worker.companies.website import _locations
from worker.interviews.summary import ModelSummary
from worker.pages.hosts import absolute, registrable_domain
from worker.positions.model_answer import PostingFacts
from worker.services.crawlbase import _read_answer
from worker.services.github import GitHub, _Reply
from worker.services.models.answer import read_answer
from worker.services.models.anthropic import _read as read_anthropic
from worker.services.models.openai_reply import error_in, read_reply
from worker.services.models.openai_wire import received
from worker.services.retry_after import may_pass, retry_after_seconds
from worker.services.search import BraveSearch
from worker.services.storage import SupabaseStorage
from worker.services.storage_errors import translate
from worker.services.web.body import BoundedBody, decode
from worker.services.web.client import _Answer, _content_type, _error_for, _read_text
from worker.services.web.guard import parse_target
from worker.services.web.images import sniff_image
from worker.services.web.polite import _judge, _parsed
from worker.services.web.redirect import redirect_target
from worker.services.web.refresh import refresh_target
from worker.services.web.walls import find_wall

URL = "https://acme.example/jobs/1"
MODELS = "worker.services.models."
WEB = "worker.services.web."
KEY = SecretStr("key")
ROBOTS = (
    "User-agent: *\nDisallow: /private*?a=$\nAllow: /\nCrawl-delay: 2.5\nRequest-rate: 1/10s\n"
    "User-agent: worker\nDisallow: /x\nSitemap: https://acme.example/sitemap.xml\n"
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>'
    "https://acme.example/a?b=1&amp;c=2</loc><lastmod>2026-11-02</lastmod></url></urlset>"
)
CRAWLBASE = {"original_status": 200, "pc_status": "200", "url": URL, "body": "<h1>Pump Tester</h1>"}
BRAVE = {"type": "search", "web": {"results": [{"url": URL, "title": "Acme"}]}}
FACTS = {"facts": [{"field": "job_title", "value": "Pump Tester", "quote": "Pump Tester"}]}
CHAT = {
    "model": "m",
    "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    "choices": [
        {
            "finish_reason": "stop",
            "message": {
                "content": "{}",
                "reasoning": "so",
                "tool_calls": [{"function": {"name": "answer", "arguments": '{"facts": []}'}}],
            },
        }
    ],
}
OUTPUT = {
    "model": "m",
    "status": "completed",
    "usage": {"input_tokens": 3, "output_tokens": 4},
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "{}"}]},
        {"type": "function_call", "arguments": "{}"},
    ],
}
REFUSED = {
    "error": {
        "message": "no",
        "type": "invalid_request_error",
        "code": 429,
        "param": "x",
        "metadata": {"raw": "a", "headers": {"retry-after": "3"}},
    }
}
CLAUDE = {
    "model": "m",
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 3, "output_tokens": 4},
    "content": [
        {"type": "thinking", "thinking": "so"},
        {"type": "text", "text": "{}"},
        {"type": "tool_use", "name": "answer", "input": {"facts": []}},
    ],
}
STREAM = (
    'data: {"model": "m", "choices": [{"delta": {"content": "{}"}}]}\n\n: ping\n\n'
    'data: {"choices": [{"delta": {}, "finish_reason": "stop"}], '
    '"usage": {"completion_tokens": 4}}\n\n'
    "data: [DONE]\n\n"
)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def header(text: str) -> str:
    """A header's value as httpx gives it, from any bytes that a server can send in one line."""
    line = "".join(text.splitlines()).encode("utf-8", "surrogatepass")
    return httpx.Headers([(b"x", line)])["x"]


def waits(text: str) -> object:
    value = header(text)
    names = (
        "retry-after",
        "retry-after-ms",
        "x-ratelimit-reset-tokens",
        "anthropic-ratelimit-requests-reset",
    )
    told = [retry_after_seconds({name: value}) for name in names]
    assert all(seconds is None or 0 <= seconds <= 7 * 86_400 for seconds in told)
    return may_pass("x", {"retry-after": value})


def content_type(text: str) -> object:
    line = "".join(text.splitlines()).encode("utf-8", "surrogatepass")
    headers = httpx.Headers([(b"content-type", line)])
    kind, charset = _content_type(headers, b"x")
    return kind, decode(b"Caf\xc3\xa9", charset)


def unpacked(coding: str, raw: bytes) -> bytes:
    body = BoundedBody(coding, 20_000)
    for place in range(0, len(raw), 7):
        body.feed(raw[place : place + 7])
    return body.finish()


def page_of(raw: bytes, *, status: int = 200) -> _Answer:
    return _Answer(parse_target(URL), status, httpx.Headers(), raw)


def addresses(text: str) -> object:
    return absolute(text, URL), registrable_domain(text)


def robots(text: str) -> object:
    _parsed.cache_clear()  # else the same rules would cost nothing the second time
    return _judge(text, URL, "worker/1.0")


def openai_reply(text: str) -> object:
    answer = received(as_bytes(text), {"retry-after": "3"})
    error_in(answer)
    return read_reply(answer, "m", "https://models.example/v1")


def model_text(text: str) -> object:
    return [
        read_answer(PostingFacts, text=text),
        read_answer(PostingFacts, thought=text),
        read_answer(PostingFacts, calls=[text]),
        read_answer(ModelSummary, text=text),
    ]


async def called(
    kind: type[Any], body: str, call: Callable[[Any], Coroutine[Any, Any, Any]]
) -> object:
    """Call a client's method, to which the service answers with this body."""
    answer = httpx.MockTransport(lambda _: httpx.Response(200, content=as_bytes(body)))
    client = kind("https://x.example", KEY) if kind is SupabaseStorage else kind(api_key=KEY)
    name = "_client" if kind is SupabaseStorage else "_http"
    await getattr(client, name).aclose()
    setattr(client, name, httpx.AsyncClient(transport=answer))
    try:
        return await call(client)
    finally:
        await client.aclose()


def found(body: str) -> object:
    return asyncio.run(called(BraveSearch, body, lambda client: client.search("Acme")))


def removed(body: str) -> object:
    return asyncio.run(called(SupabaseStorage, body, lambda client: client.remove("b", ["a"])))


GITHUB = GitHub()


def github(text: str) -> object:
    reply = _Reply(200, httpx.Headers({"etag": "x"}), as_bytes(text))
    return GITHUB._read("https://api.github.com/orgs/acme", reply, None)


PARSERS: tuple[Parser, ...] = (
    of_text(
        "how long to wait",
        waits,
        "Mon, 30 Nov 2026 10:00:00 GMT",
        "1.5",
        "1h2m3.5s",
        "2026-11-30T10:00:00Z",
        "30, 60",
        reads=("worker.services.retry_after:_until",),
        raises=(),
        pieces=("1h", "9", "1,"),
    ),
    of_text(
        "Content-Type",
        content_type,
        'text/html; charset="utf-8"',
        "application/xhtml+xml;charset=iso-8859-1",
        "text/html; charset*=utf-8''x",
        reads=(),
        raises=(),
        pieces=("; charset=a", '"', "\\", "=?utf-8?q?a?="),
    ),
    of_bytes(
        "text of a body",
        partial(decode, header_charset=None),
        b'<meta charset="shift_jis">\x82\xa0',
        "Größe".encode("cp1252"),
        "Größe".encode("utf-16"),
        reads=(f"{WEB}body:decode",),
        raises=(),
    ),
    of_bytes(
        "gzip",
        partial(unpacked, "gzip"),
        gzip.compress(b"Pump Tester" * 20, mtime=0),
        reads=(f"{WEB}body:BoundedBody._inflate_into_body",),
    ),
    of_bytes("deflate", partial(unpacked, "deflate"), zlib.compress(b"Pump Tester" * 20), reads=()),
    of_bytes(
        "page as it was answered",
        lambda raw: _read_text(page_of(raw), "text/html", None),
        b'<meta http-equiv="refresh" content="0;url=/b"><h1>Pump</h1>',
        reads=(f"{WEB}client:_read_text", f"{WEB}markup:listen"),
    ),
    of_bytes(
        "error page",
        lambda raw: str(_error_for(page_of(raw, status=403))),
        b"<title>Just a moment...</title><form id=challenge-form>",
        reads=(f"{WEB}client:_error_for",),
        raises=(),
    ),
    of_page(
        "refresh and walls",
        lambda html: (refresh_target(html, URL), find_wall({}, html)),
        '<meta http-equiv="refresh" content="0; url=/b">',
        "<input type=password><title>Sign in</title>",
        reads=(f"{WEB}markup:listen",),
        raises=(),
    ),
    of_bytes(
        "Location",
        partial(redirect_target, page_url=URL),
        b"https://b.example/a?b=c#d",
        b"//b.example/\xff",
        reads=(),
        raises=(ValueError,),
    ),
    of_text(
        "address of a user",
        parse_target,
        "https://b\u00fccher.example:443/a?b#c",
        "http://[2606:4700::1111]/",
        "http://0x7f.1/",
        reads=(),
    ),
    of_text(
        "address on a page",
        addresses,
        "https://b\u00fccher.example/a",
        "//[::1]/",
        "../a?b",
        reads=(),
        raises=(),
    ),
    of_bytes(
        "kind of an image",
        partial(sniff_image, content_type="image/svg+xml"),
        b"<?xml version='1.0'?><!-- a --><svg>",
        b"\x89PNG\r\n\x1a\nx",
        reads=(),
        raises=(),
    ),
    of_text(
        "robots.txt",
        robots,
        ROBOTS,
        reads=(f"{WEB}polite:_judge", f"{WEB}polite:_parsed"),
        raises=(),
        pieces=("User-agent: a\n", "Disallow: /a*\n", "*", "/a*b", "Crawl-delay: 9\n"),
    ),
    of_page(
        "sitemap", _locations, SITEMAP, reads=("worker.companies.website:_locations",), raises=()
    ),
    of_json(
        "scraping service's answer",
        lambda text: _read_answer(as_bytes(text), URL),
        CRAWLBASE,
        reads=("worker.services.crawlbase:_read_answer",),
    ),
    of_json("search's answer", found, BRAVE, reads=("worker.services.search:BraveSearch.search",)),
    of_json(
        "storage's answer",
        removed,
        [{"name": "a"}],
        reads=("worker.services.storage:SupabaseStorage._call",),
    ),
    of_json(
        "storage's error",
        lambda text: translate(400, {}, as_bytes(text)),
        {"statusCode": "404", "error": "x"},
        reads=("worker.services.storage_errors:_real_status",),
        raises=(),
    ),
    of_json(
        "GitHub's answer",
        github,
        [{"name": "a", "stargazers_count": 1}],
        reads=("worker.services.github:GitHub._read",),
    ),
    of_json(
        "OpenAI's answer",
        openai_reply,
        CHAT,
        OUTPUT,
        REFUSED,
        reads=(f"{MODELS}openai_wire:received",),
    ),
    of_text(
        "OpenAI's stream",
        openai_reply,
        STREAM,
        reads=(f"{MODELS}openai_stream:_events",),
        pieces=("data: {}\n\n", ": a\n", "\x85"),
    ),
    of_json(
        "Anthropic's answer",
        lambda text: read_anthropic(as_bytes(text), {}, "m", "https://m.example"),
        CLAUDE,
        REFUSED,
        reads=(f"{MODELS}anthropic:_read",),
    ),
    of_json(
        "model's answer",
        model_text,
        FACTS,
        reads=(f"{MODELS}answer:read_answer", f"{MODELS}answer:_Reader.validated"),
    ),
    of_text(
        "model's words around an answer",
        model_text,
        '<think>so</think>Here: ```json\n{"facts": []}\n```',
        '{"facts": [], // none\n}',
        '"{\\"facts\\": []}"',
        reads=(),
        pieces=("<think>", "{", '{"a":', '"', "```json\n", "[1,", "</think>", "{}", "//", "/*"),
    ),
    of_value(
        "model's arguments",
        lambda value: read_answer(PostingFacts, calls=[value]),
        {"arguments": FACTS},
        {"name": "f", "parameters": FACTS},
        reads=(),
    ),
)
