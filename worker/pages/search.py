"""Finds elements and texts in Beautiful Soup's trees, in the order of the page.

Beautiful Soup's own methods build a filter for each search and ask it about each node. A page is
searched many times, so most of the time to read it was spent there. These functions compare names
directly, and each looks at each node once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bs4 import NavigableString, PageElement, Tag
from bs4.element import CData

_SHOWN = {NavigableString, CData}
"""The types of texts that are neither comments nor the like."""


def nodes(root: Tag) -> Iterator[PageElement]:
    """All nodes in an element, one by one."""
    if not root.contents:
        return
    last: PageElement = root
    while isinstance(last, Tag) and last.contents:
        last = last.contents[-1]
    end = last.next_element
    node: PageElement | None = root.contents[0]
    while node is not None and node is not end:
        following = node.next_element
        yield node
        node = following


def elements(root: Tag, *names: str) -> list[Tag]:
    """The elements in an element that have one of the names; all of them without names."""
    found = [node for node in nodes(root) if isinstance(node, Tag)]
    return [element for element in found if element.name in names] if names else found


def iter_elements(root: Tag, *names: str) -> Iterator[Tag]:
    """The same as `elements`, one by one, for a search that may end early."""
    for node in nodes(root):
        if isinstance(node, Tag) and (not names or node.name in names):
            yield node


def first(root: Tag, *names: str) -> Tag | None:
    """The first element in an element that has one of the names."""
    return next(iter_elements(root, *names), None)


def links(root: Tag) -> Iterator[Tag]:
    """The links with an address in an element, one by one."""
    return (link for link in iter_elements(root, "a") if link.get("href") is not None)


def strings(root: Tag) -> Iterator[NavigableString]:
    """All texts in an element, also those of comments and scripts."""
    return (node for node in nodes(root) if isinstance(node, NavigableString))


def around(node: PageElement, names: Collection[str]) -> Tag | None:
    """The nearest element around a node that has one of the names."""
    parent = node.parent
    while parent is not None and parent.name not in names:
        parent = parent.parent
    return parent


def whole_text(element: Tag, separator: str = "") -> str:
    """The text of an element, as `Tag.get_text` returns it."""
    return separator.join(shown_strings(element))


def stripped_text(element: Tag) -> str:
    """The texts of an element without the blanks around each, and with one blank between them."""
    return " ".join(text for each in shown_strings(element) if (text := each.strip()))


def has_more_text(element: Tag, length: float) -> bool:
    """Whether `stripped_text` of an element is longer; no more of the text than needed is read."""
    so_far = -1
    for text in shown_strings(element):
        if stripped := text.strip():
            so_far += len(stripped) + 1
            if so_far > length:
                return True
    return False


def shown_strings(element: Tag) -> Iterator[str]:
    """The texts of an element as `Tag.strings` yields them, without comments and the like."""
    types = element.interesting_string_types
    if types is not None and types != _SHOWN:
        # A script, a style or a template, whose text is of another type.
        yield from element.strings
        return
    for node in nodes(element):
        if type(node) in _SHOWN:
            yield node  # type: ignore[misc]  # the type is one of texts
