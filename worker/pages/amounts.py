"""Finds amounts of money and ranges of them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from worker.pages.counts import follows_level, is_clock, is_year
from worker.pages.currency_marks import LETTERS, NO_LETTER_AFTER, marks_after, marks_before
from worker.pages.numbers import MAX_NUMBER, NUMBER, read_number, read_remainder, read_scale, scaled
from worker.pages.periods import Interval, period_after, period_before


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount of a text. `value` includes a word such as "thousand", and `number` does not.

    Each is None if in doubt. `power` is the word's power of ten. `is_open` means "or more".
    """

    start: int
    end: int
    token: str
    number: Decimal | None = None
    value: Decimal | None = None
    power: int = 0
    marks: tuple[str, ...] = ()
    interval: Interval | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount or a range. `low` and `high` are equal for one amount, and both None if in doubt.

    `is_open` means "or more", and `is_limit` "at most".
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    marks: tuple[str, ...]
    interval: Interval | None
    is_range: bool = False
    is_scaled: bool = False
    has_decimals: bool = False
    is_open: bool = False
    is_limit: bool = False


_TAIL = re.compile(r"[,.]-{1,2}(?! ?\d)|/-(?! ?\d)")
"""The signs for "no cents" behind a number: "45.000,-", and in India "25,000/-"."""

_OPEN = re.compile(
    r"\+(?! ?(?:equity|bonus|ote|benefit|commission|stock|tips?|super|prov|options|\d"
    r"|(?![元円圆원万萬만])[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]))"
    r"| ?(?:以上|起|이상)|(?<=[円元万萬원]) ?-(?:(?! ?[\d¥])|(?= ?\d{1,2} ?[:時时点點시]))",
    re.IGNORECASE,
)
_LIMIT = re.compile(r" ?(?:以下|以内|まで|이하|까지)")
_CASE_ENDING = re.compile(r"-ig\b")
_NOT_MONEY = re.compile(r"401|403")
_UNIT_AHEAD = re.compile(r" ?(?:%|percent\b|x\b)")
_AFTERNOON = re.compile(r" ?[ap]\.?m\b", re.IGNORECASE)
_INSIDE_A_WORD = re.compile(rf"[{LETTERS}.,#@]")


def read_amount(
    text: str, match: re.Match[str], *, is_second: bool = False, since: int = 0
) -> Amount | None:
    """The amount to which a number belongs; None if it is too long or seems no amount, as in "5%".

    `is_second` means that the number is the upper bound of a range. A mark that begins before
    `since` belongs to an earlier number, as in "1,200円 8時間".
    """
    token, place = match[0], match.end()
    if len(token) > MAX_NUMBER or is_clock(text, place):
        return None
    start, marks = marks_before(text, match.start(), token)
    if start < since:
        start, marks = match.start(), ()
    if not marks and start and _INSIDE_A_WORD.match(text, start - 1):
        return None
    if tail := _TAIL.match(text, place):
        place = tail.end()
    place, power, word = read_scale(text, place)
    if word == "k" and _NOT_MONEY.fullmatch(token):
        return None
    place, rest = read_remainder(text, place, power)
    end, more, is_open = _marks_behind(text, place, token)
    marks = (*marks, *more)
    if not (marks or is_second) and (word in ("m", "mm", "b") or _AFTERNOON.match(text, end)):
        return None
    if _UNIT_AHEAD.match(text, end) or not (power or more or _ends_word(text, end)):
        return None
    value = _value(token, power, word, marks)
    value = value + rest if value is not None else None
    found, end = period_after(text, end)
    if word.startswith("lp") or _is_malay_year(text, end, marks, word):
        found = "year"
    if _is_ukrainian_hour(text, end, marks, value):
        found = "hour"
    marks = _with_own_currency(marks, word)
    found = found or period_before(text, start)
    number = read_number(token)
    return Amount(start, end, token, number, value, power, marks, found, is_open)


_OWN_CURRENCIES = {
    "lpa": "INR", "l.p.a": "INR", "тр": "RUB", "triệu": "VND", "nghìn": "VND", "ngàn": "VND",
    "tỷ": "VND", "tỉ": "VND",
}  # fmt: skip
"""Words of magnitude that are used with one currency, which is often left out."""


def _with_own_currency(marks: tuple[str, ...], word: str) -> tuple[str, ...]:
    own = _OWN_CURRENCIES.get(word)
    return marks if own is None or (marks and own == "VND") else (*marks, own)


MAX_HRYVNIAS = 3_000
"""More hryvnias than this are no pay for an hour."""


def _is_ukrainian_hour(text: str, end: int, marks: tuple[str, ...], value: Decimal | None) -> bool:
    """Whether "год" behind hryvnias is short for the Ukrainian "hour"; in Russian it is "year"."""
    is_small = value is not None and value <= MAX_HRYVNIAS
    is_hryvnia = any(mark.lower() in ("грн", "₴", "uah") for mark in marks)
    return is_small and is_hryvnia and text[max(0, end - 3) : end].lower() == "год"


def _is_malay_year(text: str, end: int, marks: tuple[str, ...], word: str) -> bool:
    """Whether "th" is short for "year", as in Indonesian and Malay; in Vietnamese it is "month"."""
    is_malay = any(mark.lower() in ("rp", "idr", "rm", "myr") for mark in marks)
    is_malay = is_malay or word in ("juta", "jt", "ribu", "rb")
    return is_malay and text[max(0, end - 3) : end].lower() in ("/th", " th")


def _marks_behind(text: str, place: int, token: str) -> tuple[int, tuple[str, ...], bool]:
    end, marks = marks_after(text, place, token)
    opened = _OPEN.match(text, end)
    if opened:
        end = opened.end()
        if not marks:
            end, marks = marks_after(text, end, token)
    if case := _CASE_ENDING.match(text, end):
        end = case.end()
    return end, marks, opened is not None


def _ends_word(text: str, end: int) -> bool:
    """Whether no letter from A to Z follows a number, unlike in "3rd" and "24x7"."""
    return re.match(r"[A-Za-z]", text[end : end + 1]) is None


def _value(token: str, power: int, word: str, marks: tuple[str, ...]) -> Decimal | None:
    number = read_number(token)
    if number is None:
        return None
    # "mil" is a thousand in Spanish and Portuguese, but a million in Czech and in English slang.
    if word == "mil" and ({"Kč", "CZK"} & set(marks) or ("$" in marks and number < 10)):
        return None
    return scaled(number, token, power, word)


_JOIN = re.compile(
    r" {0,4}(?:-t[óő]l(?= ?\d)|-{1,2}>?|から|至|到|ถึง|إلى|الى|تا|עד|(?:to|bis(?: zu)?|à|a|al|do"
    r"|till|til|tot|hasta|at[ée]|fino a|p[âa]n[ăa] la|до|from|upp till|(?:and )?up to|đến|tới"
    r"|hingga|sampai"
    rf"|və|iki|ja|s/d|sd|ile|έως|ως|μέχρι|l[īi]dz|jusqu'à|kuni){NO_LETTER_AFTER}) {{0,4}}",
    re.IGNORECASE,
)
_AND = re.compile(
    r" {0,4}(?:and|und|et|y|e|i|och|og|en|a|és|și|si|ve|и|і|та|και|dan|và|ja|in|un|ir|و)"
    rf"{NO_LETTER_AFTER} {{0,4}}",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"(?:between|zwischen|entre|tra|fra|mellan|mellem|mellom|tussen|między|mezi|medzi|med"
    r"|između|между|між|între|között|arasında|arası|antara|giữa|בין|بين|μεταξύ|range of"
    r"|ranges? from)[^\d\n]{0,24}$",
    re.IGNORECASE,
)
_MARKS_FIRST = re.compile(r"[^\d\n]{0,8}")


def find_money(text: str) -> Iterator[Money]:
    """Amounts and ranges, also without a currency, in a text that `plain_signs` returned."""
    place = since = 0
    while match := NUMBER.search(text, place):
        place = match.end()
        first = read_amount(text, match, since=since)
        if first is None:
            continue
        second = _second(text, first)
        money = _single(text, first) if second is None else _range(first, second)
        place = since = max(place, money.end)
        yield money


def _second(text: str, first: Amount) -> Amount | None:
    """The upper bound of a range that starts with `first`, perhaps without a value; None if no
    range."""
    if first.is_open and text[first.end - 1 : first.end] == "+":
        return None
    join = _JOIN.match(text, first.end)
    if not join and _BETWEEN.search(text[max(0, first.start - 40) : first.start]):
        join = _AND.match(text, first.end)
    marks = _MARKS_FIRST.match(text, join.end()) if join else None
    number = NUMBER.match(text, marks.end()) if marks else None
    if join is None or number is None or is_clock(text, number.end()):
        return None
    second = read_amount(text, number, is_second=True)
    if second and second.start == join.end():
        return _upper(text, first, second, has_own_mark=second.start < number.start())
    is_number = text[join.end() : join.end() + 1].isdigit()
    return Amount(first.end, number.end(), number[0]) if is_number else None


def _upper(text: str, first: Amount, second: Amount, *, has_own_mark: bool) -> Amount | None:
    """The upper bound, or None if `first` seems to be no lower bound, as the 7 in "Band 7 - $25",
    or `second` seems to be a year.

    `has_own_mark` means that a currency mark stands before the digits of `second`. The upper bound
    has no value if it is in doubt whether both are a range.
    """
    if first.marks and not second.marks and is_year(second.token) and _is_less(second, first):
        return None
    if not has_own_mark or first.marks or first.power or not first.value or not second.value:
        return second
    ratio = second.value / first.value
    if follows_level(text, first.start) or (not second.power and ratio > 1_000):
        return None
    return replace(second, value=None) if not second.power and ratio > MAX_UNMARKED else second


def _is_less(amount: Amount, other: Amount) -> bool:
    return amount.value is not None and other.value is not None and amount.value < other.value


MAX_UNMARKED = 4
"""The most that "$x" in "3 - $x" is in relation to the first number, so that both are a range."""
_TORN = re.compile(r"[A-Za-z]\d{1,4}[kK]? ?-{1,2} ?$")
"""Text before an upper bound whose lower bound is in a word, as in "base40-70K"."""


def _single(text: str, amount: Amount) -> Money:
    limit = _LIMIT.match(text, amount.end)
    torn = _TORN.search(text[max(0, amount.start - 12) : amount.start])
    value = None if torn else amount.value
    return Money(
        amount.start,
        limit.end() if limit else amount.end,
        value,
        value,
        amount.marks,
        amount.interval,
        is_scaled=amount.power > 0,
        has_decimals=_has_decimals(amount),
        is_open=amount.is_open,
        is_limit=limit is not None,
    )


def _has_decimals(amount: Amount) -> bool:
    return not amount.power and re.search(r"[.,]\d{2}$", amount.token) is not None


def _range(first: Amount, second: Amount) -> Money:
    low, high = _bounds(first, second)
    intervals = {each for each in (first.interval, second.interval) if each}
    return Money(
        first.start,
        second.end,
        low,
        high,
        (*first.marks, *second.marks),
        intervals.pop() if len(intervals) == 1 else None,
        is_range=True,
        is_scaled=first.power > 0 or second.power > 0,
        has_decimals=_has_decimals(first) or _has_decimals(second),
        is_open=second.is_open,
    )


MAX_RATIO = 25


def _bounds(first: Amount, second: Amount) -> tuple[Decimal | None, Decimal | None]:
    """The lower and the upper value, both None if in doubt; one "k" may hold for both."""
    low, high = first.value, second.value
    if low is None or high is None or not low or first.number is None or second.number is None:
        return None, None
    if second.power and not first.power and first.number * 10**second.power <= high:
        low = first.number * 10**second.power  # "90-120k" is 90,000 to 120,000
    elif first.power and not second.power and high < low:
        high = second.number * 10**first.power  # "90k-120" is 90,000 to 120,000
    elif not second.power and low < 1000 and low * 1000 <= high and _ends_in_thousands(second):
        low *= 1000  # "57-61,000" is 57,000 to 61,000
    return (low, high) if low <= high <= low * MAX_RATIO else (None, None)


def _ends_in_thousands(amount: Amount) -> bool:
    return re.search(r"[., ']\d{3}$", amount.token) is not None
