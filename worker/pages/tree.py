"""Strangers' HTML as a tree, refused before reading it would take minutes.

Every page and every description that holds markup is parsed here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup

from liverows import Permanent
from worker.services.web.markup import MAX_ELEMENTS

# Far above any posting seen; deeper pages overflow the stack of the readers used here.
MAX_DEPTH = 200
MAX_DEPTHS = 1_000_000
"""Of all elements together: many a reader looks from each to all above it."""
MAX_ATTRIBUTES = 500
"""Of one element: a tree compares each with all before it."""
MAX_TEXT = 1_000_000
"""Characters outside of scripts and styles."""
_NOT_TEXT = ("script", "style")
_PIECE = 64 * 1024


def crowd(tree: lxml.html.HtmlElement, *attributes: str) -> int:
    """How many elements stand under marked ones, each counted once for each that is around it.

    Readers that take the text of every marked element take time in proportion.
    """
    total = around = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        is_marked = any(element.get(name) is not None for name in attributes)
        around += is_marked if event == "start" else -is_marked
        total += around if event == "start" else 0
    return total


def soup_of(html: str) -> BeautifulSoup:
    """A page as Beautiful Soup's tree, broken markup mended.

    Raises `Permanent("too_large")` for one that is deeper or larger than any real page.
    """
    return BeautifulSoup(_checked(html), "lxml")


def tree_of(html: str) -> lxml.html.HtmlElement:
    """A page as lxml's tree. Raises what `soup_of` raises."""
    # Bytes, because text that declares its encoding, as XHTML does, is refused; with a root,
    # because so is a page without any element.
    page = f"<!doctype html><html>{_checked(html)}".encode()
    return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))


def _checked(html: str) -> str:
    """The same, as valid Unicode. Counts without building anything, and stops where it is much."""
    parser = lxml.etree.HTMLParser(target=_Count(), encoding="utf-8")
    page = html.encode(errors="replace")
    for start in range(0, len(page), _PIECE):
        parser.feed(page[start : start + _PIECE])
    # What is wrong with a page is for its readers to mend: this one has no element at all.
    with suppress(lxml.etree.XMLSyntaxError):
        parser.close()
    return page.decode()


class _Count:
    """Target of a parser: what it tells of a page, as numbers."""

    def __init__(self) -> None:
        self._depth = self._depths = self._elements = self._others = 0
        self._characters = self._not_text = 0

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        self._depth += 1
        self._depths += self._depth
        self._elements += 1
        self._not_text += tag in _NOT_TEXT
        if (
            self._depth > MAX_DEPTH
            or self._depths > MAX_DEPTHS
            or self._elements > MAX_ELEMENTS
            or len(attrib) > MAX_ATTRIBUTES
        ):
            raise _too_complex()

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1
        self._not_text -= tag in _NOT_TEXT

    def data(self, data: str | bytes) -> None:
        self._characters += 0 if self._not_text else len(data)
        if self._characters > MAX_TEXT:
            raise _too_complex()

    def comment(self, text: str | bytes) -> None:
        # Comments and processing instructions have the same number to themselves.
        self._others += 1
        if self._others > MAX_ELEMENTS:
            raise _too_complex()

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        self.comment(target)

    def close(self) -> None:
        """Nothing is kept."""


def _too_complex() -> Permanent:
    return Permanent("The page is too complex to be read.", code="too_large")
