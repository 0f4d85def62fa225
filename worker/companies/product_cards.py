"""Reads one card of a list, such as those of products: its name, picture, links and price."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from bs4 import Tag

from worker.companies.elements import HEADINGS, beginning, short_text
from worker.companies.identity import site_key
from worker.companies.product_names import PRICE
from worker.companies.telling_pages import slug
from worker.pages.element_names import classes_of
from worker.pages.hosts import absolute
from worker.pages.search import first, iter_elements, links

LEAST_TOLD = 20
"""Characters of text beside the name on each of two cards; more cards may have none."""
MAX_CARD = 1_200
MAX_NAME = 120
MAX_CAPTION = 60
MAX_PRICE = 20
MAX_PARTS = 20
MAX_LINKS = 4
_NAME_CLASS = re.compile(
    r"(?:^|[\s_-])(?:name|title|heading|header|nazev|titel|titre|titulo|titolo)(?:$|[\s_-])", re.I
)


@dataclass(frozen=True, slots=True)
class Card:
    """One card and its name."""

    element: Tag
    name: str
    is_named: bool = True
    """Whether a heading or a class says what the name is; otherwise it is a caption."""


def card_of(element: Tag) -> Card | None:
    """The card that an element is; None if it has no name, several headings or much text."""
    if short_text(element, MAX_CARD) is None:
        return None
    read = islice(iter_elements(element, *HEADINGS), 3)
    headings = [heading for heading in read if not _is_a_price(heading)]
    if len(headings) > 1:
        return None
    named = _part_with_name(element)
    if named is not None and headings and not _is_before(named, headings[0], element):
        named = None
    part = named or (headings[0] if headings else _link_with_name(element))
    shown = _caption_of(element) if part is None else part
    name = beginning(shown, 2 * MAX_NAME) if shown is not None else ""
    is_name = 1 < len(name) <= MAX_NAME
    return Card(element, name, is_named=part is not None) if is_name else None


def _is_before(named: Tag, heading: Tag, card: Tag) -> bool:
    """Whether the named part ends before the heading begins, which then may head details."""
    parts = iter_elements(card)
    first_of_both = next((part for part in parts if part is named or part is heading), None)
    return first_of_both is named and all(one is not named for one in heading.parents)


def _is_a_price(heading: Tag) -> bool:
    """Whether a heading has little more than a price, such as `13,85 \u20ac/kg`."""
    text = beginning(heading, MAX_CAPTION)
    return len(text) <= MAX_PRICE and PRICE.search(text) is not None


def _caption_of(element: Tag) -> Tag | None:
    """The caption of a picture that is a card: marked as such, or all the text of the card."""
    marked = first(element, "figcaption", "strong", "b")
    if marked is not None:
        return marked
    return element if has_picture(element) and short_text(element, MAX_CAPTION) else None


def _part_with_name(card: Tag) -> Tag | None:
    classed = (part for part in iter_elements(card) if part.get("class") is not None)
    for part in islice(classed, MAX_PARTS):
        if _NAME_CLASS.search(" ".join(classes_of(part))):
            return part
    return None


def _link_with_name(card: Tag) -> Tag | None:
    """The link whose label begins a card with a picture and more text behind it."""
    link = first(card, "a")
    if link is None or not link.get("href") or not has_picture(card):
        return None
    label = beginning(link, MAX_CAPTION)
    has_text = len(beginning(card, MAX_CARD)) >= len(label) + LEAST_TOLD
    is_first = bool(label) and beginning(card, MAX_CAPTION).startswith(label)
    return link if is_first and has_text and first(card, "p") is not None else None


def are_numbered(cards: Sequence[Card]) -> bool:
    """Whether the cards begin with 1, 2 and so on, as steps and advantages do."""
    numbers = [_NUMBER.match(beginning(card.element, 8)) for card in cards]
    return all(
        match is not None and int(match[1]) == place for place, match in enumerate(numbers, 1)
    )


_NUMBER = re.compile(r"(\d{1,2})(?:[.):]|\s|(?=\D))")


def tells(card: Card) -> bool:
    """Whether a card has text beside its name."""
    return len(beginning(card.element, MAX_CARD)) >= len(card.name) + LEAST_TOLD


def are_sold(cards: Sequence[Card], url: str, text: str) -> bool:
    """Whether most cards have a page or price of their own, or their names stand elsewhere too.

    Features of one product have pictures as well.
    """
    sold = [
        card
        for card in cards
        if has_own_link(card, url)
        or PRICE.search(beginning(card.element, MAX_CARD))
        or text.count(card.name) > beginning(card.element, MAX_CARD).count(card.name)
    ]
    return 5 * len(sold) >= 4 * len(cards)


def are_shown(cards: Sequence[Card], url: str) -> bool:
    """Whether most cards have a picture or a link of their own."""
    shown = [card for card in cards if has_picture(card.element) or has_own_link(card, url)]
    return 5 * len(shown) >= 4 * len(cards)


def has_picture(card: Tag) -> bool:
    """Whether an element has an `img` and the first one is no SVG, which is mostly an icon.

    Neither counts a picture whose address says so. A script may set the address later. Without an
    `img`, a picture in the background counts.
    """
    picture = first(card, "img")
    if picture is None:
        return _has_background(card)
    addresses = _addresses(picture)
    return not any(one.endswith(".svg") or _OF_A_FEATURE.search(one) for one in addresses)


def _has_background(card: Tag) -> bool:
    """Whether a style of the element, or of a part of it, draws a photograph behind its text."""
    parts = (card, *islice(iter_elements(card), MAX_PARTS))
    styles = (str(part["style"]) for part in parts if part.get("style") is not None)
    return any(
        _BACKGROUND.search(style[:MAX_STYLE]) is not None and not _OF_A_FEATURE.search(style)
        for style in styles
    )


MAX_STYLE = 1_000
_BACKGROUND = re.compile(
    r"background(?:-image)?\s*:[^;]{0,200}url\([^)]{1,400}\.(?:jpe?g|webp|png|avif)", re.IGNORECASE
)


def has_only_an_icon(card: Tag) -> bool:
    """Whether the first `img` of an element is an SVG, and no link is in the element."""
    picture = first(card, "img")
    if picture is None or next(iter(links(card)), None) is not None:
        return False
    return any(address.endswith(".svg") for address in _addresses(picture))


def _addresses(picture: Tag) -> list[str]:
    names = [str(picture.get(name) or "") for name in ("src", "data-src", "data-lazy-src")]
    return [one.split("?")[0].lower() for one in names]


_OF_A_FEATURE = re.compile(
    r"(?:^|[/_-])(?:icons?|benefits?|features?|steps?|advantages?)\d{0,3}[/._-]"
)


def are_documents(cards: Sequence[Card]) -> bool:
    """Whether every card has links, and all of them lead to documents such as `flyer.pdf`."""
    return all(_leads_to_a_document(card.element) for card in cards)


def _leads_to_a_document(card: Tag) -> bool:
    anchors = [*islice(links(card), MAX_LINKS)]
    anchors += [card] if card.name == "a" and card.get("href") else []
    return bool(anchors) and all(
        re.split(r"[?#]", str(one["href"]), maxsplit=1)[0].lower().endswith(_DOCUMENTS)
        for one in anchors
    )


_DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip")


def are_captioned(cards: Sequence[Card]) -> bool:
    """Whether most cards are a picture and its caption, and the picture's file or its text for the
    blind has the words of the caption."""
    fitting = [card for card in cards if _is_of_its_picture(card)]
    return len(cards) >= LEAST_CAPTIONED and 3 * len(fitting) >= 2 * len(cards)


LEAST_CAPTIONED = 3
_OF_OTHERS = re.compile(
    r"(?:^|[/_-])(?:logos?|clients?|customers?|kunden|partners?|team|staff|people|certifi\w*|awards?"
    r"|flags?|avatars?|brands?)\d{0,3}(?:[/._-]|$)"
)


def _is_of_its_picture(card: Card) -> bool:
    picture = first(card.element, "img")
    if picture is None or not has_picture(card.element):
        return False
    addresses = _addresses(picture)
    if any(map(_OF_OTHERS.search, addresses)):
        return False
    wanted = _letters(card.name)
    shown = [str(picture.get("alt") or ""), *(_file_name(one) for one in addresses if one)]
    return len(wanted) > 2 and any(_is_alike(wanted, _letters(one)) for one in shown)


def _is_alike(wanted: str, shown: str) -> bool:
    """Whether one holds the other, and is not much longer."""
    short, long = sorted((wanted, shown), key=len)
    return len(short) > 2 and short in long and 2 * len(short) >= len(long)


def _letters(text: str) -> str:
    return slug(text).replace("-", "")


def _file_name(address: str) -> str:
    return unquote(address).rpartition("/")[2].rpartition(".")[0]


def lead_their_lines(cards: Sequence[Card]) -> bool:
    """Whether each card begins with its bold name and goes on: "Manta Ebro: wool for beds"."""
    return len(cards) >= LEAST_CAPTIONED and all(
        first(card.element, "b", "strong") is not None
        and beginning(card.element, 2 * MAX_NAME).startswith(card.name)
        and tells(card)
        for card in cards
    )


def has_own_link(card: Card, url: str) -> bool:
    """Whether a link in a card leads to another site, or its address has the words of the name."""
    anchors = [*islice(links(card.element), MAX_LINKS)]
    anchors += [card.element] if card.element.name == "a" else []
    for anchor in anchors:
        target = absolute(str(anchor.get("href") or ""), url)
        if target and site_key(target) != site_key(url):
            return True
        words = set(slug(card.name).split("-"))
        if target and words and words <= set(slug(target).split("-")):
            return True
    return False


def leads_to_its_page(card: Card, url: str) -> bool:
    """Whether a link leads to another page of the site, whose address has the words of the name."""
    words = set(slug(card.name).split("-"))
    around = (card.element, card.element.parent)
    anchors = [*islice(links(card.element), MAX_LINKS)]
    anchors += [each for each in around if each and each.name == "a" and each.get("href")]
    for anchor in anchors:
        target = absolute(str(anchor["href"]), url)
        if not target or target.partition("#")[0] == url.partition("#")[0]:
            continue
        if site_key(target) == site_key(url) and words <= set(slug(target).split("-")):
            return True
    return False


def are_told(cards: Sequence[Card], text: str) -> bool:
    """Whether the text names enough of the cards next to a comma, as in a list."""
    told = [card for card in cards if _is_told(card.name, text)]
    return len(told) >= 2 and 2 * len(told) >= len(cards)


def _is_told(name: str, text: str) -> bool:
    return f"{name}," in text or f", {name}" in text
