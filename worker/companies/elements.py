"""Names of elements that several readers of a company's pages use, and short texts of elements.

Elements stand in one another. If each reader read all the text of each, the time would grow with
the square of the page, so a text is read only up to a length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from bs4 import NavigableString, Tag

from worker.pages.page_index import PageIndex
from worker.pages.search import nodes

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
AROUND = ["nav", "footer", "aside", "form", "dialog"]
"""Elements around the main content."""
AROUND_LISTS = [*AROUND, "header"]
"""A `header` may hold a card's name, but a list in one is mostly a menu."""
MAX_NODES = 600
"""At most this many elements and strings are looked at for one short text."""


def beginning(element: Tag, most: int) -> str:
    """The first `most` characters of an element's text, as one line."""
    return _line(element, most)[:most].strip()


def short_text(element: Tag, most: int) -> str | None:
    """The text of an element as one line; None if it has more than `most` characters."""
    text = _line(element, most)
    return text if len(text) <= most else None


def _line(element: Tag, most: int) -> str:
    """The text of an element as one line, read until it has more than `most` characters."""
    words: list[str] = []
    length = -1
    for string in _strings(element):
        for word in string.split():
            words.append(word)
            length += len(word) + 1
            if length > most:
                return " ".join(words)
    return " ".join(words)


def _strings(element: Tag) -> Iterator[str]:
    """The texts in an element, without comments, scripts and styles."""
    for node in islice(nodes(element), MAX_NODES):
        if type(node) is NavigableString:
            yield node


class Headings:
    """All headings of a page in their order, and where they stand."""

    def __init__(self, page: PageIndex) -> None:
        self.all: list[Tag] = page.named(*HEADINGS)
        self._above: list[Tag | None] = list(_above(self.all))
        self._places = {id(heading): place for place, heading in enumerate(self.all)}
        self._counts: dict[int, int] = {}
        for heading in self.all:
            for element in [heading, *heading.parents]:
                self._counts[id(element)] = self._counts.get(id(element), 0) + 1

    def above(self, heading: Tag) -> Tag | None:
        """The last heading before this one that is of a higher level, such as `h2` for `h3`."""
        return self._above[self._places[id(heading)]]

    def after(self, heading: Tag, most: int) -> list[Tag]:
        """At most `most` headings that follow a heading."""
        place = self._places[id(heading)] + 1
        return self.all[place : place + most]

    def count(self, element: Tag) -> int:
        """The number of headings in an element, itself included."""
        return self._counts.get(id(element), 0)


def _above(headings: Iterable[Tag]) -> Iterator[Tag | None]:
    higher: list[Tag] = []
    for heading in headings:
        # Later headings never look at one that a heading of its level or a higher one follows.
        while higher and higher[-1].name >= heading.name:
            higher.pop()
        yield higher[-1] if higher else None
        higher.append(heading)
