"""The open roles and the postal addresses that a page shows."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from worker.companies.elements import HEADINGS, beginning
from worker.companies.listed_roles import listed_roles
from worker.companies.telling_pages import kind_of, slug
from worker.pages.draft import one_line
from worker.pages.hosts import absolute, platform
from worker.pages.nfkc import nfkc
from worker.pages.page_index import PageIndex
from worker.pages.search import first, whole_text

MAX_ROLES = 8
MAX_PLACES = 3
MAX_ROLE = 80
MAX_PLACE = 160
LEAST_PLACE = 10
MAX_ANCHORS = 800
_MARKED = re.compile(r"\((?:m|f|w|d|x|h|k|i)(?:\s?[/|]\s?(?:m|f|w|d|x|h|k|i|n|v)){1,3}\)", re.I)
_SENTENCE = re.compile(r"[?!:;]|\.\s|\.$|…|@")
_DIGITS = re.compile(r"\d")
# E-mail and telephone, often in one element with the address. "Tel Aviv" and Japanese block numbers
# such as "100-0005 1-2-3" are none.
_CONTACT = re.compile(
    r"\S{1,64}@\S{1,255}"
    r"|(?:\b(?:tel(?:e(?:phone|fon\w{0,2}|fax))?|phone|fon|fax|mob(?:ile?|il)?|call|телефон|тел)\b|電話|电话|☎)"
    r"\s?[.:]{0,2}\s?(?:no\.?\s)?(?=[+(\d])[\d\s()/.+-]{5,30}"
    r"|\+\d[\d\s()/.-]{6,25}\d|\(\d{2,5}\)\s?\d[\d\s/.-]{4,20}\d"
    r"|(?<![\d-])0(?!\d{2}-\d{4}(?![\d-]))(?:\d{1,3}[\s/.-]|\d{4}[/-])[\d\s/.-]{5,20}\d"
    r"|(?<![\d-])\d{3}[ .-]\d{3}[ .-]\d{4}(?![\d-])",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:e-?mail|tel(?:e(?:phone|fon\w{0,2}|fax))?|phone|fon|fax|mob(?:ile?|il)?)\b[\s.:]{0,4}$",
    re.IGNORECASE,
)
# In front of a number that was removed, any short word with a colon is its label, and so is "T".
_LABEL_OF_A_NUMBER = re.compile(
    r"(?:(?<!\w)[^\W\d_]{1,12}\.?\s?:|\b(?:[TFMPE]|ph|t[ée]l|tlf|tfno?|telef|gsm|cell|mobiel|puh|"
    r"тел|факс)\b[.:]?|[^\s\d,:]{2,4}:)\s?$",
    re.IGNORECASE,
)
_NUMBER_AT_END = re.compile(r"(?<=[^\W\d_][\s,])(?:\d{9,15}|\d{2,4}(?:[ .-]\d{2,4}){2,4})$")
LEAST_DIGITS = 9
"""A group of numbers at the end of an address with this many digits is a telephone's."""
_POSTCODE = re.compile(
    r"\b(?:\d{4,6}|\d{3}[ -]\d{2,4}|\d{2}-\d{3}|[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] \d[A-Z]\d)\b"
)
_MAP = re.compile(
    r"^https?://(?:(?:www\.|maps\.)?google\.[a-z.]{2,6}/maps|maps\.google\.|goo\.gl/maps"
    r"|maps\.app\.goo\.gl|(?:www\.)?openstreetmap\.org|maps\.apple\.com|yandex\.[a-z]{2,3}/maps)",
    re.IGNORECASE,
)


def open_roles(page: PageIndex, url: str, about: str) -> list[str]:
    """At most eight names of open roles; none if the page is not about careers."""
    if about != "careers":
        return []
    found = [name for name, target in _links(page, url) if _is_role(name, target, url)]
    for heading in page.named(*HEADINGS)[:200]:
        name = one_line(whole_text(heading, " "))
        if _MARKED.search(name):
            found.append(name)
    found += listed_roles(page, url)
    fit = [name for name in found if 3 <= len(name) <= MAX_ROLE and not _SENTENCE.search(name)]
    return list(dict.fromkeys(fit))[:MAX_ROLES]


def _links(page: PageIndex, url: str) -> list[tuple[str, str]]:
    found: dict[str, set[str]] = {}
    for anchor in page.links[:MAX_ANCHORS]:
        name = one_line(whole_text(first(anchor, *HEADINGS) or anchor, " "))
        if (target := absolute(str(anchor["href"]), url)) and name:
            found.setdefault(name, set()).add(target)
    # A label that leads to several pages ("Apply") is the name of none.
    return [(name, next(iter(targets))) for name, targets in found.items() if len(targets) == 1]


def _is_role(name: str, target: str, url: str) -> bool:
    parts = urlsplit(target)
    segments = [unquote(part) for part in parts.path.split("/") if part]
    if not segments:
        return False
    words = set(slug(name).split("-"))
    others = set(slug(segments[-1]).split("-"))
    is_same = len(words & others) >= max(1, len(words) // 2) and len(words) > 1
    if platform(target) not in (None, "linkedin"):
        return len(segments) > 1 and 1 < len(words) <= 10 and kind_of(target, name) != "careers"
    below = "/".join(segments[:-1])
    own = urlsplit(url).path.strip("/")
    is_below = kind_of(f"https://{parts.hostname}/{below}") == "careers" or (
        bool(own) and below == own
    )
    return is_below and is_same


def _is_marked_address(element: Tag) -> bool:
    if element.name == "a":
        return _MAP.match(str(element.get("href") or "")) is not None
    return "address" in str(element.get("itemprop") or "").split()


def addresses_in(page: PageIndex) -> list[str]:
    """At most three texts that seem to be postal addresses."""
    found = []
    marked = islice(filter(_is_marked_address, page.elements), 20)
    for element in [*page.named("address")[:20], *marked]:
        shape = _POSTCODE if element.name == "a" else _DIGITS
        parts = _without_contacts(beginning(element, 2 * MAX_PLACE))
        found += [part for part in parts if _may_be_place(part) and shape.search(part)][:1]
    return list(dict.fromkeys(found))[:MAX_PLACES]


def _without_contacts(text: str) -> list[str]:
    """The parts of a text between e-mail addresses and telephone numbers, without their labels."""
    # Full-width signs and digits are matched like others.
    *before, last = _CONTACT.split(nfkc(text))
    parts = [_LABEL_OF_A_NUMBER.sub("", part.rstrip()) for part in before]
    return [_without_label(_without_number(part)) for part in (*parts, last)]


def _without_number(text: str) -> str:
    """A text without the telephone number that ends it, and without that number's label."""
    text = text.strip(" ,;|·•-")
    number = _NUMBER_AT_END.search(text)
    if number is None or sum(map(str.isdigit, number[0])) < LEAST_DIGITS:
        return text
    return _LABEL_OF_A_NUMBER.sub("", text[: number.start()].rstrip())


def _without_label(text: str) -> str:
    """A text without a word such as "Tel." that is left at its end."""
    return _LABEL.sub("", text).strip(" ,;|·•-")


def _may_be_place(text: str) -> bool:
    return LEAST_PLACE <= len(text) <= MAX_PLACE and "@" not in text
