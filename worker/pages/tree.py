"""Parses untrusted HTML to a tree, and refuses HTML that would take its readers too long."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup, Tag

from liverows import Permanent
from worker.pages.search import around, elements
from worker.services.web.markup import MAX_ELEMENTS

# The most levels of a tree. Recursive readers fail on a very deep tree.
MAX_DEPTH = 200
MAX_DEPTHS = 1_000_000
"""The largest sum of all elements' depths. The time of some readers grows with this sum."""
MAX_ATTRIBUTES = 500
"""The most attributes of one element, because the parser compares each with all earlier ones."""
MAX_TEXT = 1_000_000
"""The most characters outside of scripts and styles."""
_NOT_TEXT = ("script", "style")
_PIECE = 64 * 1024
_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def crowd(tree: lxml.html.HtmlElement, *attributes: str) -> int:
    """The sum of the sizes of all elements that have one of the attributes.

    An element's size is the number of elements in it, itself included. The time of some readers
    grows with this sum.
    """
    total = around = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        is_marked = any(element.get(name) is not None for name in attributes)
        around += is_marked if event == "start" else -is_marked
        total += around if event == "start" else 0
    return total


def trees_of(html: str) -> tuple[lxml.html.HtmlElement, BeautifulSoup]:
    """HTML as lxml's tree and as Beautiful Soup's, checked only once; see `soup_of`."""
    checked = _checked(html)
    return _tree(checked), _soup(checked)


def soup_of(html: str) -> BeautifulSoup:
    """HTML as Beautiful Soup's tree.

    Raises `Permanent` with the code `too_large` if the HTML exceeds a limit of this module.
    """
    return _soup(_checked(html))


def _soup(checked: str) -> BeautifulSoup:
    with without_collections():
        return BeautifulSoup(checked, "lxml", element_classes={Tag: _Element})


class _Element(Tag):
    """An element that is asked often, for example by the converter to Markdown.

    It answers searches for names as `Tag` does, but without a filter for each search.
    """

    def find_parent(self, name: Any = None, attrs: Any = None, **kwargs: Any) -> Tag | None:
        """The nearest element around this one that fits."""
        if isinstance(name, str) and name and not attrs and not kwargs:
            return around(self, (name,))
        return super().find_parent(name, attrs, **kwargs)

    def find_all(self, name: Any = None, *others: Any, **kwargs: Any) -> Any:
        """The elements and texts in this one that fit."""
        are_names = isinstance(name, list) and all(isinstance(each, str) for each in name)
        if are_names and name and not others and not kwargs:
            return elements(self, *name)
        return super().find_all(name, *others, **kwargs)


@contextmanager
def without_collections() -> Iterator[None]:
    """Pause the search for garbage in cycles.

    A large tree would cause several such searches while it is built, each of which visits all of
    its nodes and finds nothing. They took up to half of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def accepted_by_lxml(text: str) -> str:
    """The text with spaces for what lxml refuses in a new text or value: control characters, lone
    surrogates and non-characters. Its parser accepts most of these from a page.
    """
    return _REFUSED.sub(" ", text)


def tree_of(html: str) -> lxml.html.HtmlElement:
    """HTML as lxml's tree; raises the same error as `soup_of`."""
    return _tree(_checked(html))


def _tree(checked: str) -> lxml.html.HtmlElement:
    # lxml refuses a `str` that declares an encoding, and a page without any element.
    page = f"<!doctype html><html>{checked}".encode()
    return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))


def _checked(html: str) -> str:
    """Return the HTML without lone surrogates; raise `Permanent` if it exceeds a limit."""
    parser = lxml.etree.HTMLParser(target=_Count(), encoding="utf-8")
    page = html.encode(errors="replace")
    for start in range(0, len(page), _PIECE):
        parser.feed(page[start : start + _PIECE])
    # This parser raises an error for a page without elements, which is accepted here.
    with suppress(lxml.etree.XMLSyntaxError):
        parser.close()
    return page.decode()


class _Count:
    """Gets the events of lxml's parser, and raises an error if a limit is exceeded."""

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
        # Comments and processing instructions together have the same limit as elements.
        self._others += 1
        if self._others > MAX_ELEMENTS:
            raise _too_complex()

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        self.comment(target)

    def close(self) -> None:
        """Do nothing; lxml requires this method."""


def _too_complex() -> Permanent:
    return Permanent("The page is too complex to be read.", code="too_large")
