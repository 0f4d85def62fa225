"""A page that says that its posting is closed is read with a warning, in every language."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, page
from worker.positions.extract import extract_structured
from worker.positions.result import finish

NOTICES = tomllib.loads(
    Path(__file__).with_name("closed_postings.toml").read_text(encoding="utf-8")
)
CLOSED = [(language, text) for language, texts in NOTICES["closed"].items() for text in texts]
OPEN = [(language, text) for language, texts in NOTICES["open"].items() for text in texts]
DATA = json.dumps(
    {
        "@type": "JobPosting",
        "title": "Bench Joiner",
        "description": "<p>You fit oak frames in our workshop by the river.</p>",
        "hiringOrganization": {"@type": "Organization", "name": "Tidewell"},
        "validThrough": "2027-03-01",
    }
)
SCRIPT = f'<script type="application/ld+json">{DATA}</script>'


async def warnings(html: str) -> list[str]:
    return finish(await extract_structured(page(html))).extraction.warnings


def test_notices_are_known_in_many_languages() -> None:
    assert len(NOTICES["closed"]) >= 15


@pytest.mark.parametrize(("language", "text"), CLOSED)
async def test_a_notice_of_closing_is_noticed(language: str, text: str) -> None:
    html = f'<html lang="{language}">{SCRIPT}<h1>Bench Joiner</h1><div>{text}</div></html>'
    assert await warnings(html) == ["posting_expired"]


@pytest.mark.parametrize(("language", "text"), OPEN)
async def test_what_closing_a_posting_would_mean_is_no_notice(language: str, text: str) -> None:
    html = f'<html lang="{language}">{SCRIPT}<h1>Bench Joiner</h1><div>{text}</div></html>'
    assert await warnings(html) == []


async def test_a_date_in_the_future_does_not_make_a_closed_posting_open() -> None:
    banner = '<div class="banner">The job you are trying to apply for is no longer available.</div>'
    draft = await extract_structured(page(f"{SCRIPT}<h1>Bench Joiner</h1>{banner}"))
    assert draft.value("valid_through") == "2027-03-01"
    assert finish(draft).extraction.warnings == ["posting_expired"]


async def test_a_page_of_a_network_that_takes_no_more_applications_is_read() -> None:
    html = (
        "<title>Tidewell hiring Bench Joiner in Lancaster | LinkedIn</title><h1>Bench Joiner</h1>"
        "<div>No longer accepting applications</div><section><p>You fit oak frames in our workshop "
        "by the river and keep the machines in order. We are looking for two years of experience "
        "at a bench, a driving licence and patience with paperwork.</p></section><ul><li><h3>"
        "Employment type</h3><span>Full-time</span></li></ul>"
    )
    draft = await extract_structured(page(html, "https://www.linkedin.com/jobs/view/4051241378/"))
    assert draft.value("job_title") == "Bench Joiner"
    assert "posting_expired" in finish(draft).extraction.warnings


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<div hidden>This job has expired.</div>",
        '<div style="display:none">This job has expired.</div>',
        '<p class="notice d-none">This job has expired.</p>',
        "<template><p>This job has expired.</p></template>",
        "<script>show('This job has expired.')</script>",
        '<label><input type="radio" name="why"> Position no longer available</label>',
        "<select><option>This job has expired</option></select>",
        '<aside><a href="/2">Site Joiner</a> This job has expired.</aside>',
        '<a href="/expired">This job has expired, and these too</a>',
        f"<p>{'We had a joiner whose job is no longer available to anybody else. ' * 5}</p>",
    ],
)
async def test_a_notice_that_is_not_about_this_posting_is_ignored(elsewhere: str) -> None:
    assert await warnings(f"{SCRIPT}<h1>Bench Joiner</h1>{FILLER}{elsewhere}") == []


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Sorry</h1><p>This job has expired.</p>",
        "<h1>Diese Stelle ist nicht mehr verfügbar</h1><script src=/a.js></script>",
        "<h1>Oops</h1><p>Cette offre n'est plus disponible.</p><p>Nous publions des annonces "
        "depuis vingt ans et nous en sommes fiers. Revenez nous voir bientôt, l'équipe du port "
        "met à jour ce site chaque matin, et chaque soir elle efface ce qui est ancien.</p>",
    ],
)
async def test_a_page_that_only_says_that_its_posting_is_closed_is_gone(html: str) -> None:
    with pytest.raises(Permanent) as caught:
        await extract_structured(page(html, "https://www.tidewell.example/o/17"))
    assert caught.value.code == "gone"
