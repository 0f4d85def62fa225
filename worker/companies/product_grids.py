"""Finds lists of products by their layout: several cards of one form, each with a name.

Steps and people have the same form, so more evidence is needed, such as pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from bs4 import Tag

from worker.companies.alike import groups_alike
from worker.companies.elements import AROUND_LISTS, HEADINGS, Headings, beginning
from worker.companies.page_words import BRANDS
from worker.companies.product_cards import (
    MAX_NAME,
    Card,
    are_captioned,
    are_documents,
    are_numbered,
    are_shown,
    are_sold,
    are_told,
    card_of,
    has_own_link,
    has_picture,
    lead_their_lines,
    leads_to_its_page,
    tells,
)
from worker.companies.product_names import has_odd_letters, is_titled, tells_how
from worker.companies.telling_pages import (
    is_about_products,
    is_word_of_a_page,
    kind_of_words,
    names_range,
    slug,
)
from worker.pages.draft import one_line
from worker.pages.element_names import names_of
from worker.pages.page_index import PageIndex
from worker.pages.search import around, whole_text

LEAST_CARDS = 3
MAX_CARDS = 40
MAX_SECTION = 80
MAX_TITLES = 60
MAX_MARKS = 8
MAX_TOLD = 100_000
"""The names of cards are looked up in at most this many characters of the page."""
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


class Shown(NamedTuple):
    """The names on cards, the headings above cards that name groups, and the names below those."""

    names: list[str]
    groups: list[str]
    grouped: list[str]


def cards_of_products(page: PageIndex, headings: Headings, url: str, about: str) -> Shown:
    """The names on cards that, by the page and the layout, show products or brands.

    `about` is the page's subject; pages about most subjects have no result.
    """
    if about not in ("products", "home", "about"):
        return Shown([], [], [])
    text = ""
    found: list[str] = []
    groups: dict[str, list[str]] = {}
    sections = Sections(headings)
    needs_sale = about != "products" and not _is_headed_by_a_range(page)
    for cards in _grids(page):
        section = sections.of(cards[0].element)
        is_ours = _is_product_section(section)
        if _is_about_something_else(section) or _are_papers(cards, section):
            continue
        # Two cards are soon alike, so only a heading right above them can say what they show.
        if not is_ours and (about != "products" or len(cards) < LEAST_CARDS):
            continue
        text = text or one_line(whole_text(page.soup, " "))[:MAX_TOLD]
        if not all(card.is_named or leads_to_its_page(card, url) for card in cards):
            found += _captions(cards, section) if about == "products" else []
            continue
        if needs_sale and _is_only_a_range(section) and not are_sold(cards, url, text):
            continue
        shown = _shown_among(cards, url) if about == "products" else cards
        if are_shown(shown, url) or (about == "products" and are_told(shown, text)):
            found += (names := [card.name for card in shown])
            if group := _group_of(cards, headings, url):
                groups.setdefault(group, []).extend(names)
    # One heading above cards may well name the product that the cards tell about.
    several = groups if len(groups) > 1 else {}
    grouped = [name for names in several.values() for name in names]
    return Shown(found or _brands(headings, about), [*several], grouped)


def _shown_among(cards: Sequence[Card], url: str) -> Sequence[Card]:
    """Those cards that have a picture, if most do and the others leave the form.

    A section about a warranty may have the form of those about products.
    """
    pictured = [card for card in cards if has_picture(card.element)]
    is_most = len(pictured) >= LEAST_CARDS and 3 * len(pictured) >= 2 * len(cards)
    return pictured if is_most and not are_shown(cards, url) else cards


def _captions(cards: Sequence[Card], section: Section) -> list[str]:
    """The names that only captions or the beginnings of lines give, if they show products."""
    is_shown = are_captioned(cards) and not any(map(_OF_OTHERS.search, section.titles))
    names = [card.name.rstrip(" :.–-") for card in cards]
    return names if is_shown or _are_listed(cards, section) else []


# Captions there are of seals, partners or ways to pay.
_OF_OTHERS = re.compile(
    r"certif|zertif|certyf|sertif|сертиф|accredit|akkredit|\b(?:partner|partenaire|mitglied|member|membre|miembro"
    r"|socio|award|auszeichn|prix\b|premi|trust|vertrau|sponsor|zahlung|zahlart|pay(?:ment)?s?\b|paiement"
    r"|pagos?\b|pagament|betaal|versand|shipping|livraison|envío|spedizion|deliver|liefer|seen in"
    r"|bekannt aus|supplier|lieferant|fournisseur|proveedor|fornitor|qualit|team|kunden|client"
    r"|customer|referen|партн|клиент)",
    re.IGNORECASE,
)


def _are_listed(cards: Sequence[Card], section: Section) -> bool:
    """Whether the lines of a list "Our products" begin with bold names, most of them titles."""
    if not any(map(is_about_products, section.titles)) or not lead_their_lines(cards):
        return False
    titled = [card for card in cards if is_titled(card.name) or has_odd_letters(card.name)]
    return 3 * len(titled) >= 2 * len(cards)


def _group_of(cards: Sequence[Card], headings: Headings, url: str) -> str:
    """The heading above cards that mostly lead to a page each, such as "Washing lines"; else ""."""
    if 2 * sum(has_own_link(card, url) for card in cards) < len(cards):
        return ""
    heading = cards[0].element.find(HEADINGS)
    above = headings.above(heading) if isinstance(heading, Tag) else None
    text = beginning(above, 2 * MAX_NAME) if above is not None and above.name != "h1" else ""
    return text if text and not is_about_products(text) else ""


def _brands(headings: Headings, about: str) -> list[str]:
    """Headings of a section about brands, if each has a paragraph behind it."""
    found: list[str] = []
    read = (heading for heading in headings.all if heading.name in HEADINGS[:3])
    for heading in islice(read, MAX_TITLES):
        own = _is_about_brands(beginning(heading, 2 * MAX_SECTION))
        section = heading.find_parent(["section", "div"], id=_BRANDS_ID)
        if around(heading, AROUND_LISTS) is None and (own or section is not None):
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
        if int(other.name[1]) <= level or around(other, AROUND_LISTS) is not None:
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


def _grids(page: PageIndex) -> Iterator[list[Card]]:
    """Groups of named cards, without groups inside a group. Two cards count only with more text."""
    taken: set[int] = set()
    for group in groups_alike(page, 2):
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
    cards = [card for element in group if (card := card_of(element))]
    names = {card.name.casefold() for card in cards}
    if len(cards) != len(group) or len(names) != len(cards):
        return []
    if _lead_to_pages(cards) or are_numbered(cards):
        return []
    is_enough = len(cards) >= LEAST_CARDS or all(map(tells, cards))
    return cards if is_enough else []


def _lead_to_pages(cards: Sequence[Card]) -> bool:
    """Whether many cards have names of usual pages, as in a second menu."""
    # "Order Management" holds a word of a page, but only "Management" is the name of one.
    pages = [
        card
        for card in cards
        if kind_of_words(card.name) in _OTHER_SECTION and is_word_of_a_page(card.name)
    ]
    return 3 * len(pages) >= len(cards)


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
        marks = names_of(card, "id")
        element: Tag | None = card.parent
        for _ in range(4):
            if element is None or element.name in ("body", "main", "html", "[document]"):
                break
            marks += names_of(element, "id")
            titles = titles or self._titles_before(element)
            element = element.parent
        return Section(tuple(titles), tuple(marks))

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


def _is_headed_by_a_range(page: PageIndex) -> bool:
    heading = page.first("h1")
    return heading is not None and names_range(beginning(heading, MAX_SECTION))


def _tells_news(title: str) -> bool:
    """Whether a title such as "Product news" has a word for news or people too."""
    kinds = {kind_of_words(word) for word in slug(title).split("-")}
    return not kinds.isdisjoint({"press", "blog", "team", "careers"})


_FEATURES = re.compile(
    r"(?:^|[_-])(?:features?|benefits?|advantages?|vorteile|avantages|ventajas|usps?|why|steps?)"
    r"(?:$|[_-])",
    re.IGNORECASE,
)


_PAPERS = re.compile(
    r"\b(?:downloads?|flyers?|leaflets?|brochures?|documents?|documentation|unterlagen|dokumente"
    r"|prospekte?|broschüren?|téléchargements?|documentation|plaquettes?|documentos|folletos"
    r"|descargas|documenti|opuscoli|documentos|folhetos|documenten|brochures|folders?|dokument"
    r"|broschyrer|dokumenter|dokumenty|ulotki|broszury|letáky|brožury|dokumenti|документы|буклеты"
    r"|belgeler|broşürler|dokumentumok|documente)\b|カタログ|資料|下载|자료",
    re.IGNORECASE,
)


def _are_papers(cards: Sequence[Card], section: Section) -> bool:
    """Whether cards show documents: by the heading above them, and all their links."""
    return any(map(_PAPERS.search, section.titles)) and are_documents(cards)


def _is_about_something_else(section: Section) -> bool:
    if any(map(tells_how, section.titles)):
        return True
    if any(map(_tells_news, section.titles)) or any(
        map(_FEATURES.search, section.marks[:MAX_MARKS])
    ):
        return True
    is_other = any(kind_of_words(one) in _OTHER_SECTION for one in section.titles)
    return is_other and not any(map(is_about_products, section.titles))
