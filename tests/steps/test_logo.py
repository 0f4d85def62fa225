"""A logo is kept only where its address answers with an image."""

from __future__ import annotations

import pytest

from tests.support.local_web import answer, local_web, redirect
from worker.base.errors import Transient
from worker.steps.positions import (
    Draft,
    Finding,
    LogoCheck,
    unverified_logo,
    verify_logo,
    with_verified_logo,
)

LOGO = "http://acme.com/logo"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def with_logo(url: str) -> Draft:
    return Draft(findings=(Finding(field="company_logo", value=url, method="json_ld"),))


async def test_a_logo_that_is_an_image_is_kept_at_its_final_address() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/logo"] = redirect("http://cdn.acme.com/logo.png")
        web.routes["cdn.acme.com/logo.png"] = answer(PNG, content_type="image/png")
        check = await verify_logo(client, LOGO)
    checked = with_verified_logo(with_logo(LOGO), check)
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
        check = await verify_logo(client, LOGO)
    checked = with_verified_logo(with_logo(LOGO), check)
    assert checked.value("company_logo") is None
    assert checked.warnings == ("logo_unreachable",)
    assert [each.reason for each in checked.candidates] == [reason]


async def test_a_site_that_fails_is_worth_another_try_and_then_the_logo_is_left_out() -> None:
    async with local_web() as web, web.client() as client:
        web.routes["acme.com/logo"] = answer("", 503)
        with pytest.raises(Transient):
            await verify_logo(client, LOGO)
        checked = with_verified_logo(with_logo(LOGO), await unverified_logo(client, LOGO))
    assert checked.value("company_logo") is None
    assert checked.warnings == ("logo_unreachable",)


def test_a_draft_without_a_logo_is_left_alone() -> None:
    assert with_verified_logo(Draft(), LogoCheck(reason="gone")) == Draft()
