"""The elements and texts of a page, found in one pass, for readers that ask for them many times."""

from __future__ import annotations

from functools import cached_property

from bs4 import BeautifulSoup, NavigableString, Tag

from worker.pages.draft import one_line
from worker.pages.readable import Surroundings
from worker.pages.search import nodes, strings, whole_text


class PageIndex:
    """An index of a tree, which must not be changed as long as the index is used."""

    def __init__(self, soup: BeautifulSoup) -> None:
        self.soup = soup
        self.elements: list[Tag] = []
        """All elements, in the order of the page."""
        self.strings: list[NavigableString] = []
        """All texts, also those of comments and scripts, in the order of the page."""
        self._places: dict[str, list[int]] = {}
        for node in nodes(soup):
            if isinstance(node, Tag):
                self._places.setdefault(node.name, []).append(len(self.elements))
                self.elements.append(node)
            elif isinstance(node, NavigableString):
                self.strings.append(node)

    def named(self, *names: str) -> list[Tag]:
        """The elements that have one of the names, in the order of the page."""
        places = [place for name in names for place in self._places.get(name, ())]
        return [self.elements[place] for place in (sorted(places) if len(names) > 1 else places)]

    def first(self, *names: str) -> Tag | None:
        """The first element that has one of the names."""
        firsts = [self._places[name][0] for name in names if name in self._places]
        return self.elements[min(firsts)] if firsts else None

    @cached_property
    def links(self) -> list[Tag]:
        """The links with an address."""
        return [link for link in self.named("a") if link.get("href") is not None]

    @cached_property
    def body_strings(self) -> list[NavigableString]:
        """The texts of the page's body; none without a body."""
        body = self.first("body")
        return list(strings(body)) if body else []

    @cached_property
    def around(self) -> Surroundings:
        """Tells which elements are in parts such as menus."""
        return Surroundings(self.soup)

    @cached_property
    def title(self) -> str:
        """The text of the page's `title` as one line; empty without one."""
        title = self.first("title")
        return one_line(whole_text(title, " ")) if title else ""

    def meta(self, name: str) -> str | None:
        """The content of a `meta` element with this property or name, or None."""
        for attribute in ("property", "name"):
            metas = (each for each in self.named("meta") if each.get(attribute) == name)
            element = next(metas, None)
            if element is not None and element.get("content"):
                return one_line(str(element["content"]))
        return None
