"""A logo is kept only if its address answers with an image."""

from __future__ import annotations

import pytest

from liverows.base.errors import Transient
from tests.support.local_web import answer, local_web, redirect
from worker.pages.draft import Draft, Finding
from worker.positions.logo import FoundLogo, LogoHints, find_logo, no_logo, with_logo

LOGO = "http://acme.com/logo"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def stating(url: str) -> Draft:
    return Draft(findings=(Finding(field="company_logo", value=url, method="json_ld"),))


async def test_a_logo_that_is_an_image_is_kept_at_its_final_address() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/logo"] = redirect("http://cdn.acme.com/logo.png")
        web.routes["cdn.acme.com/logo.png"] = answer(PNG, content_type="image/png")
        check = await find_logo(client, LogoHints(stated=LOGO))
    checked = with_logo(stating(LOGO), check)
    assert checked.value("company_logo") == "http://cdn.acme.com/logo.png"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (answer("<h1>not found</h1>", 404), "gone"),
        (answer("<h1>our logo</h1>"), "unsupported_media"),
        (answer("", 429, retry_after="3600"), "provider_rate_limited"),
        (answer(PNG + bytes(3_000_000), content_type="image/png"), "too_large"),
        (redirect("http://169.254.169.254/logo.png"), "url_refused"),
    ],
)
async def test_any_other_logo_becomes_a_candidate_and_a_warning(raw: bytes, reason: str) -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/logo"] = raw
        check = await find_logo(client, LogoHints(stated=LOGO))
    checked = with_logo(stating(LOGO), check)
    assert checked.value("company_logo") is None
    assert checked.warnings == ("logo_unreachable",)
    assert [each.reason for each in checked.candidates] == [reason]


async def test_a_site_that_fails_is_worth_another_try_and_then_the_logo_is_left_out() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/logo"] = answer("", 503)
        with pytest.raises(Transient):
            await find_logo(client, LogoHints(stated=LOGO))
        checked = with_logo(stating(LOGO), await no_logo(client, LogoHints(stated=LOGO)))
    assert checked.value("company_logo") is None
    assert checked.warnings == ("logo_unreachable",)


def test_a_draft_without_a_logo_is_left_alone() -> None:
    assert with_logo(Draft(), FoundLogo()) == Draft()


HOME = """<link rel="icon" href="/favicon.ico" sizes="16x16">
<link rel="icon" href="/icon-192.png" sizes="192x192"><link rel="apple-touch-icon" href="/touch">
<link rel="manifest" href="/site.webmanifest"><meta property="og:image" content="/team.jpg">"""


async def test_without_a_stated_logo_the_sites_own_icons_are_tried_in_order() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/"] = answer(HOME)
        web.routes["acme.com/icon-192.png"] = answer(PNG, content_type="image/png")
        found = await find_logo(client, LogoHints(website="https://acme.com"))
        asked = [head.split(" ", 2)[1] for head in web.seen]
    assert found.url == "https://acme.com/icon-192.png"
    assert asked == ["/", "/touch", "/icon-192.png"]
    logo = with_logo(Draft(), found).get("company_logo")
    assert logo is not None
    assert (logo.source_url, logo.confidence) == ("https://acme.com/", 0.7)


async def test_the_manifest_is_asked_after_the_page() -> None:
    icons = (
        '{"icons": [{"src": "/s.png", "sizes": "48x48"}, {"src": "/l.png", "sizes": "512x512"}]}'
    )
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/"] = answer(HOME)
        web.routes["acme.com/site.webmanifest"] = answer(icons, content_type="application/json")
        web.routes["acme.com/l.png"] = answer(PNG, content_type="image/png")
        found = await find_logo(client, LogoHints(website="https://acme.com"))
    assert found.url == "https://acme.com/l.png"


async def test_a_site_too_complex_to_be_read_has_no_icons_of_its_own() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/"] = answer(HOME + "<div>" * 500)
        web.routes["icons.duckduckgo.com/ip3/acme.com.ico"] = answer(
            b"\0\0\1\0" + bytes(30), content_type="image/x-icon"
        )
        found = await find_logo(client, LogoHints(website="https://acme.com"))
    assert found.url == "https://icons.duckduckgo.com/ip3/acme.com.ico"


async def test_an_icon_service_is_the_last_resort_and_trusted_the_least() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["icons.duckduckgo.com/ip3/acme.com.ico"] = answer(
            b"\0\0\1\0" + bytes(30), content_type="image/x-icon"
        )
        found = await find_logo(client, LogoHints(website="https://acme.com"))
    assert found.url == "https://icons.duckduckgo.com/ip3/acme.com.ico"
    assert found.confidence < 0.5


async def test_a_stated_logo_that_fails_is_replaced_and_kept_as_a_candidate() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/"] = answer(HOME)
        web.routes["acme.com/touch"] = answer(PNG, content_type="image/png")
        hints = LogoHints(stated=LOGO, website="https://acme.com")
        checked = with_logo(stating(LOGO), await find_logo(client, hints))
    assert checked.value("company_logo") == "https://acme.com/touch"
    assert [each.finding.value for each in checked.candidates] == [LOGO]
    assert checked.warnings == ()


async def test_nobody_is_asked_about_a_name_that_cannot_exist() -> None:
    async with local_web() as web, web.client() as client:
        found = await find_logo(client, LogoHints(website="https://acme.example"))
        assert web.seen == []
    assert found.url is None
