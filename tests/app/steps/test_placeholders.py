"""What programs write for a missing value is not shown as a fact, nor who may apply as a place."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from tests.app.steps.pages import FILLER, page, with_posting
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured

COUNTRIES = [f"{first}{second}" for first in "ABC" for second in "ABCDEFGHIJ"]


async def read(**fields: object) -> Draft:
    return await extract_structured(with_posting(description=FILLER, **fields))


@pytest.mark.parametrize(
    "title",
    [
        "undefined", "null", "None", "Untitled", "N/A", "NaN", "-", "...", "[object Object]",
        "{{ job.title }}", "${title}", "%JOB_TITLE%", "{% title %}", "Loading...", "Ohne Titel",
        "Sin título", " UNDEFINED ", "Job Title",
    ],
)  # fmt: skip
async def test_a_placeholder_is_not_a_title_and_the_heading_is(title: str) -> None:
    script = f'<script type="application/ld+json">{{"@type":"JobPosting","title":"{title}",'
    html = f'{script}"description":"Oak frames."}}</script><h1>Bench Joiner</h1>{FILLER}'
    assert (await extract_structured(page(html))).value("job_title") == "Bench Joiner"


@pytest.mark.parametrize("title", ["undefined", "null | Tidewell", "Untitled - Tidewell"])
async def test_a_placeholder_in_a_link_preview_is_not_a_title(title: str) -> None:
    html = f'<meta property="og:title" content="{title}"><h1>Bench Joiner</h1>{FILLER}'
    assert (await extract_structured(page(html))).value("job_title") == "Bench Joiner"


@pytest.mark.parametrize(
    "title",
    ["Null Object Specialist", "Undefined Behaviour Analyst", "Tester", "Title Clerk", "Loader"],
)
async def test_a_title_with_such_a_word_in_it_is_one(title: str) -> None:
    script = f'<script type="application/ld+json">{{"@type":"JobPosting","title":"{title}",'
    html = f'{script}"description":"Oak frames."}}</script>{FILLER}'
    assert (await extract_structured(page(html))).value("job_title") == title


@pytest.mark.parametrize("name", ["undefined", "null", "N/A", "{{company}}", "Company Name"])
async def test_a_placeholder_is_not_a_company(name: str) -> None:
    draft = await read(hiringOrganization={"@type": "Organization", "name": name})
    assert draft.value("company_name") is None


@pytest.mark.parametrize(
    "stated", ["0001-01-01", "0001-01-01T00:00:00Z", "1900-01-01", "1970-01-01", "9999-12-31"]
)
async def test_a_placeholder_is_not_a_day(stated: str) -> None:
    draft = await read(datePosted=stated, validThrough=stated)
    assert (draft.value("posted_at"), draft.value("valid_through")) == (None, None)


async def test_a_day_long_ago_or_far_ahead_is_kept() -> None:
    draft = await read(datePosted="1998-04-01", validThrough="2030-12-31")
    assert draft.value("posted_at") == "1998-04-01"
    assert draft.value("valid_through") == "2030-12-31"


@pytest.mark.parametrize(
    "address",
    [
        {"addressLocality": "undefined", "addressRegion": "null", "addressCountry": ""},
        {"addressLocality": "N/A"},
        "undefined, undefined",
        "null",
    ],
)
async def test_a_placeholder_is_not_a_place(address: JsonValue) -> None:
    draft = await read(jobLocation={"@type": "Place", "address": address})
    assert (draft.value("location"), draft.value("locations")) == (None, None)


async def test_the_known_parts_of_a_place_are_kept() -> None:
    address = {"addressLocality": "Windhoek", "addressRegion": "null", "addressCountry": "NA"}
    draft = await read(jobLocation={"@type": "Place", "address": address})
    assert draft.value("location") == "Windhoek, NA"


def countries(names: list[str]) -> list[dict[str, str]]:
    return [{"@type": "Country", "name": name} for name in names]


@pytest.mark.parametrize("count", [6, 30])
async def test_many_countries_of_applicants_are_no_location(count: int) -> None:
    draft = await read(
        jobLocationType="TELECOMMUTE",
        applicantLocationRequirements=countries(COUNTRIES[:count]),
    )
    assert draft.value("location") is None
    assert draft.value("workplace_type") == "remote"
    places = draft.value("locations")
    assert isinstance(places, list)
    assert len(places) == count


async def test_many_countries_as_workplaces_are_no_location_either() -> None:
    places = [{"@type": "Place", "address": {"addressCountry": code}} for code in COUNTRIES]
    assert (await read(jobLocation=places)).value("location") is None


async def test_a_few_countries_of_applicants_are_named() -> None:
    draft = await read(
        jobLocationType="TELECOMMUTE", applicantLocationRequirements=countries(["USA", "Canada"])
    )
    assert draft.value("location") == "USA; Canada"


def town(number: int, country: str = "US") -> dict[str, object]:
    address = {"addressLocality": f"Springfield {number}", "addressCountry": country}
    return {"@type": "Place", "address": address}


async def test_a_few_towns_are_all_named() -> None:
    draft = await read(jobLocation=[town(1), town(2), town(3)])
    assert draft.value("location") == "Springfield 1, US; Springfield 2, US; Springfield 3, US"


async def test_of_many_towns_the_countries_are_named() -> None:
    draft = await read(jobLocation=[*(town(number) for number in range(40)), town(41, "CA")])
    assert draft.value("location") == "US; CA"
    places = draft.value("locations")
    assert isinstance(places, list)
    assert len(places) == 41
