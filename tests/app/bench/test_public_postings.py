"""`make eval-positions DATA=folder` judges saved pages, saved answers and texts of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.passing import Passing
from bench.positions.public.answers import Answer, answers_in
from bench.positions.public.folder import read_folder
from bench.positions.public.own_data import (
    description_of,
    is_shown,
    own_data,
    truth_of,
    without_data,
)
from bench.positions.public.pages import read_pages
from bench.positions.public.pay_texts import Pay, read_texts, texts_inside, texts_of

WORDS = (
    "You run the test bench for our smallest pumps, write down what you see, and tell the people "
    "upstairs when a seal will not last. We are looking for somebody patient with two years of "
    "experience with rotating machines, a steady hand, and a liking for early mornings."
)
NODE: dict[str, Any] = {
    "@type": "JobPosting",
    "title": "Pump Tester",
    "hiringOrganization": {"@type": "Organization", "name": "Acme Pumps"},
    "datePosted": "2026-09-01T08:00:00Z",
    "validThrough": "9999-12-31",
    "employmentType": ["FULL_TIME"],
    "jobLocation": {"address": {"addressLocality": "Leeds"}},
    "baseSalary": {"currency": "GBP", "value": {"value": 31000, "unitText": "YEAR"}},
    "description": f"<p>{WORDS}</p>",
}
PAGE = (
    '<html lang="en"><head><title>Pump Tester - Acme Pumps</title>'
    '<link rel="canonical" href="https://careers.acme-pumps.example/jobs/41">'
    '<script type="application/ld+json">{data}</script></head><body><h1>Pump Tester</h1>'
    '<p itemprop="hiringOrganization">Acme Pumps</p><h2>Your role</h2><p>{words}</p>'
    "<h2>Requirements</h2><p>Apply with a letter to the works.</p></body></html>"
)


def page(*posted: dict[str, Any], words: str = WORDS) -> str:
    return PAGE.format(data=json.dumps(list(posted)), words=words)


def test_only_unmistakable_values_of_a_pages_data_become_truth() -> None:
    (node,) = own_data(page(NODE)).nodes
    assert truth_of(node) == {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps",
        "posted_at": "2026-09-01",
        "employment_type": "full_time",
        "location": "Leeds",
        "salary": (31000.0, 31000.0, "GBP", "year"),
    }
    assert description_of(node)[:2] == ["You", "run"]
    vague = {**NODE, "employmentType": ["FULL_TIME", "INTERN"], "datePosted": "last week"}
    assert not {"employment_type", "posted_at"} & set(truth_of(vague))
    unset = {"minValue": 1, "maxValue": 1_000_000, "unitText": "YEAR"}
    assert "salary" not in truth_of({**NODE, "baseSalary": {"currency": "USD", "value": unset}})


def test_a_page_without_its_data_keeps_all_else() -> None:
    bare = without_data(page(NODE))
    assert own_data(bare).nodes == []
    assert "itemprop" not in bare
    assert "<h1>Pump Tester</h1><p>Acme Pumps</p>" in bare


async def test_pages_are_read_with_and_without_their_data(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(NODE))
    (tmp_path / "b.html").write_text(page(NODE, {**NODE, "title": "Other"}))
    (tmp_path / "c.html").write_text(page())
    passing = Passing()
    pages = await read_pages(tmp_path, passing)
    assert (pages.whole.asked, pages.whole.wrong) == (1, [])
    assert (pages.stripped.asked, pages.stripped.wrong) == (1, [])
    assert pages.stripped.mean("description F1") > 0.8
    assert pages.stripped.mean("  trafilatura F1") > 0.5
    assert passing.left_out == [
        ("b.html", "its JSON-LD has several postings"),
        ("c.html", "its JSON-LD has no JobPosting"),
    ]


async def test_a_page_that_is_read_wrongly_is_counted_as_wrong(tmp_path: Path) -> None:
    said = page(NODE).replace("<h1>Pump Tester", "<h1>Pump Polisher", 1)
    (tmp_path / "a.html").write_text(said.replace("<title>Pump Tester", "<title>Pump Polisher"))
    (tmp_path / "manifest.json").write_text(
        json.dumps([{"file": "a.html", "url": "https://x.example/a", "category": "article"}])
    )
    pages = await read_pages(tmp_path, Passing())
    assert pages.categories == {"article": {"read": 1}}
    assert pages.mistaken == ["article: read: https://x.example/a"]
    assert pages.stripped.counts["company_name"]["correct"] == 1


async def test_a_page_without_data_is_judged_by_what_a_person_marked_in_it(tmp_path: Path) -> None:
    text = page().replace("<h2>Your role", '<div class="text"><h2>Your role', 1)
    (tmp_path / "acme__41.html").write_text(text.replace("<h2>Requirements", "</div><h2>Needed", 1))
    (tmp_path / "other.html").write_text(page())
    marks = {
        "job_title": "//h1",
        "company_name": "Acme Pumps",
        "description": "//div[@class='text']",
    }
    (tmp_path / "marks.json").write_text(json.dumps({"acme__*": marks}))
    passing = Passing()
    pages = await read_pages(tmp_path, passing)
    assert (pages.marked.asked, pages.marked.wrong) == (1, [])
    assert pages.marked.counts["job_title"]["correct"] == 1
    assert pages.marked.mean("description F1") > 0.8
    assert passing.left_out == [("other.html", "its JSON-LD has no JobPosting")]


async def test_marks_that_are_no_xpath_leave_their_page_out(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page())
    (tmp_path / "marks.json").write_text(json.dumps({"*": {"job_title": "//h1["}}))
    passing = Passing()
    assert (await read_pages(tmp_path, passing)).marked.asked == 0
    assert [name for name, _ in passing.left_out] == ["a.html"]


GREENHOUSE = {
    "id": 41,
    "title": "Pump Tester",
    "absolute_url": "https://boards.greenhouse.io/acme/jobs/41",
    "company_name": "Acme Pumps",
    "location": {"name": "Leeds"},
    "content": f"&lt;p&gt;{WORDS}&lt;/p&gt;",
    "first_published": "2026-09-01T08:00:00-04:00",
    "pay_input_ranges": [{"min_cents": 3100000, "max_cents": 3300000, "currency_type": "GBP"}],
}
LEVER = {
    "id": "33538a2f-d27d-4a96-8f05-fa4b0e4d940e",
    "text": "Pump Tester",
    "hostedUrl": "https://jobs.lever.co/acme/33538a2f-d27d-4a96-8f05-fa4b0e4d940e",
    "categories": {"location": "Leeds", "commitment": "Full-time"},
    "createdAt": 1788249600000,
    "workplaceType": "onsite",
    "description": f"<p>{WORDS}</p>",
    "lists": [{"text": "Needs", "content": "<li>A steady hand</li>"}],
}
ASHBY = {
    "id": "d3bc1ced-3ce4-4086-a050-555055dbb1ff",
    "title": "Pump Tester",
    "jobUrl": "https://jobs.ashbyhq.com/acme/d3bc1ced-3ce4-4086-a050-555055dbb1ff",
    "isListed": True,
    "employmentType": "FullTime",
    "location": "Leeds",
    "workplaceType": "OnSite",
    "publishedAt": "2026-09-01T08:00:00.000+00:00",
    "descriptionHtml": f"<p>{WORDS}</p>",
}


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ({"jobs": [GREENHOUSE]}, 5),
        (GREENHOUSE, 5),
        ([LEVER], 5),
        ({"jobs": [ASHBY], "apiVersion": "1"}, 5),
    ],
)
async def test_saved_answers_of_recruiting_systems_are_judged(
    tmp_path: Path, content: Any, columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (answer,) = answers_in(content) or []
    assert isinstance(answer, Answer)
    assert len(answer.truth) == columns
    (tmp_path / "a.json").write_text(json.dumps(content))
    passing = await read_folder(tmp_path, Console(width=200), 5)
    printed = capsys.readouterr().out
    assert (passing.files, passing.judged, passing.left_out) == (1, 1, [])
    assert " became " not in printed
    assert "refused" not in printed


async def test_what_no_form_fits_is_left_out_with_its_reason(tmp_path: Path) -> None:
    hidden = {**ASHBY, "isListed": False}
    (tmp_path / "a.json").write_text(json.dumps({"jobs": [ASHBY, hidden]}))
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.json").write_text('{"numbers": [1, 2]}')
    passing = await read_folder(tmp_path, Console(width=200), 5)
    assert (passing.files, passing.judged) == (3, 1)
    assert passing.left_out == [
        ("a.json 2", "is not listed"),
        ("b.json", "is no JSON"),
        ("c.json", "has no text under a name known here"),
    ]


PAID = f"Pump Tester at Acme Pumps. Salary: £31,000 - £33,000 per year. {WORDS}"
TEXTS = {
    "a.csv": f'title,Text\nPump Tester,"{PAID}"\nOther,"{WORDS}"\n',
    "b.jsonl": "\n".join(json.dumps({"comment_text": each}) for each in (PAID, WORDS)),
    "c.json": json.dumps({"hits": [{"description": {"text": PAID}}, {"description": WORDS}]}),
    "d.txt": PAID,
}


@pytest.mark.parametrize(("name", "texts"), [*zip(TEXTS, (2, 2, 2, 1), strict=True)])
async def test_pay_is_counted_in_texts_of_any_form(tmp_path: Path, name: str, texts: int) -> None:
    (tmp_path / name).write_text(TEXTS[name])
    pay, passing = Pay(), Passing()
    if name.endswith(".json"):
        texts_in_file = texts_inside(json.loads(TEXTS[name]))
    else:
        texts_in_file = texts_of(tmp_path / name, passing)
    await read_texts(name, texts_in_file, pay, passing)
    assert (pay.texts, len(pay.found), pay.with_numbers, pay.with_period) == (texts, 1, 1, 1)
    assert "[31000.0 33000.0 GBP year]" in pay.found[0][1]


@pytest.mark.parametrize(("end", "is_judged"), [("", True), (" …", False), ("...", False)])
def test_a_description_that_is_cut_short_is_no_truth(end: str, is_judged: bool) -> None:
    words = f"{WORDS}{end}".split()
    assert is_shown(words, [*words, *WORDS.split()]) is is_judged
