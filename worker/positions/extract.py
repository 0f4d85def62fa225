"""Reads what a page states about its posting, without asking a model."""

from __future__ import annotations

from dataclasses import dataclass

import lxml.html

from liverows import Permanent, run_in_child
from worker.pages.draft import Draft, FetchedPage, Method, one_line, storable
from worker.pages.json_ld import choose, json_ld_nodes, microdata_nodes, postings
from worker.pages.markdown import tidy
from worker.pages.page_index import PageIndex
from worker.pages.readable import ENOUGH_CHARACTERS, readable
from worker.pages.schema_posting import Node, read_posting, types_of
from worker.pages.search import stripped_text
from worker.pages.tree import trees_of
from worker.positions.ask import POSTING_CUT
from worker.positions.closed import CLOSED, says_closed
from worker.positions.frame_words import is_section
from worker.positions.headline import headline
from worker.positions.merge import merge
from worker.positions.overviews import has_general_address
from worker.positions.page_blocks import Block, blocks_of
from worker.positions.page_fields import read_html, read_links, read_opengraph, shown_on
from worker.positions.page_state import read_page_state
from worker.positions.pasted import read_text
from worker.positions.posting_lists import IS_LIST, list_signs, own_characters
from worker.positions.posting_signs import (
    NEEDED,
    PageFrame,
    frame_of,
    is_notice,
    is_posting,
    is_short_posting,
)
from worker.positions.rdfa import rdfa_nodes
from worker.positions.shells import is_loading, is_shell
from worker.positions.teasers import without_teasers

MAX_FRAME_CHARACTERS = 1_500
"""A page with fewer characters outside of links may be one that a script fills in a browser."""

_PAGE_SECONDS = 20.0
"""How much processor time one page may take. The slowest known pages of an allowed size need 8."""


@dataclass(frozen=True, slots=True)
class _Data:
    """The structured data of a page.

    `several` means that the data in one syntax has several postings of which none could be chosen.
    """

    drafts: tuple[Draft, ...]
    types: set[str]
    several: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    frame: PageFrame
    blocks: list[Block]
    is_closed: bool
    is_shell: bool


async def extract_structured(page: FetchedPage) -> Draft:
    """Read what a page states about its posting, and merge it, most trusted first.

    Raises `Permanent` with `not_a_posting`, `blocked` (it seems to need a browser), `gone` or
    `too_large`. Runs in a child process, because reading a large page takes long.
    """
    return await run_in_child(_extract, page, seconds=_PAGE_SECONDS)


def shows_enough(page: FetchedPage) -> bool:
    """Whether the page need not be opened in a browser.

    Raises `Permanent("too_large")` if the page is too complex.
    """
    try:
        return _extract(page).get("job_description") is not None
    except Permanent as error:
        if error.code == "too_large":
            raise
        return error.code != "blocked"


def _extract(page: FetchedPage) -> Draft:
    if "html" not in page.content_type and "xml" not in page.content_type:
        return _plain(page)
    tree, soup = trees_of(page.html)
    index = PageIndex(soup)
    found = headline(index, page.url)
    h1 = found.title if found else ""
    language = str(soup.html.get("lang") or "") if soup.html else ""
    data = _structured_data(tree, page.html, page.url, h1)
    preview = read_opengraph(index, page.url, found)
    # `readable` removes elements such as buttons from the tree.
    shown, all_text = shown_on(index), stripped_text(soup)
    text = readable(soup, page.url)
    title = f"{h1} {soup.title.get_text(' ') if soup.title else ''}"
    state = Draft() if data.drafts else read_page_state(tree, page.url, title)
    blocks = blocks_of(tree)
    is_closed = says_closed(blocks)
    if not _is_surely_posting(state) and (not data.drafts or has_general_address(page.url)):
        seen = _Seen(frame_of(tree, language, h1), blocks, is_closed, is_shell(tree))
        if not data.drafts or _is_about_many(data.drafts[0], page.url, text, seen):
            _check_is_posting(page, f"{text}\n\n{state.text}", data, seen)
    visible = read_html(soup, text, page.url, all_text)
    described = str(visible.value("job_description") or "")
    merged = merge(*without_teasers((*data.drafts, state), described, page.url), preview, visible)
    company = merged.value("company_name")
    links = read_links(shown, page.url, company if isinstance(company, str) else None)
    return merge(merged, links).model_copy(
        update={
            "text": text if len(text) >= ENOUGH_CHARACTERS else _description(merged, text),
            "fetch": page.fetch,
            "warnings": (
                *data.warnings,
                *merged.warnings,
                *_cut(page),
                *((CLOSED,) if is_closed else ()),
            ),
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
        if node is None:
            continue
        draft = read_posting(node, method=method, page_url=page_url)
        # A page may contain an empty posting, which its script fills in a browser.
        if draft.get("job_title") or draft.get("job_description"):
            drafts.append(draft)
    types = {name for node in (*nodes, *microdata, *rdfa) for name in types_of(node)}
    warnings = ("structured_data_unreadable",) if broken or microdata_unread or rdfa_unread else ()
    return _Data(tuple(drafts), types, several, warnings)


def _is_about_many(draft: Draft, page_url: str, text: str, seen: _Seen) -> bool:
    """Whether the data of a page such as `/careers` has a slogan as its title ("Join us"), or is of
    one of several openings that the page links to.
    """
    title = draft.value("job_title")
    heading = seen.frame.heading
    if not isinstance(title, str) or not has_general_address(page_url, title):
        return False
    is_named = one_line(title).casefold() in heading.casefold()
    return is_section(title) or (not is_named and list_signs(text, heading, seen.blocks) > 0)


def _is_surely_posting(state: Draft) -> bool:
    """Articles rarely have an employment or workplace type."""
    return any(state.get(field) for field in ("employment_type", "workplace_type"))


def _check_is_posting(page: FetchedPage, text: str, data: _Data, seen: _Seen) -> None:
    if any(map(is_loading, seen.frame.heading.splitlines())):
        raise _blocked()
    listed = list_signs(text, seen.frame.heading, seen.blocks)
    if data.several or listed >= IS_LIST:
        raise Permanent(
            "The page lists several postings. Open one of them and use its address.",
            code="not_a_posting",
            params={"kind": "several"},
        )
    if own_characters(text) < ENOUGH_CHARACTERS:
        if not listed and not seen.is_closed and _is_short(page, text, data, seen):
            return
        raise _too_thin(page.html, is_closed=seen.is_closed)
    if is_posting(text, page.url, data.types, seen.frame, needed=NEEDED + listed):
        return
    own = sum(len(block.text) - block.linked for block in seen.blocks)
    if own < ENOUGH_CHARACTERS:
        raise _too_thin(page.html, is_closed=seen.is_closed)
    if seen.is_closed:
        raise _gone()
    if seen.is_shell and own < MAX_FRAME_CHARACTERS:
        raise _blocked()
    raise Permanent("The page does not read as a job posting.", code="not_a_posting")


def _is_short(page: FetchedPage, text: str, data: _Data, seen: _Seen) -> bool:
    if is_notice(text, page.url, seen.frame):
        return True
    is_filled = not seen.is_shell
    return is_filled and is_short_posting(text, page.url, data.types, seen.frame)


def _gone() -> Permanent:
    return Permanent("The posting is closed, and its page no longer shows it.", code="gone")


def _blocked() -> Permanent:
    return Permanent(
        "The page shows no posting without a browser. Paste the description instead.",
        code="blocked",
    )


def _too_thin(html: str, *, is_closed: bool) -> Permanent:
    """The error for a page with little text outside of links.

    A script may add text in a browser.
    """
    if is_closed:
        return _gone()
    if "<script" in html.lower():
        return _blocked()
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
