"""JobPosting data is read in all the forms in which pages write it."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, URL, page, with_posting, with_script
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured

POSTING: dict[str, Any] = {
    "@context": "http://schema.org",
    "@type": "JobPosting",
    "title": "Tester",
}
TEXT = json.dumps(POSTING)


@pytest.mark.parametrize(
    "script",
    [
        TEXT,
        f"[{TEXT}]",
        json.dumps({"@graph": [{"@type": "Organization"}, POSTING]}),
        json.dumps({"@type": "WebPage", "mainEntity": POSTING}),
        json.dumps({**POSTING, "@type": ["Thing", "JobPosting"]}),
        json.dumps({**POSTING, "@type": "https://schema.org/JobPosting"}),
        json.dumps({**POSTING, "title": ["Tester"]}),
        json.dumps({**POSTING, "title": {"@value": "Tester"}}),
        TEXT[:-1] + ",}",
        TEXT[:-1] + ', "skills": ["a", "b",],}',
        f"// the posting\n{TEXT}",
        f"/* the posting */ {TEXT}",
        f"<!--\n{TEXT}\n-->",
        f"//<![CDATA[\n{TEXT}\n//]]>",
        f"/*<![CDATA[*/{TEXT}/*]]>*/",
        f"<![CDATA[{TEXT}]]>",
        f"{TEXT};",
        f"\ufeff{TEXT}",
        TEXT[:-1] + ', "description": "line one\nline\ttwo"}',
        TEXT[:-1] + ', "description": "broken \\ud800 surrogate and nul \\u0000"}',
    ],
)
async def test_a_script_is_read_despite_its_form(script: str) -> None:
    draft = await extract_structured(with_script(script))
    found = draft.get("job_title")
    assert found is not None
    assert (found.value, found.method) == ("Tester", "json_ld")
    draft.model_dump_json().encode()
    assert "\\u0000" not in draft.model_dump_json()


async def test_one_broken_script_does_not_hide_another() -> None:
    draft = await extract_structured(
        page(
            '<script type="application/ld+json">{"@type": "JobPosting", </script>'
            f'<script type="application/ld+json; charset=utf-8">{TEXT}</script>{FILLER}'
        )
    )
    assert draft.value("job_title") == "Tester"
    assert draft.warnings == ("structured_data_unreadable",)


@pytest.mark.parametrize(
    "description",
    [
        "<p>We test <b>pumps</b>.</p><ul><li>One</li><li>Two</li></ul>",
        html.escape("<p>We test <b>pumps</b>.</p><ul><li>One</li><li>Two</li></ul>"),
        html.escape(html.escape("<p>We test <b>pumps</b>.</p><ul><li>One</li><li>Two</li></ul>")),
    ],
)
async def test_a_description_becomes_markdown_however_often_it_was_escaped(
    description: str,
) -> None:
    draft = await extract_structured(with_posting(description=description))
    assert draft.value("job_description") == "We test **pumps**.\n\n- One\n- Two"


@pytest.mark.parametrize(
    "torn",
    [
        "&lt;div style='font-size:12px'&gt;Pumps &amp;amp; seals&lt;/div&gt;",
        '&lt;a href="https://x.example"target="_blank"&gt;Pumps &amp;amp; seals&lt;/a&gt;',
    ],
)
async def test_tags_and_signs_escaped_once_too_often_are_not_shown(torn: str) -> None:
    draft = await extract_structured(with_posting(description=f"<p>We test.</p><p>{torn}</p>"))
    assert draft.value("job_description") == "We test.\n\nPumps & seals"


async def test_a_plain_description_keeps_its_lines_and_loses_nothing_dangerous() -> None:
    draft = await extract_structured(with_posting(description="We test.\r\n\r\n• One\r\n• Two"))
    assert draft.value("job_description") == "We test.\n\n- One\n- Two"
    hostile = (
        "<p>Hi <a href='javascript:alert(1)'>there</a> <a href='/x'>more</a>"
        "<script>alert(1)</script><img src=x onerror=alert(1)></p>"
    )
    draft = await extract_structured(with_posting(description=hostile))
    description = draft.value("job_description")
    assert description == "Hi there [more](https://careers.acme-pumps.example/x)"


def pay(draft: Draft) -> tuple[Any, ...]:
    return tuple(
        draft.value(field)
        for field in ("salary_min", "salary_max", "salary_currency", "salary_interval")
    )


def money(value: object, currency: str | None = "EUR") -> dict[str, object]:
    return {"@type": "MonetaryAmount", "currency": currency, "value": value}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"baseSalary": 50000}, (50000, 50000, None, None)),
        ({"baseSalary": "50000", "salaryCurrency": "EUR"}, (50000, 50000, "EUR", None)),
        ({"baseSalary": "50,000"}, (50000, 50000, None, None)),
        ({"baseSalary": "€50,000 - €60,000 per year"}, (50000, 60000, "EUR", "year")),
        ({"baseSalary": "50k-60k EUR"}, (50000, 60000, "EUR", None)),
        ({"baseSalary": money(4200)}, (4200, 4200, "EUR", None)),
        ({"baseSalary": money("4200.50")}, (4200.5, 4200.5, "EUR", None)),
        (
            {"baseSalary": money({"minValue": 20, "maxValue": 25, "unitText": "HOUR"})},
            (20, 25, "EUR", "hour"),
        ),
        (
            {"baseSalary": money({"minValue": "20", "maxValue": "25", "unitText": "Hourly"})},
            (20, 25, "EUR", "hour"),
        ),
        (
            {"baseSalary": money({"value": 90000, "unitText": "YEAR"})},
            (90000, 90000, "EUR", "year"),
        ),
        (
            {"baseSalary": money({"minValue": 90000, "unitText": "ANNUAL"})},
            (90000, None, "EUR", "year"),
        ),
        ({"baseSalary": money({"minValue": 0, "maxValue": 60000})}, (None, 60000, "EUR", None)),
        ({"baseSalary": [money({"minValue": 1000, "maxValue": 2000})]}, (1000, 2000, "EUR", None)),
        ({"baseSalary": {"minValue": 10, "maxValue": 12, "currency": "£"}}, (10, 12, "GBP", None)),
        ({"baseSalary": {"value": [{"value": 12, "unitText": "HOUR"}]}}, (12, 12, None, "hour")),
        ({"baseSalary": money({"value": 90000}, "$")}, (90000, 90000, None, None)),
    ],
)
async def test_pay_is_read_in_every_shape(
    fields: dict[str, object], expected: tuple[object, ...]
) -> None:
    draft = await extract_structured(with_posting(**fields))
    assert pay(draft) == expected
    assert draft.value("salary_range")


@pytest.mark.parametrize(
    "base",
    [None, 0, "0", "", "Competitive", "negotiable", [], {}, money(0), money(None), money({}), True],
)
async def test_unstated_pay_stays_unknown(base: object) -> None:
    draft = await extract_structured(with_posting(baseSalary=base, salaryCurrency="EUR"))
    assert pay(draft) == (None, None, None, None)
    assert draft.value("salary_range") is None


async def test_several_pay_zones_are_kept_as_words_without_numbers() -> None:
    zones = [money({"minValue": 10, "maxValue": 12}), money({"minValue": 20, "maxValue": 22})]
    draft = await extract_structured(with_posting(baseSalary=zones))
    assert draft.value("salary_range") == "EUR 10 - 12; EUR 20 - 22"
    assert pay(draft) == (None, None, None, None)


async def test_an_estimate_by_a_board_is_no_pay() -> None:
    draft = await extract_structured(with_posting(estimatedSalary=money(70000)))
    assert draft.value("salary_range") is None
    assert [each.reason for each in draft.candidates] == [
        "an estimate, not the employer's statement"
    ]


@pytest.mark.parametrize(
    ("organization", "name", "site", "logo"),
    [
        ("Acme Pumps", "Acme Pumps", None, None),
        ({"name": "Acme &amp; Co"}, "Acme & Co", None, None),
        (
            {"name": "Acme", "sameAs": "https://www.acme.co.uk/about", "logo": "/l.png"},
            "Acme",
            "https://acme.co.uk",
            "https://careers.acme-pumps.example/l.png",
        ),
        (
            {
                "name": "Acme",
                "url": "acme.io",
                "logo": {"@type": "ImageObject", "contentUrl": "//c.io/l.svg"},
            },
            "Acme",
            "https://acme.io",
            "https://c.io/l.svg",
        ),
        (
            [{"name": "Acme", "sameAs": ["https://linkedin.com/company/acme", "http://acme.io"]}],
            "Acme",
            "https://acme.io",
            None,
        ),
        ({"name": "Acme", "sameAs": "https://boards.greenhouse.io/acme"}, "Acme", None, None),
        (
            {"name": "Acme", "sameAs": "https://127.0.0.1/", "logo": "data:image/png;base64,x"},
            "Acme",
            None,
            None,
        ),
    ],
)
async def test_the_employer_is_read_and_never_confused_with_a_board(
    organization: object, name: str, site: str | None, logo: str | None
) -> None:
    draft = await extract_structured(with_posting(hiringOrganization=organization))
    assert draft.value("company_name") == name
    assert draft.value("company_website") == site
    assert draft.value("company_logo") == logo


async def test_places_dates_and_terms_are_read() -> None:
    place = {"address": {"addressLocality": "Köln", "addressCountry": {"name": "Germany"}}}
    draft = await extract_structured(
        with_posting(
            jobLocation=[place, {"address": "Leeds, UK"}, place],
            jobLocationType="TELECOMMUTE",
            employmentType="FULL_TIME, INTERN",
            datePosted="2026-11-01T08:00:00+01:00",
            validThrough="03/04/2026",
            identifier={"@type": "PropertyValue", "value": 4711},
        )
    )
    assert draft.value("location") == "Köln, Germany; Leeds, UK"
    assert draft.value("locations") == [
        {"text": "Köln, Germany", "locality": "Köln", "country": "Germany"},
        {"text": "Leeds, UK"},
    ]
    assert draft.value("workplace_type") == "remote"
    assert draft.value("employment_type") == "full_time, intern"
    assert draft.value("posted_at") == "2026-11-01"
    assert draft.value("valid_through") is None, "two readings, so unknown"
    assert draft.value("source_job_id") == "4711"


async def test_microdata_is_read_and_ranks_below_json_ld() -> None:
    microdata = (
        '<div itemscope itemtype="http://schema.org/JobPosting">'
        '<h1 itemprop="title">Pump Tester</h1>'
        '<span itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">'
        '<span itemprop="name">Acme Pumps</span></span><b itemprop="datePosted">2026-10-01</b>'
        f'<div itemprop="description">{FILLER}</div></div>'
    )
    alone = await extract_structured(page(microdata))
    found = alone.get("company_name")
    assert found is not None
    assert (found.value, found.method) == ("Acme Pumps", "microdata")
    assert "- A steady hand" in str(alone.value("job_description"))
    script = (
        '<script type="application/ld+json">{"@type":"JobPosting","title":"Tester II"}</script>'
    )
    both = await extract_structured(page(script + microdata))
    assert both.value("job_title") == "Tester II"
    assert both.value("posted_at") == "2026-10-01", "what JSON-LD leaves open, microdata fills"


async def test_of_several_postings_the_one_of_this_address_is_read() -> None:
    other = {"@type": "JobPosting", "title": "Welder", "url": "https://acme-pumps.example/jobs/40"}
    this = {"@type": "JobPosting", "title": "Tester", "url": URL}
    draft = await extract_structured(with_script(json.dumps([other, this])))
    assert draft.value("job_title") == "Tester"
    with pytest.raises(Permanent) as caught:
        await extract_structured(with_script(json.dumps([other, {**this, "url": "/jobs/42"}])))
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize(
    "html",
    ["<div>" * 1000 + FILLER, "<ul><li>" * 300 + FILLER, FILLER + "<p><span>x</span></p>" * 15_000],
)
async def test_a_page_built_to_exhaust_its_reader_is_refused(html: str) -> None:
    with pytest.raises(Permanent) as caught:
        await extract_structured(page(html))
    assert caught.value.code == "too_large"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "piece", ["<a", "<!--", "&lt;a ", "$1,", "1.1.1,1 ", "* ", "**a", "[", "a | "]
)
async def test_text_built_to_slow_its_reader_down_does_not(piece: str) -> None:
    draft = await extract_structured(with_posting(description=piece * 60_000))
    assert draft.value("job_title") == "Pump Tester"
    await extract_structured(page(f"<h1>P</h1>{FILLER}<p>{piece * 60_000}"))


@pytest.mark.parametrize("depth", [60, 3000])
async def test_nesting_without_end_is_survived(depth: int) -> None:
    script = '{"a":' * depth + "1" + "}" * depth
    draft = await extract_structured(with_script(script))
    assert draft.value("job_title") is None
