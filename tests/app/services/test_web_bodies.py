"""Half a page is an error, and an error page is recognised in every encoding."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from liverows.base.errors import InvalidInput, Permanent, RateLimited, Transient, WorkerError
from tests.support.local_web import Handler, answer, local_web
from worker.services.web.body import BoundedBody

URL = "http://jobs.example.com/1"
ROUTE = "jobs.example.com/1"
PAGE = "<h1>Baker</h1>" + "<p>The ovens are lit at four.</p>" * 2_000 + "<p>3,200 euros</p>"

GZIP = gzip.compress(PAGE.encode(), mtime=0)
ZLIB = zlib.compress(PAGE.encode())
RAW = ZLIB[2:-4]
MEMBERS = gzip.compress(PAGE[:500].encode(), mtime=0) + gzip.compress(PAGE[500:].encode(), mtime=0)


def unframed(body: bytes, coding: str = "") -> bytes:
    """An answer that ends when the connection closes, so only its content shows if it is whole."""
    lines = ["HTTP/1.1 200 OK", "content-type: text/html; charset=utf-8", "connection: close"]
    lines += [f"content-encoding: {coding}"] if coding else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + f"{len(body):x}\r\n".encode() + body + b"\r\n" + end


async def read(raw: bytes | Handler) -> str:
    async with local_web() as web, web.client() as client:
        web.routes[ROUTE] = raw
        return (await client.page(URL)).text


async def failure(raw: bytes) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        await read(raw)
    return caught.value


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIP[: len(GZIP) // 2]),
        ("gzip", GZIP[:-8]),  # the text is complete, but the checksum and length are missing
        ("gzip", GZIP[:-1]),
        ("gzip", GZIP[:11]),
        ("gzip", GZIP[:1]),
        ("x-gzip", GZIP[: len(GZIP) // 2]),
        ("gzip", MEMBERS[:-20]),
        ("gzip", MEMBERS[: len(gzip.compress(PAGE[:500].encode(), mtime=0)) + 4]),
        ("gzip", GZIP[:-8] + bytes(8)),  # the wrong checksum
        ("gzip", GZIP[:200] + b"\xff" * 50 + GZIP[250:]),
        ("deflate", ZLIB[: len(ZLIB) // 2]),
        ("deflate", ZLIB[:-4]),
        ("deflate", ZLIB[:1]),
        ("deflate", RAW[: len(RAW) // 2]),
        ("deflate", RAW[:-1]),
    ],
)
async def test_a_compressed_body_that_breaks_off_is_no_page(coding: str, body: bytes) -> None:
    error = await failure(unframed(body, coding))
    assert (type(error), error.code) == (Transient, "provider_error")


@pytest.mark.parametrize("coding", ["br", "zstd"])
async def test_half_a_body_in_a_compression_not_asked_for_is_no_page(coding: str) -> None:
    error = await failure(unframed(b"\x28\xb5\x2f\xfd" + GZIP[:100], coding))
    assert (type(error), error.code) == (InvalidInput, "unsupported_media")


@pytest.mark.parametrize(
    "raw",
    [
        answer(PAGE)[:-100],
        answer(GZIP, content_encoding="gzip")[:-100],
        chunked(PAGE.encode(), end=b""),
        chunked(PAGE.encode(), end=b"400\r\nshort"),
        chunked(PAGE.encode(), end=b"zz\r\n"),
    ],
)
async def test_a_body_shorter_than_it_was_said_to_be_is_no_page(raw: bytes) -> None:
    assert type(await failure(raw)) is Transient


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIP),
        ("gzip", MEMBERS),
        ("gzip", GZIP + bytes(512)),
        ("gzip", GZIP + b"\n<!-- served by a proxy -->"),
        ("gzip", GZIP + b"\x1f"),
        ("gzip", MEMBERS + b"\x00garbage" * 20),
        ("deflate", ZLIB),
        ("deflate", ZLIB + b"garbage" * 20),
        ("deflate", RAW),
        ("deflate", RAW + RAW),
        ("", PAGE.encode()),
    ],
)
async def test_a_whole_page_is_read_whatever_follows_it(coding: str, body: bytes) -> None:
    for raw in (unframed(body, coding), answer(body, content_encoding=coding or "identity")):
        assert await read(raw) == PAGE


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", MEMBERS), ("deflate", ZLIB), ("deflate", RAW)]
)
def test_it_does_not_matter_how_a_body_is_cut_on_its_way(coding: str, body: bytes) -> None:
    for size in (1, 2, 3, 7, 1_000):
        collected = BoundedBody(coding, 1_000_000)
        for start in range(0, len(body), size):
            collected.feed(body[start : start + size])
        assert collected.finish() == PAGE.encode()


async def test_a_page_of_nothing_is_nothing() -> None:
    assert await read(answer(b"", content_encoding="gzip")) == ""


Break = Callable[[int], bytes]


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(404, Permanent, "gone"), (503, Transient, "provider_error"), (403, Permanent, "blocked")],
)
@pytest.mark.parametrize(
    "broken",
    [
        lambda status: answer(GZIP[:60], status, content_encoding="gzip"),
        lambda status: answer(b"not gzip", status, content_encoding="gzip"),
        lambda status: answer(b"\x1b\x00\x00", status, content_encoding="br"),
        lambda status: answer(GZIP, status, content_encoding="gzip, gzip"),
        lambda status: answer(PAGE, status)[:-50],
        lambda status: answer(bytes(2_000_000), status),
    ],
)
async def test_an_error_page_says_what_its_status_says(
    broken: Break, status: int, kind: type[WorkerError], code: str
) -> None:
    error = await failure(broken(status))
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize("status", [500, 503, 529])
async def test_a_site_that_fails_for_a_stated_time_is_not_asked_before(status: int) -> None:
    error = await failure(answer("<h1>Maintenance</h1>", status, retry_after="120"))
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.provider, error.spends_attempt) == (120, None, True)
