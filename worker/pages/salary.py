"""Reads pay from text: its wording, and its numbers if there is little doubt about them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from worker.pages.amounts import Money
from worker.pages.counts import is_count
from worker.pages.currency_marks import currency_of
from worker.pages.draft import Findings, one_line
from worker.pages.numbers import plain_signs
from worker.pages.pay_evidence import Place, is_other_money, places, weight
from worker.pages.pay_lists import label_of
from worker.pages.pay_size import can_be_paid, is_clear_without_period, is_less_than_pay
from worker.pages.pay_words import included_other
from worker.pages.periods import Interval, period_in


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay of one position. `text` is its wording; a value that is not known is None.

    A "$" alone leaves `currency` open, because about twenty currencies use this sign.
    """

    text: str
    minimum: float | None = None
    maximum: float | None = None
    currency: str | None = None
    interval: Interval | None = None


def note_salary(findings: Findings, salary: Salary, evidence: str, confidence: float) -> None:
    """Add the wording of pay, and what else is known of it, to the findings."""
    findings.add("salary_range", salary.text, evidence, confidence)
    findings.add("salary_min", salary.minimum, evidence, confidence)
    findings.add("salary_max", salary.maximum, evidence, confidence)
    findings.add("salary_currency", salary.currency, evidence, confidence)
    findings.add("salary_interval", salary.interval, evidence, confidence)


def worded(
    low: float | None, high: float | None, currency: str | None, interval: Interval | None
) -> str:
    """A wording for pay that is stated only in numbers, such as "EUR 50,000 per year".

    At least one of the bounds must be known.
    """
    least = f"{low:,.2f}".removesuffix(".00") if low else None
    most = f"{high:,.2f}".removesuffix(".00") if high else None
    if least and most:
        amount = least if least == most else f"{least} - {most}"
    else:
        amount = f"from {least}" if least else f"up to {most}"
    ending = f"per {interval}" if interval else None
    return " ".join(part for part in (currency, amount, ending) if part)


def parse_salary(
    text: str, *, currency: str | None = None, unit: Interval | None = None
) -> Salary | None:
    """Read a text that is known to be about pay; None if the text states no amount of pay.

    Numbers in doubt are left out. `currency` and `unit` are used if the amount itself states none.
    """
    plain = plain_signs(text)
    stated = [each for each in places(plain, needs_mark=False) if not is_other_money(each)]
    found = [
        _salary(text, plain, place, currency=currency, unit=unit)
        for place in _without_counts(plain, stated)
    ]
    return _together(found, one_line(text)) if found else None


def _without_counts(plain: str, stated: list[Place]) -> list[Place]:
    """The amounts without the numbers that count something or have another size, as "40 hours".

    Only numbers without a currency mark beside amounts that have one are left out.
    """
    sizes = [each.money.low for each in stated if each.money.marks and each.money.low]
    low, high = (min(sizes) / MAX_APART, max(sizes) * MAX_APART) if sizes else (0, 0)
    return [
        each
        for each in stated
        if not sizes
        or each.money.marks
        or not (
            is_count(plain, each.money.start, each.money.end)
            or (each.money.low and not low < each.money.low < high)
        )
    ]


MAX_APART = 5
"""A number without a currency mark is no pay if it is more times larger or smaller than the pay."""


def find_salary(text: str, own: Collection[str] = ()) -> Salary | None:
    """Find pay in running text; None if there is none.

    If several different amounts are pay, only their wording is kept, unless `own`, the title and
    the places of the posting, is the label of exactly one of them.
    """
    plain = plain_signs(text)
    sure: list[_Stated] = []
    likely: list[_Stated] = []
    previous: Place | None = None
    seen = places(plain)
    for number, place in enumerate(seen):
        found = weight(plain, place, previous, seen[max(0, number - 1) : number + 2])
        if found is None:
            continue
        stated = _Stated(_salary(text, plain, place), place.money)
        (sure if found == "sure" else likely).append(stated)
        previous = place if found == "sure" else previous
    sure = _without_slips(sure)
    # If there are sure amounts, a likely amount can only complete a sure one that it repeats.
    distinct = _distinct([each.salary for each in (*sure, *likely)])
    distinct = distinct[: len(_distinct([each.salary for each in sure])) or None]
    if len(distinct) > 1 and (chosen := _own(plain, sure or likely, own)):
        return chosen
    return _together(distinct, "; ".join(each.text for each in distinct)) if distinct else None


class _Stated(NamedTuple):
    salary: Salary
    money: Money


def _without_slips(sure: list[_Stated]) -> list[_Stated]:
    """The amounts without those that are no pay for their period, as "$120 per year", if others are
    clear."""
    if not any(each.salary.minimum or each.salary.maximum for each in sure):
        return sure
    return [
        each
        for each in sure
        if not each.money.interval
        or not is_less_than_pay(_sizes(each.money), each.salary.currency, each.money.interval)
    ]


def _own(plain: str, stated: list[_Stated], own: Collection[str]) -> Salary | None:
    """The pay whose label is the posting's title or place; None if it is that of none or "
    "several."""
    names = {_name(part) for each in own for part in (each, *re.split(r"[,;/(]", each))} - {""}
    fitting = [each.salary for each in stated if _name(label_of(plain, each.money)) in names]
    distinct = _distinct(fitting)
    return distinct[0] if len(distinct) == 1 else None


def _name(label: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", label.casefold()))


def _distinct(found: list[Salary]) -> list[Salary]:
    """The amounts without repetitions, which may add a missing currency or period."""
    kept: list[Salary] = []
    for salary in found:
        same = next((each for each in kept if _agree(each, salary)), None)
        if same is None:
            kept.append(salary)
        elif same.minimum == salary.minimum and same.maximum == salary.maximum:
            kept[kept.index(same)] = replace(
                same,
                currency=same.currency or salary.currency,
                interval=same.interval or salary.interval,
            )
    return kept


def _agree(left: Salary, right: Salary) -> bool:
    """Whether two statements can be the same pay, said more or less completely."""
    if left.text == right.text:
        return True
    if left.currency and right.currency and left.currency != right.currency:
        return False
    bounds = [(left.minimum, right.minimum), (left.maximum, right.maximum)]
    stated = [(a, b) for a, b in bounds if a and b]
    if left.interval and right.interval and left.interval != right.interval:
        a_year = PER_YEAR[left.interval] / PER_YEAR[right.interval]
        return bool(stated) and all(0.85 < a * a_year / b < 1.15 for a, b in stated)
    return bool(stated) and all(a == b for a, b in bounds)


PER_YEAR: dict[Interval, float] = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}
"""How many hours, days, weeks and months of full-time work a year has."""


def _together(found: list[Salary], text: str) -> Salary:
    first = found[0]
    if all(replace(each, text="") == replace(first, text="") for each in found):
        return replace(first, text=text)
    return next((each for each in found if _holds(each, found)), None) or Salary(text)


def _holds(salary: Salary, others: list[Salary]) -> bool:
    """Whether an amount holds all others, as "$20 - $22 per hour" holds "from $20/hr"."""
    low, high = salary.minimum, salary.maximum
    if low is None or high is None:
        return False
    return all(
        other is salary
        or (
            (other.minimum == other.maximum or None in (other.minimum, other.maximum))
            and low <= (other.minimum or other.maximum or 0) <= high
            and (other.currency or salary.currency) == salary.currency
            and (other.interval or salary.interval) == salary.interval
        )
        for other in others
    )


_UP_TO = re.compile(
    r"(?:\b(?:up ?to|under|below|unter|moins de|menos de|dưới|poniżej|méně než|max(?:imum|imal"
    r"|im[ao])?\.?|maks(?:imum)?\.?|bis(?: zu)?|jusqu'[àa]|hasta|at[ée]|fino a|tot"
    r"|a[žz](?: do)?|do(?: v[ýy][šs]e)?|до|upp till|op til|opp til|akár|p[âa]n[ăa] la|hingga"
    r"|sampai|tối đa|lên đến|đến|tới|έως|azami)|עד|حتى|最高|最大|上限|最多|最大で)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:\b(?:from|start(?:ing|s)?(?: salary)?(?: at| from)?|min(?:imum|imal|destens|d"
    r"|im[ao])?\.?|at least|over|above|more than|mehr als|über|plus de|m[áa]s de|acima de"
    r"|oltre|meer dan|powyżej|nad|více než|свыше|более|понад|över|yli|trên|ab"
    r"|[àa] partir d[eu]|d[èe]s|desde|da|a partire da|vanaf|od|от|від|från|fra|alkaen|alk\.?|no"
    r"|mulai(?: dari)?|dari|từ|από|en az|de la|upwards of)|ตั้งแต่|เริ่มต้น|最低|下限)\s*$",
    re.IGNORECASE,
)


_MOST = re.compile(
    r"[\s,(]{0,3}(?:max(?:imum|imal|im[ao])?|maks(?:imum)?|tops)(?![^\W\d_])\.?", re.I
)
_LEAST = re.compile(
    r"[\s,(]{0,3}(?:min(?:imum|imal|im[ao])?|mindestens|(?:and|&) (?:up|above)|or more|upwards"
    r"|en adelante|ou mais|o más|e più|et plus|y más)(?![^\W\d_])\.?",
    re.IGNORECASE,
)
_LEAST_BEFORE = re.compile(
    r"(?:^|[^\w])(?:min(?:imum|\.|imal\w{0,3}|im[ao])|lowest|mindest\w{0,30})"
    r"(?:\s[^\W\d_]{1,14}){1,6}:?\s*$|(?:^|\W)mindest[^\W\d_]{4,30}:?(?:\s[^\W\d_]{1,10}){0,2}\s*$",
    re.IGNORECASE,
)
"""Words that make an amount the least: "the minimum starting salary is $95,000"."""


def _salary(
    text: str,
    plain: str,
    place: Place,
    *,
    currency: str | None = None,
    unit: Interval | None = None,
) -> Salary:
    money = place.money
    up_to = _UP_TO.search(place.before)
    limit = up_to or _FROM.search(place.before)
    is_most = bool(up_to) or _MOST.match(place.after) is not None
    is_least = bool(limit) or _LEAST.match(place.after) is not None
    is_least = is_least or _LEAST_BEFORE.search(place.before) is not None
    low, high = _bounds(money, up_to=is_most, at_least=is_least and not is_most)
    currency = _currency(plain, place) or currency
    interval = money.interval or unit
    around = [] if interval else _intervals_around(place)
    sizes = _sizes(money)
    for each in around:
        if not interval and all(can_be_paid(size, currency, each, likely=True) for size in sizes):
            interval = each
    # With a bonus in it, an amount is not the base pay.
    mixed = _mixed(plain, money.end)
    if mixed or not _is_clear(money, currency, interval or next(iter(around), None)):
        low = high = None
    start = money.start - (len(limit[0]) if limit else 0)
    wording = one_line(re.sub(r"[*`\\]+", "", text[start : money.end + mixed]))
    return Salary(wording, low, high, currency, interval)


def _mixed(plain: str, end: int) -> int:
    """How many characters behind an amount say that it includes other money; no word is cut."""
    size = included_other(plain[end : end + MAX_MIXED])
    if size < MAX_MIXED or plain[end + size : end + size + 1].isspace():
        return size
    return len(plain[end : end + size].rpartition(" ")[0]) or size


MAX_MIXED = 100
"""The most characters behind an amount in which words such as "including bonus" are looked for."""


def _bounds(money: Money, *, up_to: bool, at_least: bool) -> tuple[float | None, float | None]:
    low = float(money.low) if money.low else None
    high = float(money.high) if money.high else None
    if money.is_range:
        return low, high
    if up_to or money.is_limit:
        return None, high
    return low, None if at_least or money.is_open else high


def _sizes(money: Money) -> list[float]:
    return [float(each) for each in (money.low, money.high) if each]


def _is_clear(money: Money, currency: str | None, interval: Interval | None) -> bool:
    """Whether the numbers are hardly in doubt, for instance for a missing "thousand"."""
    if interval and all(can_be_paid(size, currency, interval) for size in _sizes(money)):
        return True
    if money.interval or (interval and is_less_than_pay(_sizes(money), currency, interval)):
        return False
    return money.is_scaled or all(
        is_clear_without_period(size, currency, exact=money.has_decimals, marked=bool(money.marks))
        for size in _sizes(money)
    )


WIDE = 2_000


def _currency(plain: str, place: Place) -> str | None:
    money = place.money
    if not money.marks:
        return None
    wide = plain[max(0, money.start - WIDE) : money.end + WIDE]
    before = f"{place.label[-40:]} {place.before}"
    return currency_of(money.marks, before=before, behind=place.after, wide=wide)


_OTHER_AMOUNT = re.compile(r"\d[^,;\n]{0,40}[,;](?!\d)")


def _intervals_around(place: Place) -> list[Interval]:
    """The periods behind the amount, before it and in the label; at most one from each."""
    # A sign right before another number is of that number: "25元 每天8小时".
    behind = re.split(r"(?:[每毎一]\w)?\d", place.behind)[0]
    # "40 km weekly, pay 3,000 EUR": the period belongs to the kilometres.
    before = _OTHER_AMOUNT.split(place.before)[-1]
    found = (
        period_in(behind, last=False),
        period_in(before, last=True),
        period_in(place.label, last=True),
    )
    return [each for each in found if each]
