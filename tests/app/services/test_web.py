"""Pages are read within limits and decoded correctly, and errors say what is wrong."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import structlog

from liverows.base.errors import InvalidInput, Permanent, RateLimited, Transient, WorkerError
from tests.support.local_web import answer, local_web, redirect
from worker.services.web.client import Page, WebLimits

URL = "http://jobs.example.com/1"
ROUTE = "jobs.example.com/1"
WORDS = "The bakery opens at six and the ovens are lit at four. " * 20


async def read(raw: bytes, limits: WebLimits | None = None) -> Page:
    async with local_web() as web, web.client(limits) as client:
        web.routes[ROUTE] = raw
        return await client.page(URL)


async def failure(raw: bytes, limits: WebLimits | None = None) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        await read(raw, limits)
    return caught.value


async def test_a_page_comes_with_where_when_and_how_large() -> None:
    page = await read(answer(f"<h1>Baker</h1>{WORDS}", content_type="text/html; charset=utf-8"))
    assert (page.final_url, page.status, page.content_type) == (URL, 200, "text/html")
    assert page.bytes == len(f"<h1>Baker</h1>{WORDS}")
    assert datetime.now(UTC) - page.retrieved_at < timedelta(minutes=1)


async def test_a_body_over_the_limit_is_refused_with_and_without_a_stated_length() -> None:
    small = WebLimits(max_bytes=10_000)
    stated = await failure(answer(b"x" * 10_001), small)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n"
    unstated = await failure(head + b"x" * 10_001, small)
    assert (stated.code, unstated.code) == ("too_large", "too_large")
    assert (await read(head + b"x" * 10_000, small)).bytes == 10_000


async def test_a_compressed_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < 40_000
    error = await failure(answer(bomb, content_encoding="gzip"))
    assert error.code == "too_large"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(WORDS.encode(), mtime=0)),
        ("x-gzip", gzip.compress(WORDS.encode(), mtime=0)),
        (
            "gzip",
            gzip.compress(WORDS[:50].encode(), mtime=0)
            + gzip.compress(WORDS[50:].encode(), mtime=0),
        ),
        ("gzip", gzip.compress(WORDS.encode(), mtime=0) + b"\x00" * 20),
        ("deflate", zlib.compress(WORDS.encode())),
        ("deflate", zlib.compress(WORDS.encode())[2:-4]),
        ("identity", WORDS.encode()),
    ],
)
async def test_compressed_pages_are_read(encoding: str, body: bytes) -> None:
    assert (await read(answer(body, content_encoding=encoding))).text == WORDS


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip"])
async def test_a_compression_that_was_not_asked_for_is_an_honest_error(encoding: str) -> None:
    error = await failure(answer(b"not compressed at all", content_encoding=encoding))
    assert (type(error), error.code) == (InvalidInput, "unsupported_media")


async def test_only_what_can_be_decompressed_is_asked_for() -> None:
    async with local_web() as web, web.client() as client:
        web.routes[ROUTE] = answer(WORDS)
        await client.page(URL)
        assert "accept-encoding: gzip, deflate\r\n" in web.seen[0].lower()


async def test_a_server_that_never_ends_is_left_after_the_total_time() -> None:
    async with local_web() as web:
        left = asyncio.Event()

        async def drip(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
            try:
                while True:
                    writer.write(b".")
                    await writer.drain()
                    await asyncio.sleep(0.01)
            finally:
                left.set()

        web.routes[ROUTE] = drip
        async with web.client(WebLimits(total_seconds=0.2)) as client:
            with pytest.raises(Transient) as caught:
                await client.page(URL)
            assert caught.value.code == "timeout"
            await asyncio.wait_for(left.wait(), 60)


async def test_a_closed_port_and_an_unknown_name_may_pass() -> None:
    async with local_web() as web:

        async def unknown(host: str, port: int) -> list[str]:
            raise OSError("no such name")

        async with web.client() as client:
            web.port = 1
            with pytest.raises(Transient):
                await client.page(URL)
        web.resolve = unknown  # type: ignore[method-assign]  # the name server of this test
        async with web.client() as client:
            with pytest.raises(Transient):
                await client.page(URL)


@pytest.mark.parametrize(
    "raw", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"]
)
async def test_a_broken_answer_may_pass(raw: bytes) -> None:
    assert type(await failure(raw)) is Transient


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Permanent, "blocked"),
        (401, Permanent, "blocked"),
        (403, Permanent, "blocked"),
        (404, Permanent, "gone"),
        (408, Transient, "provider_error"),
        (410, Permanent, "gone"),
        (425, Transient, "provider_error"),
        (429, RateLimited, "provider_rate_limited"),
        (451, Permanent, "blocked"),
        (500, Transient, "provider_error"),
        (503, Transient, "provider_error"),
        (999, Permanent, "blocked"),
    ],
)
async def test_each_status_has_its_error(status: int, kind: type[WorkerError], code: str) -> None:
    error = await failure(answer("<h1>no</h1>", status))
    assert (type(error), error.code) == (kind, code)


async def test_retry_after_is_kept_as_seconds_and_as_a_date() -> None:
    seconds = await failure(answer("slow down", 429, retry_after="120"))
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    dated = await failure(answer("slow down", 429, retry_after=date))
    silent = await failure(answer("slow down", 429))
    assert isinstance(seconds, RateLimited)
    assert isinstance(dated, RateLimited)
    assert isinstance(silent, RateLimited)
    assert seconds.retry_after == 120
    assert dated.retry_after is not None
    assert 80 < dated.retry_after <= 90
    assert silent.retry_after is None


async def test_a_redirect_loop_ends() -> None:
    error = await failure(redirect("/1"))
    assert error.code == "blocked"


@pytest.mark.parametrize(
    "content_type",
    ["application/pdf", "image/png", "application/octet-stream", "video/mp4", "text/css"],
)
async def test_what_is_no_page_is_unsupported(content_type: str) -> None:
    error = await failure(answer(WORDS, content_type=content_type))
    assert (type(error), error.code) == (InvalidInput, "unsupported_media")


async def test_a_file_labelled_as_a_page_is_unsupported() -> None:
    assert (await failure(answer(b"%PDF-1.7 ..."))).code == "unsupported_media"


async def test_an_unlabelled_page_is_read() -> None:
    page = await read(answer(f"<p>{WORDS}</p>", content_type=""))
    assert page.content_type == "text/html"


TEXT = "Bäckerin, 3.200 € und 30 Tage Urlaub in Köln, schöne Öfen, größte Brötchen"


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", "utf-8"),
        (TEXT.encode("cp1252"), "text/html; charset=windows-1252", "cp1252"),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1", "cp1252"),
        (TEXT.encode("iso8859-15"), 'text/html; charset="ISO-8859-15"', "iso8859-15"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "text/html", "utf-16-le"),
        (b'<meta charset="windows-1252">' + TEXT.encode("cp1252"), "text/html", "cp1252"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'
            + TEXT.encode("cp1252"),
            "text/html",
            "cp1252",
        ),
        (b'<?xml version="1.0" encoding="utf-8"?>' + TEXT.encode(), "text/xml", "utf-8"),
        (TEXT.encode(), "text/html", "utf-8"),
        (TEXT.encode(), "text/html; charset=no-such-charset", "utf-8"),
        (TEXT.encode(), "text/html; charset=utf-7", "utf-8"),
        (TEXT.encode(), "text/html; charset=unicode_escape", "utf-8"),
        (TEXT.encode(), "text/html; charset=raw-unicode-escape", "utf-8"),
        (TEXT.encode(), "text/html; charset=zlib", "utf-8"),
    ],
)
async def test_text_is_read_in_the_character_set_of_the_page(
    body: bytes, content_type: str, charset: str
) -> None:
    page = await read(answer(body, content_type=content_type))
    assert page.text.endswith(TEXT)
    assert page.charset == charset


async def test_undeclared_bytes_that_are_not_utf_8_are_guessed() -> None:
    page = await read(
        answer((TEXT * 10).encode("cp1252").replace(b"\x80", b"EUR"), content_type="text/html")
    )
    assert "Bäckerin" in page.text


async def test_a_page_never_contains_what_postgres_cannot_store() -> None:
    assert "\x00" not in (await read(answer(f"a\x00b {WORDS}"))).text


SIGN_IN = (
    "<title>Sign in | Board</title><form><input name=u><input type='password' name=p>"
    "<button>Sign in</button></form>"
)


async def test_a_sign_in_wall_is_named_as_such() -> None:
    shown = await failure(answer(SIGN_IN))
    assert (type(shown), shown.code) == (Permanent, "login_required")
    async with local_web() as web, web.client() as client:
        web.routes[ROUTE] = redirect("/account/login?next=%2F1")
        web.routes["jobs.example.com/account/login"] = answer(f"<h1>Welcome</h1>{WORDS}")
        with pytest.raises(Permanent) as caught:
            await client.page(URL)
        assert caught.value.code == "login_required"


@pytest.mark.parametrize(
    "html",
    [
        f"<title>Baker</title><header>{SIGN_IN}</header><main><h1>Baker</h1>{WORDS}</main>",
        f"{SIGN_IN}<script type='application/ld+json'>{{'@type': 'JobPosting'}}</script>",
        f"<title>Login Engineer</title><h1>Login Engineer</h1><p>{WORDS}</p>",
    ],
)
async def test_a_posting_beside_a_sign_in_form_is_read(html: str) -> None:
    assert (await read(answer(html))).status == 200


@pytest.mark.parametrize(
    "raw",
    [
        answer("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", 403),
        answer("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", 503),
        answer("<script src='https://ct.captcha-delivery.com/c.js'></script>", 200),
        answer("<p>Checking</p>", 200, cf_mitigated="challenge"),
        answer("<div id='px-captcha'></div>", 429),
    ],
)
async def test_a_bot_check_is_blocked_and_not_a_posting(raw: bytes) -> None:
    assert (await failure(raw)).code == "blocked"


async def test_a_page_behind_a_bot_filter_that_let_us_through_is_read() -> None:
    script = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    assert (await read(answer(f"{script}<p>{WORDS}</p>"))).status == 200


async def test_query_strings_appear_in_no_log_and_no_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with local_web() as web, web.client() as client:
        web.routes[ROUTE] = answer(WORDS)
        with structlog.testing.capture_logs() as logs:
            await client.page(f"{URL}?token=sesame")
            with pytest.raises(Permanent) as caught:
                await client.page("http://jobs.example.com/2?token=sesame")
    assert [entry["event"] for entry in logs] == ["page_read"]
    assert "sesame" not in f"{logs}{caplog.text}{caught.value}"


PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


@pytest.mark.parametrize(
    ("body", "label", "media_type"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "application/octet-stream", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(30), "image/jpeg", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'></svg>", "image/svg+xml", "image/svg+xml"),
        (b"<!doctype html><p>no logo here</p>", "image/png", None),
        (b"<svg></svg>", "text/html", None),
        (b"", "image/png", None),
    ],
)
async def test_an_image_is_known_by_its_bytes(
    body: bytes, label: str, media_type: str | None
) -> None:
    async with local_web() as web, web.client() as client:
        web.routes[ROUTE] = answer(body, content_type=label)
        if media_type is None:
            with pytest.raises(InvalidInput):
                await client.image(URL)
        else:
            assert (await client.image(URL)).media_type == media_type


@pytest.mark.parametrize(
    ("content", "final"),
    [
        ("0; url=/jobs/42", "http://acme.com/jobs/42"),
        ("2;URL='http://jobs.acme.com/42'", "http://jobs.acme.com/42"),
        ("300; url=/jobs/42", "http://acme.com/old"),
        ("0; url=/old", "http://acme.com/old"),
        ("nonsense", "http://acme.com/old"),
    ],
)
async def test_a_page_that_sends_browsers_on_is_followed_once(content: str, final: str) -> None:
    async with local_web() as net, net.client() as client:
        net.routes["acme.com/old"] = answer(f'<meta http-equiv="Refresh" content="{content}">')
        net.routes["acme.com/jobs/42"] = answer("<h1>Pump Tester</h1>")
        net.routes["jobs.acme.com/42"] = answer("<h1>Pump Tester</h1>")
        page = await client.page("http://acme.com/old")
    assert page.final_url == final


async def test_a_refresh_to_an_address_inside_is_refused() -> None:
    async with local_web() as net, net.client() as client:
        inside = "http://169.254.169.254/latest"
        net.routes["acme.com/old"] = answer(f'<meta http-equiv="refresh" content="0;url={inside}">')
        with pytest.raises(InvalidInput) as caught:
            await client.page("http://acme.com/old")
    assert caught.value.code == "url_refused"
