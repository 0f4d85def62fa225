"""RDFa, and the state that a page's own script contains, are read exactly as written."""

from __future__ import annotations

import json

import lxml.html
import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, URL, page
from worker.positions.embedded import embedded_references
from worker.positions.extract import extract_structured
from worker.positions.page_state import read_page_state
from worker.positions.rdfa import rdfa_nodes

RDFA = f"""
<div vocab="https://schema.org/" typeof="JobPosting">
  <h1 property="title">Pump Tester</h1>
  <div property="hiringOrganization" typeof="Organization">
    <span property="name">Acme Pumps</span><a property="sameAs" href="https://acme-pumps.com">us</a>
  </div>
  <span property="baseSalary" typeof="MonetaryAmount"><meta property="currency" content="EUR">
    <span property="value" typeof="QuantitativeValue">
      <meta property="minValue" content="30000"><meta property="maxValue" content="36000">
      <meta property="unitText" content="YEAR"></span></span>
  <time property="datePosted" datetime="2026-10-01">1 October</time>
  <span property="employmentType">FULL_TIME</span>
  <div property="jobLocation" typeof="Place"><div property="address" typeof="PostalAddress">
    <span property="addressLocality">Leeds</span>, <span property="addressCountry">GB</span>
  </div></div>
  <div property="description">{FILLER}</div>
</div>"""


async def test_rdfa_is_read_with_everything_nested_in_it() -> None:
    draft = await extract_structured(page(f"<title>Pump Tester</title>{RDFA}"))
    found = {each.field: each.value for each in draft.findings if each.method == "rdfa"}
    assert found["job_title"] == "Pump Tester"
    assert found["company_name"] == "Acme Pumps"
    assert found["company_website"] == "https://acme-pumps.com"
    assert (found["salary_min"], found["salary_max"]) == (30_000, 36_000)
    assert (found["salary_currency"], found["salary_interval"]) == ("EUR", "year")
    assert found["posted_at"] == "2026-10-01"
    assert found["employment_type"] == "full_time"
    assert found["location"] == "Leeds, GB"
    assert "- A steady hand" in str(draft.value("job_description"))


POSTING = {
    "id": "41",
    "title": "Pump Tester",
    "descriptionHtml": FILLER,
    "company": {"name": "Acme Pumps"},
    "location": "Leeds",
    "employmentType": "FullTime",
    "publishedAt": "2026-10-01T00:00:00Z",
}


def next_data(*postings: object) -> str:
    state = json.dumps({"props": {"pageProps": {"jobs": list(postings)}}}).replace("</", "<\\/")
    script = f'<script id="__NEXT_DATA__" type="application/json">{state}</script>'
    return f'<title>Pump Tester | Acme</title>{script}<div id="__next"></div>'


async def test_a_page_drawn_in_the_browser_is_read_from_its_state() -> None:
    draft = await extract_structured(page(next_data(POSTING)))
    found = {each.field: each.value for each in draft.findings if each.method == "page_state"}
    assert found["job_title"] == "Pump Tester"
    assert found["company_name"] == "Acme Pumps"
    assert found["employment_type"] == "full_time"
    assert found["posted_at"] == "2026-10-01"
    assert "## Requirements" in str(found["job_description"])


@pytest.mark.parametrize("name", ["__NUXT__", "__APOLLO_STATE__", "__remixContext"])
async def test_state_assigned_to_a_variable_is_read_too(name: str) -> None:
    state = json.dumps({"job": POSTING}).replace("</", "<\\/")
    script = f"<script>window.{name} = {state};\nstart();</script>"
    draft = await extract_structured(page(f"<title>Pump Tester</title>{script}"))
    assert draft.value("job_title") == "Pump Tester"


async def test_of_several_postings_in_the_state_the_named_one_is_read() -> None:
    other = {**POSTING, "id": "77", "title": "Welder", "descriptionHtml": FILLER * 2}
    draft = await extract_structured(page(next_data(other, POSTING)))
    assert draft.value("job_title") == "Pump Tester"


async def test_state_that_names_no_single_posting_is_not_guessed_at() -> None:
    twin = {**POSTING, "id": "78", "descriptionHtml": FILLER + "<p>In York.</p>"}
    with pytest.raises(Permanent):
        await extract_structured(page(next_data(POSTING, twin), url=URL.replace("41", "")))


def test_rdfa_of_a_page_that_declares_its_encoding_is_read() -> None:
    nodes, _ = rdfa_nodes(f'<?xml version="1.0" encoding="utf-8"?><html>{RDFA}', URL)
    assert "Pump Tester" in [node.get("title") for node in nodes]


def test_nodes_that_refer_to_each_other_do_not_unfold_for_ever() -> None:
    links = "".join(f'<a property="p{n}" href="#n{n}">x</a>' for n in range(6))
    nodes = (f'<div resource="#n{n}" typeof="JobPosting">{links}</div>' for n in range(6))
    html = f'<body vocab="https://schema.org/">{"".join(nodes)}</body>'
    assert len(rdfa_nodes(html, "https://acme.example/")[0]) == 6


def test_a_hostile_page_is_read_in_time_proportional_to_its_length() -> None:
    length = 1_000_000
    assert rdfa_nodes("typeof=" * (length // 8) + "JobPosting", URL) == ([], False)
    script = lxml.html.fromstring(f"<div><script>{'__A' * (length // 3)}</script></div>")
    assert read_page_state(script, URL, "Pump Tester").findings == ()
    boards = "greenhouse.io/embed/job_board?" * (length // 30)
    asked = embedded_references(page(boards, "https://careers.acme.example/?gh_jid=12"))
    assert {each.posting for each in asked} == {"12"}
