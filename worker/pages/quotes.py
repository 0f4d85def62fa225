"""Checks, without a model, that a text supports a model's claim.

The model's quote must be in the text, and the quote must contain or state the value.
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
    """The form of a text for comparisons: NFKC, single spaces, no common Markdown marks."""
    text = nfkc(text).translate(_QUOTES)
    return " ".join(_MARKS.sub(" ", text).split())


def is_quoted(quote: str, text: str) -> bool:
    """Whether the text contains the quote as whole words, both in the form of `flat`.

    False if the quote has fewer than 3 or more than 500 characters in that form.
    """
    wanted = flat(quote)
    if not MIN_QUOTE <= len(wanted) <= MAX_QUOTE:
        return False
    return next(standing(wanted, flat(text)), None) is not None


def standing(wanted: str, text: str, joined_by: str = "_") -> Iterator[int]:
    """Yield each position where `wanted` begins in the text and is not part of a longer word.

    Letters, digits and the characters in `joined_by` continue a word.
    """
    place = text.find(wanted)
    while wanted and place >= 0:
        end = place + len(wanted)
        around = text[max(0, place - 1) : place] + text[end : end + 1]
        if not any(sign.isalnum() or sign in joined_by for sign in around):
            yield place
        place = text.find(wanted, place + 1)


def _everywhere(_found: str) -> bool:
    return True


def with_word_replaced(
    text: str, word: str, by: str, where: Callable[[str], bool] = _everywhere
) -> str:
    """The text with `by` instead of `word` wherever `word` is a whole word.

    Case is ignored, unless lower case changes the length of the text. `where` gets the word as it
    stands in the text, and says whether it is replaced.
    """
    low, wanted = text.lower(), word.lower()
    if len(low) != len(text):
        low, wanted = text, word
    parts, end = [], 0
    for place in standing(wanted, low):
        if place >= end and where(text[place : place + len(wanted)]):
            parts += [text[end:place], by]
            end = place + len(wanted)
    return "".join([*parts, text[end:]])


def supported_value(field: FieldName, value: str, quote: str) -> str | None:
    """The value in the form to store; None if it is too long or the quote does not support it."""
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
    """The value as a complete URL; None if the quote lacks it or it is no web URL."""
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
