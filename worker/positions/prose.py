"""Counts characters and links in each element of a page, and those of running text."""

from __future__ import annotations

import re
from collections import Counter

from bs4 import Tag

from worker.pages.search import iter_elements, strings

_TEXT_BLOCKS = {"li", "p", "dd", "h2", "h3", "h4", "h5", "h6", "strong", "b"}
LONG = 25
"""A string of fewer characters is running text only directly in an element of `_TEXT_BLOCKS`."""
_WIDE = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]")


def width(text: str) -> int:
    """The number of characters, where those that stand for a syllable or a word count twice."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


class Prose:
    """The numbers of characters and links in a root and its elements, counted at creation."""

    def __init__(self, root: Tag) -> None:
        self._prose: Counter[int] = Counter()
        self._text: Counter[int] = Counter()
        self._linked: Counter[int] = Counter()
        self._links: Counter[int] = Counter()
        for link in iter_elements(root, "a"):
            self._links.update(id(each) for each in link.parents)
        for string in strings(root):
            size = width(" ".join(string.split()))
            if size and string.parent is not None:
                self._count(string.parent, size)

    def _count(self, parent: Tag, size: int) -> None:
        around = [parent, *parent.parents]
        keys = [id(each) for each in around]
        counters = [self._text]
        if any(each.name == "a" for each in around):
            counters.append(self._linked)
        elif size >= LONG or (size > 1 and parent.name in _TEXT_BLOCKS):
            counters.append(self._prose)
        for counter in counters:
            for key in keys:
                counter[key] += size

    def of(self, element: Tag) -> int:
        """The number of characters of running text in the element; text in links is none."""
        return self._prose[id(element)]

    def text(self, element: Tag) -> int:
        """The number of characters of all text in the element."""
        return self._text[id(element)]

    def linked(self, element: Tag) -> int:
        """The number of characters in the element that are in links."""
        return self._linked[id(element)]

    def links(self, element: Tag) -> int:
        """The number of links in the element."""
        return self._links[id(element)]
