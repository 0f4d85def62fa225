"""Parses untrusted HTML to a tree, and refuses pages that would take minutes to read.

Every page, and every description that contains markup, is parsed only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup

from liverows import Permanent
from worker.services.web.markup import MAX_ELEMENTS

# Far above any known posting. Deeper pages overflow the stack of the readers used here.
MAX_DEPTH = 200
MAX_DEPTHS = 1_000_000
"""Sum over all elements: many readers look from each element to all elements above it."""
MAX_ATTRIBUTES = 500
"""For one element: the tree compares each attribute with all earlier ones."""
MAX_TEXT = 1_000_000
"""Characters outside of scripts and styles."""
_NOT_TEXT = ("script", "style")
_PIECE = 64 * 1024


def crowd(tree: lxml.html.HtmlElement, *attributes: str) -> int:
    """How many elements are inside marked ones; each is counted once per marked element around it.

    The time of readers that take the text of every marked element is proportional to this.
    """
    total = around = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        is_marked = any(element.get(name) is not None for name in attributes)
        around += is_marked if event == "start" else -is_marked
        total += around if event == "start" else 0
    return total


def soup_of(html: str) -> BeautifulSoup:
    """A page as Beautiful Soup's tree, with broken markup repaired.

    Raises `Permanent("too_large")` if the page is deeper or larger than any real page.
    """
    return BeautifulSoup(_checked(html), "lxml")


def tree_of(html: str) -> lxml.html.HtmlElement:
    """A page as lxml's tree; raises the same error as `soup_of`."""
    # As bytes, because lxml refuses text that declares its encoding, as XHTML does. With a root
    # element, because lxml refuses a page without any element.
    page = f"<!doctype html><html>{_checked(html)}".encode()
    return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))


def _checked(html: str) -> str:
    """The page as valid Unicode; raises if it is too complex, which is counted without a tree."""
    parser = lxml.etree.HTMLParser(target=_Count(), encoding="utf-8")
    page = html.encode(errors="replace")
    for start in range(0, len(page), _PIECE):
        parser.feed(page[start : start + _PIECE])
    # A page without any element is an error here; leave it to the real parser, which accepts it.
    with suppress(lxml.etree.XMLSyntaxError):
        parser.close()
    return page.decode()


class _Count:
    """Target of a parser: counts what the parser reports about a page."""

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
        # Comments and processing instructions together may be as many as elements.
        self._others += 1
        if self._others > MAX_ELEMENTS:
            raise _too_complex()

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        self.comment(target)

    def close(self) -> None:
        """Nothing needs to be closed."""


def _too_complex() -> Permanent:
    return Permanent("The page is too complex to be read.", code="too_large")
