"""Finds neighbouring elements of one form in a page, such as the cards of a list."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import Tag

from worker.companies.elements import AROUND_LISTS
from worker.pages.element_names import classes_of
from worker.pages.page_index import PageIndex
from worker.pages.search import around

MAX_ELEMENTS = 4_000
MAX_IN_GROUP = 80
_CARDS = frozenset({"div", "li", "article", "a", "figure", "section", "td", "tr", "details"})


def groups_alike(page: PageIndex, least: int) -> Iterator[list[Tag]]:
    """Groups of at least `least` children of one element with the same tag and first class.

    Menus, footers and forms are left out.
    """
    for element in page.elements[:MAX_ELEMENTS]:
        children = [child for child in element.contents if isinstance(child, Tag)]
        if len(children) < least:
            continue
        groups: dict[tuple[str, str], list[Tag]] = {}
        for child in children[:MAX_IN_GROUP]:
            if child.name in _CARDS:
                groups.setdefault(_form(child), []).append(child)
        large = [group for group in groups.values() if len(group) >= least]
        if large and element.name not in AROUND_LISTS and around(element, AROUND_LISTS) is None:
            yield from large


def _form(element: Tag) -> tuple[str, str]:
    return element.name, next(iter(classes_of(element)), "")
