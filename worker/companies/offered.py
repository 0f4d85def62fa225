"""The products that a page seems to offer, by evidence such as links, prices and wording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from worker.companies.elements import (
    AROUND,
    AROUND_LISTS,
    HEADINGS,
    Headings,
    beginning,
    short_text,
)
from worker.companies.identity import site_key
from worker.companies.product_cards import has_only_an_icon, has_picture
from worker.companies.product_grids import cards_of_products
from worker.companies.product_menus import is_below_products, label_of, names_in_menus
from worker.companies.product_names import (
    MAX_NAME,
    PRICE,
    calls,
    has_odd_letters,
    is_name,
    is_titled,
    plain_name,
    steps_among,
)
from worker.companies.product_tables import names_in_tables
from worker.companies.telling_pages import (
    is_about_products,
    is_product_index,
    kind_of,
    kind_of_words,
    slug,
)
from worker.pages.element_names import classes_of
from worker.pages.hosts import absolute
from worker.pages.page_index import PageIndex
from worker.pages.search import around, first, links

MAX_ANCHORS = 800
MAX_HEADINGS = 200
MAX_PRODUCTS = 20
MAX_PARAGRAPH = 300
MAX_BLOCK = 1_500
MAX_PRICED = 500
_UP = 3
"""The search for the block of a heading goes up at most this many elements."""

_HEADINGS = ["h2", "h3", "h4", "h5"]
_FILE_ENDING = re.compile(r"\.(?:x?html?|php\d?|aspx?)$", re.IGNORECASE)
_OTHER_KINDS = frozenset({"about", "careers", "team", "values", "press", "blog", "customers"})
_NOT_OFFERED = _OTHER_KINDS | {"services"}
_EACH_MONTH = re.compile(
    r"(?:/|\bper\b|\bpro\b|\bpar\b|\bpor\b|\bal\b|\ba\b)\s?(?:mo|month|user|seat|year|yr|monat|jahr"
    r"|mois|an|mes|año|mese|anno|mês|ano|maand|jaar|månad|måned|miesiąc|měsíc|hour|stunde|heure"
    r"|hora|ora)\b|\bmonthly\b|\bmonatlich\b",
    re.IGNORECASE,
)
_OF_A_PRODUCT = re.compile(
    r"(?:^|[\s_-])(?:products?|prod(?=[_-])|produkte?|produits?|productos?|prodott[oi]|produtos?|urun(?:ler)?"
    r"|woocommerce-loop-product)(?:[_-]+(?:card|item|tile|box|block|row|name|title|teaser|entry|col|text|info|content))?"
    r"(?:$|[\s_])",
    re.IGNORECASE,
)
_INDEFINITE = frozenset({
    "a", "an", "ein", "eine", "un", "une", "una", "uno", "um", "uma", "een", "en", "ett", "et",
    "our", "the", "unser", "unsere", "notre", "nuestro", "nuestra", "il", "la", "le", "el", "o",
})  # fmt: skip
_OURS = re.compile(
    r"\b(?:is|ist|est|es|è|é|er|är|to|on|jest|je|это)\s(?:our|unsere?|notre|nuestr[oa]"
    r"|(?:il |la )?nostr[oa]|noss[oa]|o nosso|a nossa|onze?|vårt?|vores|nasz[ae]?"
    r"|naš[ae]?|наш\w?)\b",
    re.IGNORECASE,
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_TRADE_MARK = re.compile(r"^(\S[^™®\n]{1,50}?)\s?[™®]")


class Offered(NamedTuple):
    """The names of at most 20 products, the names of groups, and those of products in a group."""

    names: list[str]
    groups: list[str]
    grouped: list[str]


def products_offered(page: PageIndex, url: str, about: str) -> Offered:
    """What a page seems to offer. `about` is its subject, as in `telling_pages.py`."""
    headings = Headings(page)
    if about == "services" and any(is_about_products(text) for text in _titles(page)):
        about = "products"
    own = _of_this_page(page, url)
    sure = [*_by_address(page, url), *_by_mark(page), *own]
    likely, groups, grouped = names_in_menus(page), [], []
    if not own:
        # What a product's own page lists are mostly its parts and features.
        cards = cards_of_products(page, headings, url, about)
        likely += [*_in_blocks(page, headings, url, about), *cards.names]
        likely += names_in_tables(page) if about == "products" else []
        groups = [plain_name(name) for name in cards.groups]
        grouped = [plain_name(name) for name in cards.grouped]
    shown = [name for name in map(plain_name, likely) if not calls(name)]
    steps = steps_among(shown)
    found: dict[str, str] = {}
    for name in (*map(plain_name, sure), *(name for name in shown if name not in steps)):
        if is_name(name):
            found.setdefault(slug(name) or name, name)
    for group in groups:
        found.pop(slug(group) or group, None)
    return Offered(list(found.values())[:MAX_PRODUCTS], groups, grouped)


def _titles(page: PageIndex) -> list[str]:
    """The main heading. An address such as `/offer` may be of services or of products."""
    heading = page.first("h1")
    return [beginning(heading, 2 * MAX_NAME)] if heading else []


def _anchors(page: PageIndex, url: str) -> Iterator[tuple[Tag, str, str]]:
    """Links to the same site: the element, its label and its address."""
    site = site_key(url)
    for anchor in page.links[:MAX_ANCHORS]:
        target = absolute(str(anchor["href"]), url)
        if target and site_key(target) == site:
            yield anchor, label_of(anchor), target


def _parts(address: str) -> list[str]:
    parts = urlsplit(address)
    path = [unquote(part) for part in parts.path.split("/") if part]
    if parts.fragment:
        path.append(parts.fragment)
    return [_FILE_ENDING.sub("", part) for part in path]


def _by_address(page: PageIndex, url: str) -> list[str]:
    """Labels of links to a page of that name below a list of products."""
    targets: dict[str, set[str]] = {}
    names: list[tuple[str, str]] = []
    for _, label, target in _anchors(page, url):
        is_on_this_page = target.partition("#")[0] == url.partition("#")[0]
        # A link to a place on a page, such as `/products#quality`, is often no product.
        is_place = "#" in target and not (is_titled(label) or has_odd_letters(label))
        parts = [] if is_on_this_page or is_place else _parts(target)
        if label and len(parts) > 1 and any(is_product_index(part) for part in parts[:-1]):
            targets.setdefault(label, set()).add(target)
            names.append((label, parts[-1]))
    # A label that leads to several pages ("Details") is the name of none.
    return [
        label
        for label, part in dict.fromkeys(names)
        if len(targets[label]) == 1 and _same(label, part)
    ]


def _same(name: str, part: str) -> bool:
    """Whether a part of an address fits a name."""
    spelled = slug(name.casefold().translate(_UMLAUTS))
    if spelled == slug(part):
        return True  # "Möwe" and `moewe`.
    words = {word for word in slug(name).split("-") if word}
    if not any(word.isascii() for word in words):
        return bool(words)
    others = {word for word in slug(part).split("-") if word}
    others |= {slug(part).replace("-", "")}
    both = words & others or {word for word in others if word == slug(name).replace("-", "")}
    letters = sum(map(len, both))
    return bool(both) and (2 * letters >= sum(map(len, words)) or words <= others)


def _by_mark(page: PageIndex) -> list[str]:
    """The beginnings of headings up to a sign ™ or ®."""
    headings = page.named(*HEADINGS)[:MAX_HEADINGS]
    matches = (_TRADE_MARK.match(beginning(one, 2 * MAX_NAME)) for one in headings)
    return [match[1] for match in matches if match]


def _in_blocks(page: PageIndex, headings: Headings, url: str, about: str) -> list[str]:
    """Headings that, by their block or paragraph, seem to name a product."""
    linking = _Linking(page, url)
    found: list[str] = []
    priced: list[str] = []
    counts: Counter[str] = Counter()
    read = (heading for heading in headings.all if heading.name in _HEADINGS)
    for heading in islice(read, MAX_HEADINGS):
        name = plain_name(beginning(heading, 2 * MAX_NAME))
        counts[name] += 1
        if not is_name(name) or calls(name) or around(heading, AROUND) is not None:
            continue
        block = _block_of(heading, headings)
        above = headings.above(heading)
        is_elsewhere = _is_below_another_subject(above) or (
            about == "home" and _is_a_feature(block, above)
        )
        if _is_offered(name, heading, block, linking, about, is_elsewhere=is_elsewhere):
            found.append(name)
        elif _has_price(block) and (
            about == "products" or (about == "home" and has_picture(block))
        ):
            priced.append(name)
    # If only one name has a price, the price may be that of a delivery.
    found += priced if len(priced) > 1 else []
    return [name for name in found if counts[name] < 3]


def _is_offered(
    name: str, heading: Tag, block: Tag, linking: _Linking, about: str, *, is_elsewhere: bool
) -> bool:
    if about in ("products", "home") and _is_marked(heading, block) and not is_elsewhere:
        return True
    if about not in ("products", "services"):
        return False
    paragraph = _paragraph_after(heading)
    if _is_spoken_of(name, paragraph):
        return True
    if about != "products" or is_elsewhere:
        return False
    return linking.has_own_page(name, block) or _is_defined(name, paragraph)


def _is_below_another_subject(above: Tag | None) -> bool:
    """Whether the next higher heading above is about services, people or the like."""
    text = beginning(above, 2 * MAX_NAME) if above is not None else ""
    return kind_of_words(text) in _NOT_OFFERED and not is_about_products(text)


def _is_a_feature(block: Tag, above: Tag | None) -> bool:
    """Whether a block has an icon, no link and no price, and no heading says "Our products".

    A class may call it a product's nevertheless, as in "Zero plastic" on a maker's front page.
    """
    text = beginning(above, 2 * MAX_NAME) if above is not None else ""
    return has_only_an_icon(block) and not is_about_products(text) and not _has_price(block)


def _block_of(heading: Tag, headings: Headings) -> Tag:
    """The heading, or a larger element around it that has no other heading."""
    block = heading
    for _ in range(_UP):
        parent = block.parent
        if parent is None or parent.name in ("body", "main", "[document]", "html"):
            break
        if headings.count(parent) > 1 or short_text(parent, MAX_BLOCK) is None:
            break
        block = parent
    return block


def _is_marked(heading: Tag, block: Tag) -> bool:
    """Whether a class of the heading or its block says "product", as `product-card` does.

    An element between the two may say so as well.
    """
    between = islice(takewhile(lambda one: one is not block, heading.parents), _UP)
    for element in (heading, *between, block):
        names = " ".join(classes_of(element))
        if names and _OF_A_PRODUCT.search(names) and first(element, "h1") is None:
            return True
    return False


def _has_price(block: Tag) -> bool:
    if block.name in _HEADINGS:
        return False
    text = short_text(block, MAX_PRICED)
    if text is None:
        return False
    return PRICE.search(text) is not None and _EACH_MONTH.search(text) is None


class _Linking:
    """Tells which blocks of a page link to pages of their own."""

    def __init__(self, page: PageIndex, url: str) -> None:
        self._url = url
        anchors = page.links[:MAX_ANCHORS]
        self._framed = {str(one["href"]) for one in anchors if around(one, AROUND_LISTS)}

    def has_own_page(self, name: str, block: Tag) -> bool:
        """Whether a block links to a page whose address fits the name.

        No address fits a name in other letters; there it must be another page, to which menus,
        header and footer do not link.
        """
        anchors = [*islice(links(block), 5), *block.find_parents("a", href=True)]
        return any(self._fits(name, str(anchor["href"])) for anchor in anchors)

    def _fits(self, name: str, address: str) -> bool:
        target = absolute(address, self._url)
        if not target or site_key(target) != site_key(self._url):
            return False
        parts = _parts(target)
        if not parts or not _same(name, parts[-1]) or kind_of(target) in _OTHER_KINDS:
            return False
        if any(map(str.isascii, slug(name).split("-"))):
            return True
        is_elsewhere = target.partition("#")[0] != self._url.partition("#")[0]
        return is_elsewhere and address not in self._framed


def _paragraph_after(heading: Tag) -> str:
    element: Tag | None = heading
    for _ in range(_UP):
        sibling = element.find_next_sibling() if element is not None else None
        if isinstance(sibling, Tag):
            return beginning(sibling, MAX_PARAGRAPH)
        element = element.parent if element is not None else None
    return ""


def _is_spoken_of(name: str, paragraph: str) -> bool:
    """Whether the paragraph speaks of the name as a product: `Harbour Desk is …`."""
    if paragraph.startswith(("The ", "Das ", "Der ", "Die ", "Le ", "La ", "El ", "Il ", "De ")):
        paragraph = paragraph.split(" ", 1)[1]
    if not paragraph.startswith(name) or len(paragraph) <= len(name) + 10:
        return False
    rest = paragraph[len(name) :]
    if not rest.startswith((" ", "'", "’", ",", "は", "は、")):
        return False
    return is_titled(name) or has_odd_letters(name) or _OURS.match(rest.strip()) is not None


def _is_defined(name: str, paragraph: str) -> bool:
    """Whether the paragraph defines the name: `Kent Probe` is followed by `A probe for …`."""
    words = [word for word in slug(name).split("-") if len(word) > 2]
    told = slug(paragraph[:100]).split("-")
    if len(words) < 2 or not told or told[0] not in _INDEFINITE:
        return False
    taken_up = [word for word in words if word in told]
    return 0 < len(taken_up) < len(words) and is_titled(name)


def _of_this_page(page: PageIndex, url: str) -> list[str]:
    """The main heading, if the address or a breadcrumb shows that the page is a product's."""
    parts = _parts(url)
    is_below = len(parts) > 1 and any(is_product_index(part) for part in parts[:-1])
    if not parts or not (is_below or is_below_products(page)):
        return []
    heading = page.first("h1")
    name = beginning(heading, 2 * MAX_NAME) if heading else ""
    return [name] if name and _same(name, parts[-1]) else []
