"""Products that the navigation of a page names: entries of a menu "Products", and breadcrumbs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from bs4 import Tag

from worker.companies.elements import HEADINGS, beginning, short_text
from worker.companies.product_names import MAX_NAME
from worker.companies.telling_pages import is_product_index
from worker.pages.element_names import names_of
from worker.pages.page_index import PageIndex
from worker.pages.search import around, first, iter_elements

MAX_ITEMS = 800
MAX_LINKS = 40
MAX_NAMED = 20
MAX_BREADCRUMB = 300
_OPENS = ["a", "button", "span"]
_LISTS = ["ul", "div"]


def names_in_menus(page: PageIndex) -> list[str]:
    """The entries below a menu's entry such as "Products", if there are at least two.

    An entry that has entries of its own is left out, because it names a group of products.
    """
    found: list[str] = []
    for item in page.named("li", "div")[:MAX_ITEMS]:
        links = _links_below(item)
        if len(links) > 1 and around(item, ("nav", "header")) is not None:
            found += [label_of(link) for link in links if not _has_a_list(link)]
    return found


def _links_below(item: Tag) -> list[Tag]:
    """The links of a menu below an entry such as "Products"; none for other elements."""
    if item.name == "li":
        opens = first(item, *_OPENS)
        if opens is None or not is_product_index(beginning(opens, MAX_NAME)):
            return []
        return [one for one in islice(iter_elements(item, "a"), MAX_LINKS) if one is not opens]
    return next(_links_beside(item), [])


def _links_beside(item: Tag) -> Iterator[list[Tag]]:
    """The links in an element that stands right behind an entry such as "Products"."""
    children = [child for child in item.contents if isinstance(child, Tag)][:MAX_LINKS]
    for entry, beside in pairwise(children):
        is_menu = entry.name in _OPENS and beside.name in _LISTS
        if is_menu and is_product_index(beginning(entry, MAX_NAME)):
            yield list(islice(iter_elements(beside, "a"), MAX_LINKS))


def _has_a_list(link: Tag) -> bool:
    beside = link.find_next_sibling()
    return isinstance(beside, Tag) and beside.name in _LISTS and first(beside, "a") is not None


def label_of(anchor: Tag) -> str:
    """The text of a link, or of the heading in it."""
    return beginning(first(anchor, *HEADINGS) or anchor, 2 * MAX_NAME)


def is_below_products(page: PageIndex) -> bool:
    """Whether a breadcrumb such as "Home > Products > Desk" says that a page is a product's.

    The last entry may be missing or be no link. A longer element is the page itself or a part of
    it, whose class only tells that it has a breadcrumb.
    """
    named = islice(filter(_is_breadcrumb, page.elements), MAX_NAMED)
    crumbs = next((one for one in named if short_text(one, MAX_BREADCRUMB) is not None), None)
    if crumbs is None:
        return False
    links = [label_of(link) for link in islice(iter_elements(crumbs, "a"), MAX_LINKS)]
    return len(links) > 1 and any(map(is_product_index, links[1:]))


def _is_breadcrumb(element: Tag) -> bool:
    if not element.attrs:
        return False
    return any("breadcrumb" in name.lower() for name in names_of(element, "aria-label", "id"))
