"""A URL from a user, a page or a model cannot reach inside the network."""

from __future__ import annotations

import ipaddress

import pytest

from liverows.base.errors import InvalidInput, SetupError
from tests.support.local_web import PUBLIC, LocalWeb, answer, local_web, redirect
from worker.services.web.client import WebClient
from worker.services.web.guard import is_public, parse_allow, parse_target

REFUSED_URLS = [
    "",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "//example.com/",
    "example.com/jobs",
    "http://",
    "http:///path",
    "http://exa mple.com/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com/\r\nHost: inside",
    "http://user@example.com/",
    "http://user:secret@example.com/",
    "http://example.com@127.0.0.1/",
    "http://@example.com/",
    "http://example.com:8080/",
    "http://example.com:22/",
    "http://example.com:99999/",
    "http://example.com:x/",
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://8.8.8.08/",
    "http://999.1.1.1/",
    "http://example.0x1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[:::1]/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://x.localhost/",
    "http://metadata.google.internal/",
    "http://printer.local/",
    "http://db/",
    "http://db./",
    "http://a..b.com/",
    "http://-/",
]


@pytest.mark.parametrize("url", REFUSED_URLS)
async def test_a_url_that_leads_inside_or_is_spelt_oddly_is_refused_without_dialling(
    url: str,
) -> None:
    async with local_web() as web, web.client() as client:
        with pytest.raises(InvalidInput) as caught:
            await client.page(url)
        assert caught.value.code == "url_refused"
        assert web.dialled == []


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://Example.COM/a?b=1#part", "https://example.com/a?b=1"),
        ("http://example.com:80", "http://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://bücher.example.com/", "https://xn--bcher-kva.example.com/"),
        ("https://a_b.example.com/", "https://a_b.example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://[64:ff9b::808:808]/", "https://[64:ff9b::808:808]/"),
        ("https://1password.com/", "https://1password.com/"),
    ],
)
def test_a_public_url_is_normalised(url: str, normal: str) -> None:
    assert parse_target(url).url == normal


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["169.254.169.254"],
        ["100.64.1.1"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["2002:a00:1::"],
        ["64:ff9b::a00:1"],
        ["2606:4700::1111", "fd00::1"],
        ["0.0.0.0"],  # noqa: S104  # an answer of the name server, not a bind
    ],
)
async def test_a_name_with_any_inside_address_is_refused(addresses: list[str]) -> None:
    async with local_web() as web, web.client() as client:
        web.addresses["jobs.example.com"] = addresses
        with pytest.raises(InvalidInput, match="private or reserved"):
            await client.page("https://jobs.example.com/1")
        assert web.dialled == []


async def test_the_address_that_was_checked_is_the_one_dialled() -> None:
    """A host name of an attacker has a public address at first, and an internal one after that."""

    class Rebinding(LocalWeb):
        asked = 0

        async def resolve(self, host: str, port: int) -> list[str]:
            self.asked += 1
            return [PUBLIC] if self.asked == 1 else ["127.0.0.1"]

    async with local_web() as served:
        web = Rebinding()
        web.port = served.port
        served.routes["rebind.example.com/"] = answer("<h1>public</h1>" + "words " * 200)
        async with web.client() as client:
            page = await client.page("http://rebind.example.com/")
            assert "public" in page.text
            assert (web.asked, web.dialled) == (1, [(PUBLIC, 80)])
            with pytest.raises(InvalidInput):
                await client.page("http://rebind.example.com/")
            assert web.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/admin",
        "http://inside.example.com/",
        "//127.0.0.1/",
        "http://user:pass@example.com/",
        "http://example.com:8080/",
        "file:///etc/passwd",
        "http://0x7f.1/",
        "http://[half",
    ],
)
async def test_a_redirect_is_checked_like_the_first_address(location: str) -> None:
    async with local_web() as web, web.client() as client:
        web.addresses["inside.example.com"] = ["192.168.0.10"]
        web.routes["jobs.example.com/1"] = redirect(location)
        with pytest.raises(InvalidInput) as caught:
            await client.page("http://jobs.example.com/1")
        assert caught.value.code == "url_refused"
        assert web.dialled == [(PUBLIC, 80)]


async def test_redirects_between_public_names_are_followed() -> None:
    async with local_web() as web, web.client() as client:
        web.addresses["two.example.com"] = ["2606:4700::1111"]
        web.routes["one.example.com/a"] = redirect("http://two.example.com/b?x=1", 301)
        web.routes["two.example.com/b"] = redirect("/c", 307)
        web.routes["two.example.com/c"] = answer("<h1>Baker</h1>" + "words " * 200)
        page = await client.page("http://one.example.com/a")
        assert page.final_url == "http://two.example.com/c"
        assert web.dialled == [(PUBLIC, 80), ("2606:4700::1111", 80), ("2606:4700::1111", 80)]


async def test_only_an_exact_pair_of_fetch_allow_is_exempt() -> None:
    async with local_web() as web:
        web.routes[f"127.0.0.1:{web.port}/"] = answer("<h1>Baker</h1>" + "words " * 200)
        web.routes[f"127.0.0.1:{web.port}/next"] = redirect(f"http://127.0.0.1:{web.port + 1}/")
        client = WebClient(allow=[f"127.0.0.1:{web.port}"])
        try:
            page = await client.page(f"http://127.0.0.1:{web.port}/")
            assert page.status == 200
            for url in (
                f"http://localhost:{web.port}/",
                "http://127.0.0.1/",
                f"http://127.0.0.1:{web.port}/next",
            ):
                with pytest.raises(InvalidInput):
                    await client.page(url)
        finally:
            await client.aclose()


@pytest.mark.parametrize("pair", ["127.0.0.1", "http://x:80", "host:0", ":80", "host:http"])
def test_a_malformed_fetch_allow_stops_the_start(pair: str) -> None:
    with pytest.raises(SetupError, match="FETCH_ALLOW"):
        parse_allow([pair])


def test_nothing_that_python_calls_private_is_public_to_the_guard() -> None:
    """Our list of addresses is compared with that of the standard library."""
    for number in range(0, 2**32, 655_357):
        address = ipaddress.IPv4Address(number)
        if not address.is_global:
            assert not is_public(address), address
    for prefix in range(0, 0x10000, 61):
        six = ipaddress.IPv6Address(prefix << 112 | 1)
        if six.is_private or six.is_multicast or six.is_reserved or six.is_link_local:
            assert not is_public(six), six
