"""A stranger's page costs a limited time. The rest of it is refused or not read, with a warning.

Each limit is tested with a page that took minutes without the limit, so a missing limit shows
as a test that hangs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import worker
from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, URL, page, with_posting
from worker.companies.site_page import read_site_page
from worker.pages.markdown import description_to_markdown
from worker.pages.salary import find_salary
from worker.pages.tree import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_TEXT,
    soup_of,
    tree_of,
)
from worker.positions.embedded import embedded_references
from worker.positions.extract import extract_structured
from worker.positions.look_up import _text_of
from worker.positions.pasted import read_text
from worker.positions.rdfa import rdfa_nodes
from worker.positions.scrape import _says_enough
from worker.positions.site_icons import icons_of_page
from worker.services.web.client import Page
from worker.services.web.images import sniff_image
from worker.services.web.markup import MAX_ELEMENTS

TOO_COMPLEX = {
    "deep": "<div>" * (MAX_DEPTH + 1),
    "wide": "<p>x" * (MAX_ELEMENTS + 1),
    "wide and deep": ("<div>" * 150 + "</div>" * 150) * 120,
    "comments": "<p>x</p>" + "<!-- -->" * (MAX_ELEMENTS + 1),
    "attributes": f"<p {' '.join(f'a{n}' for n in range(MAX_ATTRIBUTES + 1))}>x",
    "text": "<p>" + "pump " * (MAX_TEXT // 5 + 1),
}


def got(html: str) -> Page:
    return Page(URL, 200, "text/html", html, len(html), datetime.now(UTC), "utf-8")


READERS: dict[str, Callable[[str], object]] = {
    "soup": soup_of,
    "tree": tree_of,
    "a page that a model opens": lambda html: _text_of(got(html)),
    "a scraped page": lambda html: _says_enough(got(html)),
    "what a page embeds": lambda html: embedded_references(page(html)),
    "icons": lambda html: icons_of_page(html, URL),
    "a company's page": lambda html: read_site_page(got(html), "s1", "home"),
    "a description": lambda html: description_to_markdown(html, URL),
}


@pytest.mark.parametrize("html", TOO_COMPLEX.values(), ids=TOO_COMPLEX.keys())
@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_every_reader_refuses_a_page_that_is_too_complex(
    read: Callable[[str], object], html: str
) -> None:
    with pytest.raises(Permanent) as refused:
        read(html)
    assert refused.value.code == "too_large"


async def test_a_posting_on_a_page_that_is_too_complex_is_refused() -> None:
    with pytest.raises(Permanent) as refused:
        await extract_structured(page(TOO_COMPLEX["deep"]))
    assert refused.value.code == "too_large"


def test_no_module_parses_html_around_the_bound() -> None:
    builds = re.compile(r"BeautifulSoup\(|document_fromstring\(|HTMLParser\(")
    modules = Path(worker.__file__).parent.rglob("*.py")
    found = sorted(one.name for one in modules if builds.search(one.read_text()))
    assert found == ["markup.py", "tree.py"]


@pytest.mark.parametrize("html", ["", " ", "<!-- x -->", "\x00", "\ud800", "</p>"])
def test_what_is_hardly_a_page_has_a_tree_all_the_same(html: str) -> None:
    assert soup_of(html) is not None
    assert tree_of(html) is not None


def marked(inner: str) -> str:
    head = '<body vocab="https://schema.org/"><div typeof="JobPosting">'
    return f'{head}<p property="title">Pump Tester</p>{inner}</div>'


RDFA = {
    "marks": '<a property="p" href="#q">x</a>' * 5_000,
    "words": f'<a property="{" ".join(f"p{n}" for n in range(5_000))}">x</a>',
    "prefixes": f'<p prefix="{" ".join(f"p{n}: http://x/{n}" for n in range(2_000))}">x</p>',
    "namespaces": "".join(f'<p xmlns:a{n}="http://x/{n}">x</p>' for n in range(2_000)),
    "relations": f'<p rel="{" ".join(f"p{n}" for n in range(3_000))}">'
    + '<a resource="#a">x</a>' * 3_000,
    "properties in properties": '<div property="p">' * 100 + "<p>x</p>" * 9_000,
    "elements": "<p>x</p>" * 20_000,
}


@pytest.mark.parametrize("inner", RDFA.values(), ids=RDFA.keys())
def test_rdfa_that_would_be_read_for_minutes_stays_unread(inner: str) -> None:
    assert rdfa_nodes(marked(inner), URL) == ([], True)


async def test_a_page_says_that_its_rdfa_stayed_unread() -> None:
    draft = await extract_structured(page(f"<h1>Pump Tester</h1>{FILLER}{marked(RDFA['words'])}"))
    assert "structured_data_unreadable" in draft.warnings


def test_rdfa_among_many_attributes_of_no_matter_is_read() -> None:
    styled = f"<p {' '.join(f'data-a{n}={n}' for n in range(100))} datatype='rdf:HTML'>x</p>"
    nodes, unread = rdfa_nodes(marked(styled * 2_000), URL)
    assert (nodes[0]["title"], unread) == ("Pump Tester", False)


SCOPE = '<div itemscope itemtype="https://schema.org/JobPosting" '
MICRODATA = {
    "scopes": f"{SCOPE}>x</div>" * 10_000,
    "nested": f'{SCOPE} itemprop="a">' * 150 + "<p>x</p>" * 3_000,
    "references": '<div id="a">'
    + "<p itemprop=x>x</p>" * 1_000
    + f'</div>{SCOPE} itemref="{"a " * 10_000}"></div>',
}


@pytest.mark.parametrize("html", MICRODATA.values(), ids=MICRODATA.keys())
async def test_microdata_that_would_be_read_for_minutes_stays_unread(html: str) -> None:
    draft = await extract_structured(page(f"<h1>Pump Tester</h1>{FILLER}{html}"))
    assert "structured_data_unreadable" in draft.warnings


BODIES = {
    "labels without values": f"<dl>{'<dt>Location</dt>' * 20_000}</dl>",
    "a list of numbers": f"<ol>{'<li>x</li>' * 20_000}</ol>",
    "quotes in quotes": "<blockquote>" * 90 + "x<br>" * 9_000,
    "headings of other postings": "<h3>Similar jobs</h3>" * 10_000 + "<p>x</p>" * 10_000,
    "state that is no state": f"<script>{'__A__={' * 300_000}</script>",
    "pay": f"<p>{''.join(f'salary ${n} 000 ' for n in range(10_000, 50_000))}</p>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_page_within_the_bounds_is_read(body: str) -> None:
    draft = await extract_structured(page(f"<h1>Pump Tester</h1>{FILLER}{body}"))
    assert draft.value("job_title") == "Pump Tester"


@pytest.mark.parametrize(
    "html",
    [
        '<ol start="\u00b2"><li>x</li></ol>',
        f'<ol start="{"9" * 5_000}"><li>x</li></ol>',
        '<table><tr><td colspan="\u00b2">x</td></tr></table>',
        f"<h{'9' * 5_000}>x</h{'9' * 5_000}>",
    ],
    ids=["start", "long start", "colspan", "heading"],
)
def test_a_number_in_markup_that_is_none_is_no_error(html: str) -> None:
    assert "x" in description_to_markdown(html, URL)


async def test_a_bare_salary_with_endless_spaces_is_read_at_once() -> None:
    draft = await extract_structured(
        with_posting(description=FILLER, baseSalary=f"1{' ' * 200_000}x")
    )
    assert draft.value("job_title") == "Pump Tester"


def test_text_is_searched_in_time_proportional_to_its_length() -> None:
    assert read_text("\n\x0b" * 50_000, method="html", source_url=URL).value("job_title") is None
    assert find_salary(f"salary ${'1' * 500_000}") is None
    orders = read_site_page(got(f"<pre>ai{' ' * 100_000}x</pre>"), "s1", "home")
    assert not orders.had_orders
    assert sniff_image(b"<!---->" * 500, "image/svg+xml") is None
