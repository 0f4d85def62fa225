"""Checks in code that a model's claim is supported by the posting's text.

The quote must be in the text word for word, ignoring white space and Markdown marks. The value must
follow from the quote by the same rules with which pages are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from worker.pages.draft import FieldName
from worker.pages.hosts import absolute, website
from worker.pages.nfkc import nfkc
from worker.pages.salary import parse_salary
from worker.pages.vocabulary import day, employment_type, workplace_type

MIN_QUOTE = 3
MAX_QUOTE = 500
MAX_VALUE = 200

_MARKS = re.compile(r"[*_`#>|\\]+|^[^\S\n]*[-+]\s+", re.MULTILINE)
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ad": None}
)


def flat(text: str) -> str:
    """The text as it is compared: NFKC, straight quotes, no Markdown marks, single spaces."""
    text = nfkc(text).translate(_QUOTES)
    return " ".join(_MARKS.sub(" ", text).split())


def is_quoted(quote: str, text: str) -> bool:
    """Whether the quote is in the text, as whole words."""
    wanted = flat(quote)
    if not MIN_QUOTE <= len(wanted) <= MAX_QUOTE:
        return False
    return next(standing(wanted, flat(text)), None) is not None


def standing(wanted: str, text: str, joined_by: str = "_") -> Iterator[int]:
    """The positions in a text where `wanted` stands as whole words, not inside longer words.

    Letters, digits and the characters in `joined_by` continue a word. `str.find` is used because a
    regular expression would compare letter by letter from every position.
    """
    place = text.find(wanted)
    while wanted and place >= 0:
        end = place + len(wanted)
        around = text[max(0, place - 1) : place] + text[end : end + 1]
        if not any(sign.isalnum() or sign in joined_by for sign in around):
            yield place
        place = text.find(wanted, place + 1)


def supported_value(field: FieldName, value: str, quote: str) -> str | None:
    """The value in our form if the quote supports it; otherwise None."""
    value = " ".join(value.split())
    if not value or len(value) > MAX_VALUE:
        return None
    check = _CHECKS.get(field, _says)
    return check(value, quote)


def _says(value: str, quote: str) -> str | None:
    return value if is_quoted(value, quote) else None


def _says_pay(value: str, quote: str) -> str | None:
    return value if _says(value, quote) and parse_salary(value) else None


def _says_address(value: str, quote: str) -> str | None:
    """A complete URL or a bare domain that is in the quote."""
    if value.rstrip("/") not in quote:
        return None
    return absolute(value if "//" in value else f"https://{value}", "")


def _says_website(value: str, quote: str) -> str | None:
    address = _says_address(value, quote)
    return website(address) if address else None


def _agrees(read: Callable[[str], str | None]) -> Callable[[str, str], str | None]:
    def check(value: str, quote: str) -> str | None:
        stated = read(quote)
        return stated if stated is not None and stated == value else None

    return check


def _day(text: str) -> str | None:
    stated = day(text)
    return stated.isoformat() if stated else None


_CHECKS: dict[FieldName, Callable[[str, str], str | None]] = {
    "company_website": _says_website,
    "apply_url": _says_address,
    "salary_range": _says_pay,
    "workplace_type": _agrees(workplace_type),
    "employment_type": _agrees(employment_type),
    "posted_at": _agrees(_day),
    "valid_through": _agrees(_day),
}
