"""A description in structured data that is only a teaser gives way to the text on the page."""

from __future__ import annotations

import json

import pytest

from tests.app.steps.pages import URL, page
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured

FIRST = (
    "At Tidewell we build oak frames that people keep for a lifetime, in a workshop by the river."
)
SECOND = "Founded by two joiners in 1988, we work for museums, schools and families in the county."
BODY = (
    f"<main><h1>Bench Joiner</h1><h4>About Tidewell</h4><p>{FIRST} {SECOND}</p>"
    "<h4>What you will do</h4><ul><li>Measure, cut and fit oak frames to half a millimetre</li>"
    "<li>Plan the week with two colleagues</li></ul><h4>What we ask</h4><ul><li>Two years of "
    "experience at a bench</li><li>A driving licence</li></ul></main>"
)


async def read(description: str, body: str = BODY) -> Draft:
    posting = {"@type": "JobPosting", "title": "Bench Joiner", "description": description}
    script = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
    return await extract_structured(page(f"<title>Bench Joiner</title>{script}{body}"))


@pytest.mark.parametrize(
    "teaser",
    [
        f"About Tidewell {FIRST} Founded by two joiners in 1988, we work for …",
        f"About Tidewell {FIRST} Founded by two joiners in...",
        f"{FIRST} Founded by two joiners […]",
        f"<p>About Tidewell</p><p>{FIRST} {SECOND[:50]}</p>",
        f"<p>{FIRST}</p>",
    ],
)
async def test_the_whole_text_is_taken_from_the_page(teaser: str) -> None:
    draft = await read(teaser)
    found = draft.get("job_description")
    assert found is not None
    assert found.method == "html"
    assert "A driving licence" in str(found.value)
    assert any("cut short" in each.reason for each in draft.candidates)


@pytest.mark.parametrize(
    "whole",
    [
        f"<p>{FIRST} {SECOND}</p>",
        f"<p>{FIRST} {SECOND}</p><ul><li>Measure, cut and fit oak frames to half a millimetre</li>",
        "<p>You fit oak frames for us and tell the people upstairs when the wood is wet …</p>"
        "<p>You have done so before for many years in some other workshop by a river …</p>",
    ],
)
async def test_a_text_that_ends_where_the_pages_paragraph_ends_stays(whole: str) -> None:
    found = (await read(whole)).get("job_description")
    assert found is not None
    assert found.method == "json_ld"


async def test_a_short_description_stays() -> None:
    body = f"<main><h1>Bench Joiner</h1><p>{FIRST} Oak frames and {SECOND}</p></main>"
    found = (await read("Oak frames …", body)).get("job_description")
    assert found is not None
    assert found.method == "json_ld"


WHOLE = f"About Tidewell {FIRST} {SECOND} You get a bench, a plane, a warm canteen and much more"


@pytest.mark.parametrize("dots", ["...", "…", " (…)"])
async def test_a_whole_text_that_ends_with_dots_stays(dots: str) -> None:
    body = BODY.replace(f"{SECOND}</p>", f"{SECOND} You get a bench, a plane, a warm canteen and "
                        f"much more{dots}</p>")  # fmt: skip
    found = (await read(f"<p>{WHOLE}{dots}</p>", body)).get("job_description")
    assert found is not None
    assert found.method == "json_ld"


async def test_a_text_with_dots_that_the_page_words_otherwise_stays() -> None:
    found = (await read(f"{FIRST} {SECOND} A canteen that the town likes, and so on …")).get(
        "job_description"
    )
    assert found is not None
    assert found.method == "json_ld"


@pytest.mark.parametrize(
    "teaser",
    [
        f"<p>{FIRST} Founded by two joiners in … <a href='/more'>weiterlesen</a></p>",
        f"<p>{FIRST} {SECOND} <a href='{URL}'>Whole text</a></p>",
    ],
)
async def test_a_short_text_with_a_link_to_the_rest_is_a_teaser(teaser: str) -> None:
    found = (await read(teaser)).get("job_description")
    assert found is not None
    assert found.method == "html"


async def test_a_text_with_a_link_to_another_page_stays() -> None:
    found = (await read(f"<p>{FIRST} {SECOND} <a href='/form'>Apply</a></p>")).get(
        "job_description"
    )
    assert found is not None
    assert found.method == "json_ld"


LONG = BODY.replace(f"{FIRST} {SECOND}", f"{FIRST} {SECOND} {SECOND} {FIRST}")


async def test_a_summary_gives_way_to_the_sections_on_the_page() -> None:
    draft = await read("A joiner for the big bench, who plans the week with two others.", LONG)
    assert "A driving licence" in str(draft.value("job_description"))
    assert any("a summary" in each.reason for each in draft.candidates)


@pytest.mark.parametrize(
    ("description", "body"),
    [
        ("<p>A joiner for the big bench.</p><p>You plan the week with two others.</p>", LONG),
        ("A joiner for the big bench, who plans the week. " * 12, LONG),
        (
            "A joiner for the big bench, who plans the week with two others.",
            f"<main><h1>Bench Joiner</h1><p>{FIRST}</p><h4>More openings</h4><ul><li>Roofer</li>"
            "<li>Site Joiner</li></ul><h4>Our towns</h4><ul><li>Leeds</li><li>York</li></ul>",
        ),
    ],
)
async def test_data_that_is_no_summary_is_kept(description: str, body: str) -> None:
    found = (await read(description, body)).get("job_description")
    assert found is not None
    assert found.method == "json_ld"
