"""Reads everything that a page says about its posting, without asking a model."""

from __future__ import annotations

from dataclasses import dataclass

import lxml.html

from liverows import Permanent, run_in_child
from worker.pages.draft import Draft, FetchedPage, Method, storable
from worker.pages.json_ld import choose, json_ld_nodes, microdata_nodes, postings
from worker.pages.markdown import tidy
from worker.pages.readable import ENOUGH_CHARACTERS, readable
from worker.pages.schema_posting import Node, read_posting, types_of
from worker.pages.tree import soup_of, tree_of
from worker.positions.ask import POSTING_CUT
from worker.positions.merge import merge
from worker.positions.page_fields import heading, read_html, read_links, read_opengraph
from worker.positions.page_state import read_page_state
from worker.positions.pasted import read_text
from worker.positions.posting_signs import is_posting
from worker.positions.rdfa import rdfa_nodes


@dataclass(frozen=True, slots=True)
class _Data:
    """The structured data of a page: one draft per syntax that describes the posting."""

    drafts: tuple[Draft, ...]
    types: set[str]
    several: bool
    warnings: tuple[str, ...]


async def extract_structured(page: FetchedPage) -> Draft:
    """Read structured data, link previews and text, and merge them, most trusted first.

    Raises `Permanent("not_a_posting")` if the page is something else or a list of postings,
    `Permanent("blocked")` if it shows nothing without a browser, and `Permanent("too_large")` if it
    is too complex. Runs in a child process, because a large page takes a second to parse.
    """
    return await run_in_child(_extract, page)


def _extract(page: FetchedPage) -> Draft:
    if "html" not in page.content_type and "xml" not in page.content_type:
        return _plain(page)
    tree = tree_of(page.html)
    soup = soup_of(page.html)
    h1 = heading(soup)
    data = _structured_data(tree, page.html, page.url, h1)
    preview = read_opengraph(soup, page.url)
    all_text = soup.get_text(" ", strip=True)
    text = readable(soup, page.url)
    title = f"{h1} {soup.title.get_text(' ') if soup.title else ''}"
    state = Draft() if data.drafts else read_page_state(tree, page.url, title)
    if not (data.drafts or state.findings):
        _check_is_posting(page, text, data)
    visible = read_html(soup, text, page.url, all_text)
    merged = merge(*data.drafts, state, preview, visible)
    company = merged.value("company_name")
    # Parse again: reading the text has removed elements, such as buttons, from the first tree.
    links = read_links(soup_of(page.html), page.url, company if isinstance(company, str) else None)
    return merge(merged, links).model_copy(
        update={
            "text": text if len(text) >= ENOUGH_CHARACTERS else _description(merged, text),
            "fetch": page.fetch,
            "warnings": (*data.warnings, *_cut(page)),
        }
    )


def _description(merged: Draft, text: str) -> str:
    description = merged.value("job_description")
    return description if isinstance(description, str) else text


def _structured_data(tree: lxml.html.HtmlElement, html: str, page_url: str, h1: str) -> _Data:
    nodes, broken = json_ld_nodes(tree)
    drafts: list[Draft] = []
    several = False
    found = postings(nodes)
    microdata, microdata_unread = microdata_nodes(tree, page_url)
    rdfa, rdfa_unread = rdfa_nodes(html, page_url)
    syntaxes: tuple[tuple[Method, list[Node]], ...] = (
        ("json_ld", found),
        ("microdata", postings(microdata)),
        ("rdfa", postings(rdfa)),
    )
    for method, candidates in syntaxes:
        node = choose(candidates, page_url, h1)
        several = several or (node is None and bool(candidates))
        if node is not None:
            drafts.append(read_posting(node, method=method, page_url=page_url))
    types = {name for node in (*nodes, *microdata, *rdfa) for name in types_of(node)}
    warnings = ("structured_data_unreadable",) if broken or microdata_unread or rdfa_unread else ()
    return _Data(tuple(drafts), types, several, warnings)


def _check_is_posting(page: FetchedPage, text: str, data: _Data) -> None:
    if data.several:
        raise Permanent(
            "The page lists several postings. Open one of them and use its address.",
            code="not_a_posting",
        )
    if len(text) < ENOUGH_CHARACTERS:
        raise _too_thin(page.html)
    if not is_posting(text, page.url, data.types):
        raise Permanent("The page does not read as a job posting.", code="not_a_posting")


def _too_thin(html: str) -> Permanent:
    if "<script" in html.lower():
        return Permanent(
            "The page shows no posting without a browser. Paste the description instead.",
            code="blocked",
        )
    return Permanent("The page contains too little text for a posting.", code="not_a_posting")


def _plain(page: FetchedPage) -> Draft:
    text = tidy(storable(page.html))
    if len(text) < ENOUGH_CHARACTERS or not is_posting(text, page.url, set()):
        raise Permanent("The page does not read as a job posting.", code="not_a_posting")
    return read_text(text, method="html", source_url=page.url).model_copy(
        update={"fetch": page.fetch, "warnings": _cut(page)}
    )


def _cut(page: FetchedPage) -> tuple[str, ...]:
    return (POSTING_CUT,) if page.is_cut else ()
