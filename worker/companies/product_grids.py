"""Finds lists of products by their layout: several cards of one form, each with a name.

Steps and people have the same form, so more evidence is needed, such as pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bs4 import BeautifulSoup, Tag

from worker.companies.alike import groups_alike
from worker.companies.elements import AROUND_LISTS, HEADINGS, Headings, beginning, short_text
from worker.companies.identity import site_key
from worker.companies.page_words import BRANDS
from worker.companies.product_names import PRICE
from worker.companies.telling_pages import (
    is_about_products,
    is_word_of_a_page,
    kind_of_words,
    names_range,
    slug,
)
from worker.pages.draft import one_line
from worker.pages.hosts import absolute

LEAST_CARDS = 3
LEAST_TOLD = 20
"""Characters of text beside the name on each of two cards; more cards may have none."""
MAX_CARDS = 40
MAX_CARD = 1_200
MAX_NAME = 120
MAX_SECTION = 80
MAX_TITLES = 60
MAX_TOLD = 100_000
"""The names of cards are looked up in at most this many characters of the page."""
_NAME_CLASS = re.compile(
    r"(?:^|[\s_-])(?:name|title|nazev|titel|titre|titulo|titolo)(?:$|[\s_-])", re.I
)
_SECTION_ID = re.compile(
    r"^(?:our[-_])?(?:products?|produkte|produits|productos|prodotti|produtos|produkty|brands?|marken"
    r"|marques|marcas|marchi|znacky)(?:[-_](?:section|list|grid|area|wrap))?$",
    re.IGNORECASE,
)
_BRANDS_ID = re.compile(
    r"^(?:brands?|marken|marques|marcas|marchi|merken|znacky|marki)$", re.IGNORECASE
)
_OTHER_SECTION = frozenset(
    {"services", "team", "customers", "press", "values", "careers", "blog", "about", "security"}
)


@dataclass(frozen=True, slots=True)
class Card:
    """One card and its name."""

    element: Tag
    name: str


def cards_of_products(soup: BeautifulSoup, headings: Headings, url: str, about: str) -> list[str]:
    """The names on cards that, by the page and the layout, show products or brands.

    `about` is the page's subject; pages about most subjects have no result.
    """
    if about not in ("products", "home", "about"):
        return []
    text = ""
    found: list[str] = []
    sections = Sections(headings)
    needs_sale = about != "products" and not _is_headed_by_a_range(soup)
    for cards in _grids(soup):
        section = sections.of(cards[0].element)
        is_ours = _is_product_section(section)
        if _is_about_something_else(section):
            continue
        # Two cards are soon alike, so only a heading right above them can say what they show.
        if not is_ours and (about != "products" or len(cards) < LEAST_CARDS):
            continue
        text = text or one_line(soup.get_text(" "))[:MAX_TOLD]
        if needs_sale and _is_only_a_range(section) and not _are_sold(cards, url, text):
            continue
        if _are_shown(cards, url) or (about == "products" and _are_told(cards, text)):
            found += [card.name for card in cards]
    return found or _brands(headings, about)


def _brands(headings: Headings, about: str) -> list[str]:
    """Headings of a section about brands, if each has a paragraph behind it."""
    found: list[str] = []
    read = (heading for heading in headings.all if heading.name in HEADINGS[:3])
    for heading in islice(read, MAX_TITLES):
        own = _is_about_brands(beginning(heading, 2 * MAX_SECTION))
        section = heading.find_parent(["section", "div"], id=_BRANDS_ID)
        if heading.find_parent(AROUND_LISTS) is None and (own or section is not None):
            if heading.name == "h1" and about != "products":
                continue
            found += _named_below(heading, headings)
    return list(dict.fromkeys(found))


def _is_about_brands(text: str) -> bool:
    words = slug(text).split("-")
    return 0 < len(words) <= 8 and not BRANDS.isdisjoint([*words, *text.casefold().split()])


def _named_below(heading: Tag, headings: Headings) -> list[str]:
    """The headings in this heading's section that have the level of the first one there."""
    level, names, lower = int(heading.name[1]), [], 0
    for other in headings.after(heading, MAX_CARDS):
        if int(other.name[1]) <= level or other.find_parent(AROUND_LISTS) is not None:
            break
        lower = lower or int(other.name[1])
        name = beginning(other, 2 * MAX_NAME)
        if int(other.name[1]) == lower:
            names.append(name if _has_paragraph(other) else "")
    is_list = len(names) > 1 and all(name and len(name.split()) <= 4 for name in names)
    return names if is_list else []


def _has_paragraph(heading: Tag) -> bool:
    after = heading.find_next_sibling()
    return isinstance(after, Tag) and after.name in ("p", "div") and len(beginning(after, 40)) > 20


def _grids(soup: BeautifulSoup) -> Iterator[list[Card]]:
    """Groups of named cards, without groups inside a group. Two cards count only with more text."""
    taken: set[int] = set()
    for group in groups_alike(soup, 2):
        parent = group[0].parent
        if len(group) > MAX_CARDS or parent is None:
            continue
        if any(id(one) in taken for one in parent.parents):
            continue
        if cards := _named(group):
            taken.add(id(parent))
            yield cards


def _named(group: Sequence[Tag]) -> list[Card]:
    """The cards with their names; none if a name is uncertain, repeated or that of a usual page."""
    cards = [Card(element, name) for element in group if (name := _name_of(element))]
    names = {card.name.casefold() for card in cards}
    if len(cards) != len(group) or len(names) != len(cards) or _lead_to_pages(cards):
        return []
    is_enough = len(cards) >= LEAST_CARDS or all(map(_tells, cards))
    return cards if is_enough else []


def _tells(card: Card) -> bool:
    """Whether a card has text beside its name."""
    return len(beginning(card.element, MAX_CARD)) >= len(card.name) + LEAST_TOLD


def _lead_to_pages(cards: Sequence[Card]) -> bool:
    """Whether many cards have names of usual pages, as in a second menu."""
    # "Order Management" holds a word of a page, but only "Management" is the name of one.
    pages = [
        card
        for card in cards
        if kind_of_words(card.name) in _OTHER_SECTION and is_word_of_a_page(card.name)
    ]
    return 3 * len(pages) >= len(cards)


def _name_of(card: Tag) -> str | None:
    if short_text(card, MAX_CARD) is None:
        return None
    headings = card.find_all(HEADINGS, limit=2)
    if len(headings) > 1:
        return None
    part = headings[0] if headings else _part_with_name(card)
    name = beginning(part, 2 * MAX_NAME) if part is not None else ""
    return name if 1 < len(name) <= MAX_NAME else None


def _part_with_name(card: Tag) -> Tag | None:
    for part in card.find_all(class_=True, limit=20):
        if not isinstance(part, Tag):
            continue
        classes = part.get("class")
        if _NAME_CLASS.search(" ".join(classes) if isinstance(classes, list) else str(classes)):
            return part
    return None


@dataclass(frozen=True, slots=True)
class Section:
    """What stands above a grid: headings and short lines, and ids and classes around it."""

    titles: tuple[str, ...]
    marks: tuple[str, ...]


class Sections:
    """Reads the sections around grids; what stands before an element is read once."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings
        self._known: dict[int, list[str]] = {}

    def of(self, card: Tag) -> Section:
        """The section around a grid, found from its first card."""
        titles = self._titles_before(card)
        marks: list[str] = []
        element: Tag | None = card.parent
        for _ in range(4):
            if element is None or element.name in ("body", "main", "html", "[document]"):
                break
            classes = element.get("class")
            marks += [str(element.get("id") or ""), *(classes if isinstance(classes, list) else [])]
            titles = titles or self._titles_before(element)
            element = element.parent
        return Section(tuple(titles), tuple(mark for mark in marks if mark))

    def _titles_before(self, element: Tag) -> list[str]:
        if id(element) not in self._known:
            self._known[id(element)] = self._read_before(element)
        return self._known[id(element)]

    def _read_before(self, element: Tag) -> list[str]:
        before = element.find_previous_sibling()
        for _ in range(3):
            if not isinstance(before, Tag):
                return []
            if self._headings.count(before):
                parts = [beginning(before, 8 * MAX_SECTION), *_parts_of(before)]
                return [part for part in dict.fromkeys(parts) if 1 < len(part) <= MAX_SECTION]
            before = before.find_previous_sibling()
        return []


def _parts_of(element: Tag) -> list[str]:
    return [one_line(part) for part in islice(element.stripped_strings, MAX_TITLES)]


def _is_product_section(section: Section) -> bool:
    return any(map(is_about_products, section.titles)) or _is_marked(section)


def _is_marked(section: Section) -> bool:
    return any(_SECTION_ID.match(mark) for mark in section.marks)


def _is_only_a_range(section: Section) -> bool:
    """Whether only a word such as "Range" says that a section is about products."""
    about = [title for title in section.titles if is_about_products(title)]
    return all(map(names_range, about)) and not _is_marked(section)


def _is_headed_by_a_range(soup: BeautifulSoup) -> bool:
    heading = soup.find("h1")
    return isinstance(heading, Tag) and names_range(beginning(heading, MAX_SECTION))


def _tells_news(title: str) -> bool:
    """Whether a title such as "Product news" has a word for news or people too."""
    kinds = {kind_of_words(word) for word in slug(title).split("-")}
    return not kinds.isdisjoint({"press", "blog", "team", "careers"})


def _is_about_something_else(section: Section) -> bool:
    if any(map(_tells_news, section.titles)):
        return True
    is_other = any(kind_of_words(one) in _OTHER_SECTION for one in section.titles)
    return is_other and not any(map(is_about_products, section.titles))


def _are_sold(cards: Sequence[Card], url: str, text: str) -> bool:
    """Whether most cards have a page or price of their own, or their names stand elsewhere too.

    Features of one product have pictures as well.
    """
    sold = [
        card
        for card in cards
        if _has_own_link(card, url)
        or PRICE.search(beginning(card.element, MAX_CARD))
        or text.count(card.name) > beginning(card.element, MAX_CARD).count(card.name)
    ]
    return 5 * len(sold) >= 4 * len(cards)


def _are_shown(cards: Sequence[Card], url: str) -> bool:
    """Whether most cards have a picture or a link of their own."""
    shown = [card for card in cards if has_picture(card.element) or _has_own_link(card, url)]
    return 5 * len(shown) >= 4 * len(cards)


def has_picture(card: Tag) -> bool:
    """Whether an element has an `img` and the first one is no SVG, which is mostly an icon.

    A script may set the address later.
    """
    picture = card.find("img")
    if not isinstance(picture, Tag):
        return False
    addresses = [str(picture.get(name) or "") for name in ("src", "data-src", "data-lazy-src")]
    return not any(one.split("?")[0].lower().endswith(".svg") for one in addresses)


def _has_own_link(card: Card, url: str) -> bool:
    anchors = [*card.element.find_all("a", href=True, limit=4)]
    anchors += [card.element] if card.element.name == "a" else []
    for anchor in anchors:
        target = absolute(str(anchor.get("href") or ""), url)
        if target and site_key(target) != site_key(url):
            return True
        words = set(slug(card.name).split("-"))
        if target and words and words <= set(slug(target).split("-")):
            return True
    return False


def _are_told(cards: Sequence[Card], text: str) -> bool:
    """Whether the text names enough of the cards next to a comma, as in a list."""
    told = [card for card in cards if _is_told(card.name, text)]
    return len(told) >= 2 and 2 * len(told) >= len(cards)


def _is_told(name: str, text: str) -> bool:
    return f"{name}," in text or f", {name}" in text
