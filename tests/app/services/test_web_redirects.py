"""Redirects are followed as a browser does, and each new address is checked like the first."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverows.base.errors import InvalidInput, Permanent, WorkerError
from tests.support.local_web import LocalWeb, answer, local_web
from worker.services.web.client import Page
from worker.services.web.redirect import redirect_target

OLD = "http://jobs.example.com/old/1?from=mail"


def moved(location: bytes, status: int = 302) -> bytes:
    """A redirect whose header has exactly these bytes."""
    head = f"HTTP/1.1 {status} Moved\r\ncontent-length: 0\r\nconnection: close\r\n".encode()
    return head + b"Location: " + location + b"\r\n\r\n"


async def follow(web: LocalWeb, location: bytes, status: int = 302) -> Page:
    web.routes["jobs.example.com/old/1"] = moved(location, status)
    async with web.client() as client:
        return await client.page(OLD)


@pytest.mark.parametrize(
    ("location", "host", "target"),
    [
        (b"/jobs/pump tester", "jobs.example.com", "/jobs/pump%20tester"),
        (b"/jobs/a%20b?in=new york", "jobs.example.com", "/jobs/a%20b?in=new%20york"),
        ("/jobs/größe?ö=ü".encode(), "jobs.example.com", "/jobs/gr%C3%B6%C3%9Fe?%C3%B6=%C3%BC"),
        ("/jobs/größe".encode("latin-1"), "jobs.example.com", "/jobs/gr%F6%DFe"),
        ("/求人/42".encode(), "jobs.example.com", "/%E6%B1%82%E4%BA%BA/42"),
        (b"  /jobs/42  ", "jobs.example.com", "/jobs/42"),
        (b"/jobs\t/42", "jobs.example.com", "/jobs/42"),
        (b'/jobs/"42"<1>{2}`', "jobs.example.com", "/jobs/%2242%22%3C1%3E%7B2%7D%60"),
        (b"\\jobs\\42", "jobs.example.com", "/jobs/42"),
        (b"2", "jobs.example.com", "/old/2"),
        (b"../new/./42", "jobs.example.com", "/new/42"),
        (b"/jobs/42#apply now", "jobs.example.com", "/jobs/42"),
        (b"/go?to=http://a.example/b c", "jobs.example.com", "/go?to=http://a.example/b%20c"),
        (b"//other.example.com/a b", "other.example.com", "/a%20b"),
        (b"http://other.example.com/a b#c d", "other.example.com", "/a%20b"),
        (b"http:\\\\other.example.com\\a", "other.example.com", "/a"),
        (b"HTTP://OTHER.example.com/A", "other.example.com", "/A"),
        ("http://bücher.example.com/ü".encode(), "xn--bcher-kva.example.com", "/%C3%BC"),
    ],
)  # fmt: skip
async def test_a_redirect_is_followed_as_browsers_do(
    location: bytes, host: str, target: str
) -> None:
    async with local_web() as web:
        web.routes[f"{host}{target.partition('?')[0]}"] = answer("<h1>Pump Tester</h1>")
        page = await follow(web, location)
    assert page.text == "<h1>Pump Tester</h1>"
    assert page.final_url == f"http://{host}{target}"
    assert web.seen[-1].split(" ")[1] == target


def test_a_redirect_may_change_the_query_alone() -> None:
    assert redirect_target(b"?page=2 of 3", OLD) == "http://jobs.example.com/old/1?page=2%20of%203"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_without_an_address_is_no_page(status: int) -> None:
    async with local_web() as web:
        for location in (b"", b"   "):
            with pytest.raises(Permanent) as caught:
                await follow(web, location, status)
            assert str(status) in caught.value.message
        web.routes["jobs.example.com/old/1"] = answer("<h1>Choose</h1>", status)
        async with web.client() as client:
            with pytest.raises(Permanent):
                await client.page(OLD)


@pytest.mark.parametrize(
    "location",
    [
        b"http://127.0.0.1/ a",
        b"//169.254.169.254/latest meta",
        b"\\\\169.254.169.254\\latest",
        b"/\\169.254.169.254/latest",
        b"http:\\\\10.0.0.1\\a b",
        b"http://[::1]/ a",
        b"http://0x7f.1/ a",
        b"http://user:pass word@other.example.com/",
        b"http://other.example.com:8080/a b",
        b"http://localhost/a b",
        b"http://other.example.com\\@127.0.0.1/",
        "http://\uff11\uff12\uff17.0.0.1/".encode(),
        b"http://\xff\xfe/",
        b"http://a b.example.com/",
        b"http://[oops/",
        b"file:///etc/passwd",
        b"javascript:alert(1)",
        b"ftp://other.example.com/a b",
        b"data:text/html,hi there",
    ],
)
async def test_no_spelling_of_a_redirect_leads_inside(location: bytes) -> None:
    async with local_web() as web:
        with pytest.raises(WorkerError) as caught:
            await follow(web, location)
        assert all(address == "93.184.216.34" for address, _ in web.dialled)
    assert (type(caught.value), caught.value.code) in [
        (InvalidInput, "url_refused"),
        (Permanent, "gone"),  # for a browser, the part after the backslash is a path
    ]


@given(st.binary(max_size=60))
def test_every_target_is_ascii_behind_its_host_and_holds_no_space(location: bytes) -> None:
    try:
        target = redirect_target(location, OLD)
        parts = urlsplit(target)
    except ValueError:
        return
    if parts.scheme in ("http", "https"):
        assert (parts.path + parts.query).isascii()
        assert not set(" \t\r\n\\") & set(parts.path + parts.query)
