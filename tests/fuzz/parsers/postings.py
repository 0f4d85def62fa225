"""Parsers of pages with postings, and of the answers of recruiting systems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.app.steps.ats_answer import AtsAnswer
from tests.app.steps.ats_answers import ANSWERS
from tests.app.steps.pages import FILLER, URL, page
from tests.fuzz.parser import Parser, of_json, of_page, of_text, of_value
from worker.columns import fits
from worker.pages import periods, vocabulary
from worker.pages.draft import Draft, FetchedPage
from worker.pages.json_ld import json_ld_nodes, microdata_nodes
from worker.pages.markdown import description_to_markdown
from worker.pages.salary import find_salary, parse_salary
from worker.pages.tree import soup_of, tree_of
from worker.positions.ask import ModelAnswer, weigh_answer
from worker.positions.ats import adapter_of, recognise
from worker.positions.ats.teamtailor import _day
from worker.positions.embedded import embedded_references
from worker.positions.extract import _extract
from worker.positions.ladder import _read_answer
from worker.positions.look_up import LookUp, WebFacts, _text_of, weigh_look_up
from worker.positions.merge import merge
from worker.positions.model_answer import PostingFacts
from worker.positions.overviews import has_general_address
from worker.positions.pasted import read_text
from worker.positions.rdfa import rdfa_nodes
from worker.positions.result import EnrichedPosition, finish
from worker.positions.scrape import _says_enough
from worker.positions.site_icons import icons_of_manifest, icons_of_page
from worker.services.models.answer import read_answer
from worker.services.web.client import Page

AT = "worker.positions.ats."
POSTING = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "title": "Pump Tester",
    "description": FILLER,
    "datePosted": "2026-11-02",
    "validThrough": "2026-12-31T00:00:00Z",
    "employmentType": ["FULL_TIME"],
    "jobLocationType": "TELECOMMUTE",
    "hiringOrganization": {
        "@type": "Organization",
        "name": "Acme",
        "sameAs": "https://acme.example",
        "logo": {"@type": "ImageObject", "url": "/logo.png"},
    },
    "jobLocation": [
        {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Leeds",
                "addressRegion": "Yorkshire",
                "addressCountry": "GB",
            },
        }
    ],
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "GBP",
        "value": {
            "@type": "QuantitativeValue",
            "minValue": 34000,
            "maxValue": "41,000.50",
            "unitText": "YEAR",
        },
    },
    "identifier": {"@type": "PropertyValue", "name": "Acme", "value": "R-7"},
    "url": "/jobs/41",
}
STATE = {
    "props": {
        "job": {
            "id": 41,
            "title": "Pump Tester",
            "descriptionHtml": FILLER,
            "company": {"name": "Acme"},
            "location": "Leeds",
            "employmentType": "FullTime",
            "workplaceType": "remote",
            "publishedAt": "2026-11-02",
        }
    }
}
SCOPES = (
    '<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Pump Tester</h1>'
    '<time itemprop="datePosted" datetime="2026-11-02">x</time>'
    '<div itemprop="baseSalary" itemscope itemtype="https://schema.org/MonetaryAmount" itemref="a">'
    '<meta itemprop="value" content="41000">'
    f'</div><b id="a" itemprop="currency">GBP</b><div itemprop="description">{FILLER}</div></div>'
)
RDFA = (
    '<div vocab="https://schema.org/" typeof="JobPosting" prefix="s: http://schema.org/">'
    '<h1 property="title">Pump Tester</h1><a property="url" href="/jobs/41">x</a>'
    f'<time property="datePosted" datetime="2026-11-02">x</time>'
    f'<div property="description">{FILLER}'
    '</div><div property="hiringOrganization" typeof="Organization">'
    '<b property="name">Acme</b></div></div>'
)
LABELS = (
    "<dl><dt>Location<dd>Leeds<dt>Salary<dd>£34,000 - £41,000 a year<dt>Job type<dd>Full-time</dl>"
    "<table><tr><th>Company<td>Acme<tr><th colspan=2>Apply by<td>31 December 2026</table>"
    '<ol start="3"><li>x</ol><a href="/apply">Apply now</a>'
)


def with_script(value: Any, kind: str) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="{kind}">{text}</script>'


HEAD = (
    '<html lang="en"><head><title>Pump Tester at Acme</title>'
    '<meta property="og:title" content="Pump Tester"><meta property="og:site_name" content="Acme">'
    '<meta property="og:image" content="/logo.png">'
    '<link rel="icon" sizes="192x192" href="/i.png"><link rel="manifest" href="/m.json"><link rel='
    '"canonical" href="/jobs/41"></head><body>'
)
WHOLE = (
    f"{HEAD}<h1>Pump Tester</h1>{FILLER}{LABELS}{with_script(POSTING, 'application/ld+json')}"
    f"{with_script(STATE, 'application/json')}"
    f"<script>window.__DATA__ = {json.dumps(STATE)};</script>"
)
PAGES = (WHOLE, f"{HEAD}{SCOPES}", f"{HEAD}{RDFA}", f"{HEAD}<h1>Pump Tester</h1>{FILLER}{LABELS}")


def fetched(html: str, url: str = URL) -> FetchedPage:
    """A page as the web client decodes it, which leaves no lone surrogate in it."""
    return page(html.encode(errors="replace").decode(), url)


def extracted(html: str) -> object:
    return finish(_extract(fetched(html)))


def with_json_ld(text: str) -> object:
    return extracted(
        f"{HEAD}<h1>Pump Tester</h1>{FILLER}{with_script(text, 'application/ld+json')}"
    )


def with_state(text: str) -> object:
    html = f"{HEAD}<h1>Pump Tester</h1>{FILLER}{with_script(text, 'application/json')}"
    return extracted(f"{html}<script>window.__DATA__={text};</script>")


def got(text: str, url: str = URL, content_type: str = "text/html") -> Page:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Page(url, 200, content_type, text, len(text), at, "utf-8")


def ats_reader(answer: AtsAnswer) -> Callable[[str], object]:
    reference = recognise(answer.url)
    assert reference is not None
    endpoint = adapter_of(reference).endpoint(reference)

    def read(text: str) -> object:
        return finish(_read_answer(got(text, endpoint, "application/json"), reference))

    return read


def ats_parsers() -> Iterator[Parser]:
    seen = set[str]()
    for answer in ANSWERS:
        module = f"{AT}{answer.platform}"
        if answer.platform in seen:
            continue
        seen.add(answer.platform)
        read, also = ats_reader(answer), ("worker.positions.ladder:_read_answer",)
        if answer.platform in ("personio", "teamtailor"):
            yield of_page(
                f"ats {answer.platform}",
                read,
                answer.body,
                reads=(f"{AT}adapter:feed_of", f"{module}:_find", *also),
            )
        else:
            name = type(adapter_of(recognise(answer.url))).__name__  # type: ignore[arg-type]  # recognised above
            yield of_json(
                f"ats {answer.platform}",
                read,
                json.loads(answer.body),
                reads=(f"{module}:{name}.read", *also),
            )


TEXT = (
    "Pump Tester\nAcme Pumps, Leeds\nSalary: £34,000 - £41,000 per year\nStart: 2 November 2026\n\n"
    "You run the test bench for our smallest pumps, and tell the people upstairs when a seal "
    "will not last."
)
DRAFT = Draft(text=TEXT)
FACTS = {
    "facts": [
        {"field": "job_title", "value": "Pump Tester", "quote": "Pump Tester"},
        {
            "field": "salary_range",
            "value": "£34,000 - £41,000 per year",
            "quote": "£34,000 - £41,000 per year",
        },
        {"field": "posted_at", "value": "2026-11-02", "quote": "2 November 2026"},
        {"field": "company_website", "value": "https://acme.example", "quote": "Acme Pumps"},
    ]
}
WEB_FACTS = {
    "facts": [
        {
            "field": "company_website",
            "value": "https://acme.example",
            "source_url": URL,
            "quote": "Acme Pumps",
        },
        {"field": "company_logo", "value": f"{URL}.png", "source_url": URL, "quote": "Acme Pumps"},
    ]
}


def weighed(text: str) -> object:
    fit = read_answer(PostingFacts, text=text)
    if fit.value is None:
        return fit
    return finish(merge(DRAFT, weigh_answer(DRAFT, ModelAnswer(facts=tuple(fit.value.facts)))))


def looked_up(text: str) -> object:
    fit = read_answer(WebFacts, text=text)
    if fit.value is None:
        return fit
    draft = read_text(TEXT)
    answer = LookUp(facts=tuple(fit.value.facts), pages={URL: TEXT}, images=(f"{URL}.png",))
    return finish(merge(draft, weigh_look_up(draft, answer)))


def fields_fit(value: Any) -> object:
    return [fits(EnrichedPosition, name, value) for name in EnrichedPosition.model_fields]


def words_of_pay(text: str) -> object:
    return find_salary(text), parse_salary(text), periods.interval(text), vocabulary.day(text)


PARSERS = (
    of_page(
        "page of a posting",
        extracted,
        *PAGES,
        reads=(
            "worker.positions.extract:_extract",
            "worker.pages.tree:_soup",
            "worker.pages.tree:_tree",
            "worker.pages.tree:_checked",
            "worker.positions.page_state:_states",
            "worker.positions.result:finish",
            "worker.pages.json_ld:json_ld_nodes",
            "worker.pages.json_ld:microdata_nodes",
            "worker.positions.rdfa:rdfa_nodes",
            "worker.positions.overviews:has_general_address",
        ),
    ),
    of_json(
        "JSON-LD of a page",
        with_json_ld,
        POSTING,
        {"@graph": [POSTING]},
        reads=("worker.pages.json_ld:json_ld_nodes",),
    ),
    of_json(
        "state of a page's scripts",
        with_state,
        STATE,
        reads=("worker.positions.page_state:_states",),
    ),
    of_page(
        "JSON-LD nodes",
        lambda html: json_ld_nodes(tree_of(html)),
        WHOLE,
        reads=("worker.pages.json_ld:json_ld_nodes",),
    ),
    of_page(
        "microdata",
        lambda html: microdata_nodes(tree_of(html), URL),
        SCOPES,
        reads=("worker.pages.json_ld:microdata_nodes",),
    ),
    of_page(
        "RDFa",
        lambda html: rdfa_nodes(html, URL),
        RDFA,
        reads=("worker.positions.rdfa:rdfa_nodes",),
    ),
    of_page(
        "description as Markdown",
        lambda html: description_to_markdown(html, URL),
        FILLER + LABELS,
        reads=("worker.pages.markdown:description_to_markdown",),
    ),
    of_page(
        "whether a scraped page says enough",
        lambda html: _says_enough(got(html)),
        *PAGES,
        reads=("worker.positions.scrape:_says_enough",),
    ),
    of_page(
        "page that a model opens",
        lambda html: _text_of(got(html)),
        *PAGES,
        reads=("worker.positions.look_up:_text_of",),
    ),
    of_page(
        "icons of a page",
        lambda html: (soup_of(html), icons_of_page(html, URL)),
        HEAD,
        reads=("worker.positions.site_icons:icons_of_page",),
    ),
    of_json(
        "icons of a manifest",
        lambda text: icons_of_manifest(text, URL),
        {"icons": [{"src": "/i.png", "sizes": "192x192 any"}]},
        reads=("worker.positions.site_icons:icons_of_manifest",),
    ),
    of_page(
        "postings that a page embeds",
        lambda html: embedded_references(fetched(html)),
        f'{HEAD}<iframe src="https://boards.greenhouse.io/embed/job_app?for=acme&token=7"></iframe>',
        reads=(
            "worker.positions.embedded:embedded_references",
            "worker.positions.embedded:_linked",
        ),
    ),
    of_text(
        "address of a posting",
        lambda url: (recognise(url), has_general_address(url)),
        *(each.url for each in ANSWERS),
        reads=("worker.positions.ats.adapter:address_of",),
        raises=(),
        pieces=("?a=b&", "/jobs", "é"),
    ),
    of_text(
        "pasted posting",
        lambda text: finish(read_text(text)),
        TEXT,
        FILLER,
        reads=("worker.positions.pasted:read_text",),
    ),
    of_text(
        "words of pay and time",
        words_of_pay,
        "£34,000 - £41,000 per year",
        "2026-11-02",
        "40 - 45 TDKK im Monat, 13,50 €/Std.",
        reads=(),
        raises=(),
    ),
    of_text(
        "day of a feed",
        _day,
        "Mon, 02 Nov 2026 09:00:00 +0100",
        reads=(f"{AT}teamtailor:_day",),
        raises=(),
    ),
    of_json(
        "facts that a model reports", weighed, FACTS, reads=("worker.positions.ask:weigh_answer",)
    ),
    of_json(
        "facts that a model has looked up",
        looked_up,
        WEB_FACTS,
        reads=("worker.positions.look_up:weigh_look_up",),
    ),
    of_value(
        "values of the output columns",
        fields_fit,
        "Pump Tester",
        34_000,
        ["a"],
        {"text": "Leeds"},
        reads=("worker.columns:fits",),
        raises=(),
    ),
    *ats_parsers(),
)
