"""A page is parsed once, and a search visits each of its nodes once and finds what Beautiful Soup's
own methods find."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import lxml.html
import pytest
from bs4 import BeautifulSoup, PageElement, Tag

from tests.app.steps.pages import FILLER, URL, page
from worker.companies.site_page import read_site_page
from worker.pages import search, tree
from worker.pages.draft import FetchedPage
from worker.pages.line_breaks import replace_text
from worker.pages.page_index import PageIndex
from worker.pages.tree import soup_of
from worker.positions.extract import shows_enough
from worker.services.web.client import Page

POSTING = f'<title>Pump Tester | Acme</title><h1>Pump Tester</h1>{FILLER}<a href="/x">Apply now</a>'
ODD = (
    "",
    "plain",
    "<!-- a --><p>x",
    POSTING,
    "<body><svg><title>Logo</title></svg><template>y<b>z</b></template><ruby>a<rt>b</rt></ruby>",
    "<ul><li>a<ul><li>b<li> c </ul></ul><a>no address</a><a href=''>empty</a><o:p>d</o:p>"
    "<script>e</script><style>f</style><textarea> g </textarea><pre> h\n i </pre><!-- j -->",
)


def got(html: str) -> Page:
    return Page(URL, 200, "text/html", html, len(html), datetime.now(UTC), "utf-8")


READERS: dict[str, Callable[[FetchedPage], object]] = {
    "posting": shows_enough,
    "company": lambda read: read_site_page(got(read.html), "s1", "careers"),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_a_page_is_checked_once_and_parsed_once_for_each_kind_of_tree(
    read: Callable[[FetchedPage], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: Counter[str] = Counter()

    def counted(name: str, parse: Callable[..., object]) -> Callable[..., object]:
        def count(*args: object, **named: object) -> object:
            parsed[name] += 1
            return parse(*args, **named)

        return count

    monkeypatch.setattr(tree, "BeautifulSoup", counted("soup", BeautifulSoup))
    monkeypatch.setattr(tree, "_Count", counted("check", tree._Count))
    monkeypatch.setattr(
        lxml.html, "document_fromstring", counted("tree", lxml.html.document_fromstring)
    )
    read(page(POSTING))
    assert parsed == {"check": 1, "soup": 1, "tree": 1}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
def test_the_nodes_that_are_visited_grow_no_faster_than_the_page(
    read: Callable[[FetchedPage], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    visited = 0

    def counted(root: Tag, walk: Callable[[Tag], Iterator[PageElement]] = search.nodes) -> object:
        nonlocal visited
        for node in walk(root):
            visited += 1
            yield node

    monkeypatch.setattr(search, "nodes", counted)
    block = f'<div class="menu"><nav><a href="/a">Home</a></nav></div><section>{FILLER}</section>'
    counts = []
    for size in (20, 40, 80):
        visited = 0
        read(page(f"<title>Pump Tester</title><h1>Pump Tester</h1>{block * size}"))
        counts.append(visited)
    assert counts[0] > 0
    assert counts[2] - counts[1] <= 2.2 * (counts[1] - counts[0])


@pytest.mark.parametrize("html", ODD)
def test_a_search_finds_what_beautiful_soup_finds(html: str) -> None:
    soup = BeautifulSoup(html, "lxml")
    for root in [soup, *soup.find_all(True)]:
        assert list(map(id, search.nodes(root))) == list(map(id, root.descendants))
        assert list(map(id, search.elements(root))) == list(map(id, root.find_all(True)))
        assert search.elements(root, "li", "a") == list(root.find_all(["li", "a"]))
        assert list(search.links(root)) == list(root.find_all("a", href=True))
        assert search.first(root, "b", "li") is root.find(["b", "li"])
        assert list(search.strings(root)) == list(root.find_all(string=True))
        assert search.whole_text(root, " ") == root.get_text(" ")
        assert search.stripped_text(root) == root.get_text(" ", strip=True)
        assert search.around(root, ("ul", "body")) is root.find_parent(["ul", "body"])
        for length in range(len(root.get_text(" ", strip=True)) + 2):
            is_longer = len(root.get_text(" ", strip=True)) > length
            assert search.has_more_text(root, length) == is_longer


@pytest.mark.parametrize("html", ODD)
def test_an_element_answers_a_search_as_beautiful_soup_does(html: str) -> None:
    expected = BeautifulSoup(html, "lxml").find_all(True)
    for element, other in zip(soup_of(html).find_all(True), expected, strict=True):
        for name in ("ul", "body", "[document]", "b", "h1"):
            assert str(element.find_parent(name)) == str(other.find_parent(name))
        for names in (["li", "a"], ["b"], [re.compile("^l"), "a"], []):
            assert list(map(str, element.find_all(names))) == list(map(str, other.find_all(names)))
        assert str(element.find_parent("ul", class_="x")) == str(
            other.find_parent("ul", class_="x")
        )
        assert str(element.find_all(["a"], limit=1)) == str(other.find_all(["a"], limit=1))


@pytest.mark.parametrize("html", ODD)
def test_a_text_is_replaced_as_beautiful_soup_does_it(html: str) -> None:
    soup, other = BeautifulSoup(html, "lxml"), BeautifulSoup(html, "lxml")
    for text in list(soup.find_all(string=True)):
        assert text.parent is not None
        replace_text(text, [id(one) for one in text.parent.contents].index(id(text)), "new")
    for text in list(other.find_all(string=True)):
        text.replace_with("new")
    assert str(soup) == str(other)
    for node, twin in zip(soup.descendants, other.descendants, strict=True):
        for beside in ("parent", "next_sibling", "previous_sibling", "previous_element"):
            assert str(getattr(node, beside)) == str(getattr(twin, beside))


@pytest.mark.parametrize("html", ODD)
def test_an_index_finds_what_beautiful_soup_finds(html: str) -> None:
    soup = soup_of(html)
    index = PageIndex(soup)
    assert index.elements == list(soup.find_all(True))
    assert index.strings == list(soup.find_all(string=True))
    assert index.named("li", "a", "p") == list(soup.find_all(["li", "a", "p"]))
    assert index.first("b", "li") is soup.find(["b", "li"])
    assert index.links == list(soup.find_all("a", href=True))
    assert index.body_strings == list(soup.body.find_all(string=True) if soup.body else [])
    title = soup.find("title")
    assert index.title == (" ".join(title.get_text(" ").split()) if title else "")
