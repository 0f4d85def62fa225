"""Finds the pages of a site that tell about its company, by addresses and labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from worker.companies.identity import site_key
from worker.companies.page_words import (
    ALONE,
    KINDS,
    OTHER_SCRIPTS,
    PRODUCT_INDEXES,
    RANGE_SCRIPTS,
    RANGES,
)
from worker.pages.nfkc import nfkc

MAX_DEPTH = 2
MAX_PART = 120
MAX_WORDS = 5
"""A label or part of an address with more words counts as a headline."""
_NOT_A_PAGE = re.compile(
    r"\.(?:pdf|zip|png|jpe?g|gif|svg|webp|mp4|mp3|docx?|xlsx?|pptx?|ics|xml|rss|css|js)$",
    re.IGNORECASE,
)
_FILE_ENDING = re.compile(r"\.(?:x?html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|/)(?:index|default|home)$", re.IGNORECASE)
_LOCALE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2,4})?/", re.IGNORECASE)
_NOT_A_LETTER = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _pattern(words: str) -> str:
    """One pattern for the words of a kind; these are matched between hyphens."""
    parts = [
        re.escape(word.rstrip("*")) + (r"\w*" if "*" in word else "") for word in words.split()
    ]
    return rf"-(?:{'|'.join(sorted(parts, key=len, reverse=True))})-"


_KINDS = tuple((kind, re.compile(_pattern(words))) for kind, words in KINDS)
_SCRIPTS = tuple(
    (kind, tuple(word.replace("_", " ") for word in words.split())) for kind, words in OTHER_SCRIPTS
)
_INDEXES = frozenset(PRODUCT_INDEXES.split())
_RANGES = frozenset(RANGES.split())
_INDEX_SCRIPTS = next(words for kind, words in _SCRIPTS if kind == "products")
_NEVER = re.compile(
    r"(?:^|[/\s_-])(?:login|log-?in|sign-?in|sign-?up|register|account|cart|checkout|privacy|terms"
    r"|legal|cookies?|datenschutz\w*|agb|impressum|warenkorb|anmelden|mentions-legales|cgv|cgu"
    r"|confidentialite|panier|connexion|privacidad|aviso-legal|carrito|privacidade|carrinho"
    r"|note-legali|carrello|algemene-voorwaarden|winkelwagen|integritet\w*|personvern|tietosuoja"
    r"|polityka-\w+|regulamin|koszyk|ochrana-\w+|kosik|gizlilik|kvkk|sepet|adatvedel\w+|kosar"
    r"|confidentialitate|tag|tags|category|author|wp-content|wp-admin|feed)(?:$|[/\s_.-])"
)
# Paths under which a site usually shows what its users write.
_OF_USERS = re.compile(r"^(?:[@~]|(?:u|users?|members?|profiles?|authors?|forum|community)(?:/|$))")


def kind_of(url: str, label: str = "") -> str | None:
    """The subject of a page, judged by address and label; None if no rule finds one."""
    raw = urlsplit(url).path.strip("/")
    plain = _LOCALE.sub("", f"{raw}/").strip("/")
    path = _INDEX.sub("", _FILE_ENDING.sub("", plain))
    if path.count("/") >= MAX_DEPTH or _NEVER.search(raw.lower()) or _NOT_A_PAGE.search(raw):
        return None
    if _OF_USERS.match(raw.lower()):
        return None
    # The last part of the path decides first: /company/careers is about careers.
    parts = unquote(path).split("/")
    for text in (parts[-1], label, *reversed(parts[:-1])):
        if kind := kind_of_words(text):
            return kind
    return None


def slug(text: str) -> str:
    """The beginning of a text as in an address: small letters, no accents, hyphens."""
    return _slug(text[:MAX_PART])


@lru_cache(maxsize=4_096)
def _slug(text: str) -> str:
    # A page repeats its words in addresses and labels many times.
    plain = nfkc(text).casefold().translate(_LETTERS)
    letters = unicodedata.normalize("NFD", plain)
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return _NOT_A_LETTER.sub("-", bare).strip("-")


def is_product_index(text: str) -> bool:
    """Whether a part of an address or a label names a list of products."""
    return slug(text) in _INDEXES or text.strip() in _INDEX_SCRIPTS or names_range(text)


def names_range(text: str) -> bool:
    """Whether a text is a label such as "Our range", which other lists may bear too."""
    forms = {slug(text), slug(text.casefold().translate(_UMLAUTS))}
    return not _RANGES.isdisjoint(forms) or text.strip().casefold() in RANGE_SCRIPTS


def is_about_products(text: str) -> bool:
    """Whether a short text, such as a heading, has a word for products."""
    words = slug(text).split("-")
    return names_range(text) or (
        len(words) <= MAX_WORDS
        and (bool(_INDEXES.intersection(words)) or any(word in text for word in _INDEX_SCRIPTS))
    )


def is_word_of_a_page(text: str) -> bool:
    """Whether a text is nothing but a usual label of a page, such as "Our products"."""
    forms = {slug(text), slug(text.casefold().translate(_UMLAUTS))}
    if any(text.strip().casefold() in words for _, words in _SCRIPTS):
        return True
    return any(
        (found := pattern.search(f"-{form}-")) is not None and found[0] == f"-{form}-"
        for form in forms
        for _, pattern in _KINDS
    )


def kind_of_words(text: str) -> str | None:
    """The subject of a page with this label; None if the label has no known word."""
    text = text[:MAX_PART].strip()
    if not text:
        return None
    for kind, words in _SCRIPTS:
        if any(word in text.casefold() for word in words):
            return kind
    forms = {slug(text), slug(text.casefold().translate(_UMLAUTS))}
    if all(form.count("-") >= MAX_WORDS for form in forms):
        return None
    # The longest match decides: "trabaja con nosotros" is about work, "nosotros" about us.
    said = {kind: max(_said(form, pattern) for form in forms) for kind, pattern in _KINDS}
    best = max(said, key=lambda kind: said[kind])
    return best if said[best] else None


def _said(form: str, pattern: re.Pattern[str]) -> int:
    """The length of the longest match of a kind in a text; 0 if none counts."""
    whole = f"-{form}-"
    found = [one[0] for one in pattern.finditer(whole)]
    return max(
        (len(one) for one in found if one == whole or one.strip("-") not in ALONE), default=0
    )


def telling_pages(
    links: Iterable[tuple[str, str]], home: str, without: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """The pages of the site of `home` that tell about the company, as pairs of address and kind.

    One page of each kind comes first, then a second one, and so on.
    """
    site, seen = site_key(home), {bare_address(url) for url in (home, *without)}
    by_kind: dict[str, list[str]] = {kind: [] for kind, _ in KINDS}
    for url, label in links:
        kind = kind_of(url, label)
        if kind and site_key(url) == site and bare_address(url) not in seen:
            seen.add(bare_address(url))
            by_kind[kind].append(url)
    for urls in by_kind.values():
        urls.sort(key=lambda url: urlsplit(url).path.count("/"))
    rounds = max(map(len, by_kind.values()))
    return [
        (urls[turn], kind)
        for turn in range(rounds)
        for kind, urls in by_kind.items()
        if turn < len(urls)
    ]


def bare_address(url: str) -> str:
    """Host and path of an address, without `www.`, file ending and index page."""
    parts = urlsplit(url)
    path = _INDEX.sub("", _FILE_ENDING.sub("", parts.path.rstrip("/")))
    return f"{parts.netloc.lower().removeprefix('www.')}{path.rstrip('/')}"
