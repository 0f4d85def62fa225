"""The pages of the example site give the values that a human reader would note."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from examples.site.server import Site, serve_site
from liverows.base.errors import Permanent
from worker.positions.fetch import fetch_posting
from worker.positions.ladder import read_posting
from worker.positions.logo import find_logo, logo_hints, with_logo
from worker.positions.result import EnrichedPosition, finish
from worker.services.web.client import WebClient


@asynccontextmanager
async def site_and_web() -> AsyncIterator[tuple[Site, WebClient]]:
    async with serve_site() as site:
        web = WebClient(allow=[site.host_port])
        try:
            yield site, web
        finally:
            await web.aclose()


async def enrich(web: WebClient, url: str) -> EnrichedPosition:
    draft = await read_posting(web, url)
    return finish(with_logo(draft, await find_logo(web, logo_hints(draft))))


async def test_the_posting_with_structured_data_is_read_exactly() -> None:
    async with site_and_web() as (site, web):
        found = await enrich(web, site.structured)
    columns = found.model_dump(mode="json", exclude={"job_description", "content_sha256"})
    extraction = columns.pop("extraction")
    assert columns == {
        "job_title": "Calibration Engineer",
        "company_name": "Brightwater Instruments",
        "company_logo": f"{site.base_url}/assets/logo.png",
        "company_website": "https://brightwater-instruments.example",
        "salary_range": "£34,000 to £41,000 per year",
        "salary_min": 34000,
        "salary_max": 41000,
        "salary_currency": "GBP",
        "salary_interval": "year",
        "location": "Lancaster, England, GB",
        "locations": [
            {
                "text": "Lancaster, England, GB",
                "locality": "Lancaster",
                "region": "England",
                "country": "GB",
                "postal_code": "LA1 3RA",
                "street": "Caton Road",
            }
        ],
        "workplace_type": None,
        "employment_type": "full_time",
        "posted_at": "2026-11-03",
        "valid_through": "2027-01-15",
        "apply_url": f"{site.base_url}/careers/calibration-engineer/apply",
        "source_platform": "json_ld",
        "source_job_id": "BW-2026-041",
    }
    assert found.job_description is not None
    assert "### What you'll do\n\n- Calibrate flow meters" in found.job_description
    assert extraction["warnings"] == []
    assert extraction["fields"]["salary_min"]["method"] == "json_ld"
    assert extraction["fields"]["salary_range"]["method"] == "html"
    assert extraction["fetch"]["status"] == 200


async def test_the_posting_in_plain_html_is_read_without_the_page_around_it() -> None:
    async with site_and_web() as (site, web):
        found = await enrich(web, site.plain)
    assert (found.job_title, found.company_name) == ("Bench Joiner", "Hartwell Joinery")
    assert found.salary_range == "£15.50 to £18.00 an hour"
    assert (found.salary_min, found.salary_max) == (15.5, 18)
    assert (found.salary_currency, found.salary_interval) == ("GBP", "hour")
    assert found.location == "Hebden Bridge, West Yorkshire"
    assert found.employment_type == "full_time"
    assert found.valid_through is not None
    assert found.valid_through.isoformat() == "2026-12-12"
    assert found.source_job_id == "HJ-117"
    assert found.apply_url == f"{site.plain}/form"
    assert (found.company_logo, found.company_website, found.posted_at) == (None, None, None)
    description = found.job_description or ""
    assert "## The work\n\n- Set out and make" in description
    for around in ("cookie", "Stairs\n", "French Polisher", "Sign up", "©", "Trade login"):
        assert around not in description


async def test_the_posting_behind_a_sign_in_is_named_as_such() -> None:
    async with site_and_web() as (site, web):
        with pytest.raises(Permanent) as caught:
            await fetch_posting(web, site.behind_login)
    assert caught.value.code == "login_required"


async def test_the_company_home_page_is_not_a_posting() -> None:
    async with site_and_web() as (site, web):
        with pytest.raises(Permanent) as caught:
            await enrich(web, f"{site.base_url}/")
    assert caught.value.code == "not_a_posting"


async def test_a_result_survives_a_checkpoint() -> None:
    async with site_and_web() as (site, web):
        found = await enrich(web, site.structured)
    assert EnrichedPosition.model_validate_json(found.model_dump_json()) == found
