"""A page is parsed once, and a search visits each of its nodes once and finds what Beautiful Soup's
own methods find."""

from __future__ import annotations

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
    soup = soup_of(html)
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
