"""Reads `baseSalary` of a JobPosting in many forms that are found on pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from worker.pages.currency_marks import currency_code
from worker.pages.draft import Findings, one_line
from worker.pages.numbers import plain_signs, read_number
from worker.pages.pay_size import is_filler
from worker.pages.periods import Interval, interval
from worker.pages.salary import Salary, find_salary, note_salary, parse_salary, worded

MAX_RATIO = 50
"""A range whose upper bound is at least this many times the lower one is a placeholder."""
_ROUND = re.compile("10{6,}")
_BARE_NUMBER = re.compile(r"\s{0,20}(\d[\d.,' ]{0,40})\s{0,20}")
_UNIT_CODES: dict[str, Interval] = {
    "ANN": "year",
    "MON": "month",
    "WEE": "week",
    "DAY": "day",
    "HUR": "hour",
    "P1Y": "year",
    "P1M": "month",
    "P1W": "week",
    "P1D": "day",
    "PT1H": "hour",
}
"""Codes of UN/CEFACT and durations of ISO 8601 for the periods of pay."""


@dataclass(frozen=True, slots=True)
class _Stated:
    low: float | None
    high: float | None
    text: str | None
    currency: str | None
    unit: Interval | None


def add_salary(findings: Findings, node: dict[str, Any], description: str = "") -> bool:
    """Add the pay in `baseSalary` of a JobPosting node, if there is any.

    Instead of a single number, which may be a job board's own, pay in the description is usually
    added. Returns True if the description's pay is added and does not include that number.
    """
    if node.get("estimatedSalary") is not None:
        findings.drop(
            "salary_range",
            _compact(node["estimatedSalary"]),
            "/estimatedSalary",
            "an estimate, not the employer's statement",
        )
    base = node.get("baseSalary")
    if base is None:
        return False
    stated = list(_read(base, _code(node.get("salaryCurrency")), None))
    evidence = f"/baseSalary {_compact(base)}"
    words = _own_words(stated, description)
    if words is None:
        _add(findings, stated, evidence)
        return False
    for each in stated:
        findings.drop("salary_range", _wording(each), evidence, "the description says otherwise")
    note_salary(findings, words, words.text, 1.0)
    return not _is_within(stated[0], words)


def _read(value: Any, currency: str | None, unit: Interval | None) -> Iterator[_Stated]:
    if isinstance(value, list):
        for item in value:
            yield from _read(item, currency, unit)
    elif isinstance(value, dict):
        currency = _code(value.get("currency") or value.get("salaryCurrency")) or currency
        unit = _unit(value) or unit
        inner = value.get("value", value.get("@value"))
        low = _number(value.get("minValue"), currency, unit)
        high = _number(value.get("maxValue"), currency, unit)
        if low or high:
            text = inner.strip() if isinstance(inner, str) and not _is_bare(inner) else None
            yield _Stated(low, high, text or None, currency, unit)
        else:
            yield from _read(inner, currency, unit)
    elif isinstance(value, str) and not _is_bare(value):
        if value.strip():
            yield _Stated(None, None, value.strip(), currency, unit)
    elif number := _number(value, currency, unit):
        yield _Stated(number, number, None, currency, unit)


def _unit(value: dict[str, Any]) -> Interval | None:
    for name in ("unitText", "unitCode"):
        stated = str(value.get(name) or "").strip()
        found = _UNIT_CODES.get(stated.upper()) or interval(stated.replace("_", " "))
        if found:
            return found
    return None


def _add(findings: Findings, stated: list[_Stated], evidence: str) -> None:
    salaries = [salary for each in stated if (salary := _salary(each)) is not None]
    for each in stated:
        if _bounds(each) != (each.low, each.high):
            findings.drop("salary_range", _wording(each), evidence, "a placeholder")
    if not salaries:
        return
    first = salaries[0]
    findings.add("salary_range", "; ".join(dict.fromkeys(each.text for each in salaries)), evidence)
    if any(each != first for each in salaries):
        return  # several zones or levels: one pair of numbers cannot express them
    findings.add("salary_min", first.minimum, evidence)
    findings.add("salary_max", first.maximum, evidence)
    findings.add("salary_currency", first.currency, evidence)
    findings.add("salary_interval", first.interval, evidence)


def _salary(stated: _Stated) -> Salary | None:
    if stated.low or stated.high:
        low, high = _bounds(stated)
        if not (low or high):
            return None
        if (low, high) != (stated.low, stated.high):
            stated = replace(stated, low=low, high=high, text=None)
        return Salary(_wording(stated), low, high, stated.currency, stated.unit)
    read = parse_salary(stated.text or "", currency=stated.currency, unit=stated.unit)
    return read and Salary(
        read.text, read.minimum, read.maximum, read.currency or stated.currency, read.interval
    )


def _bounds(stated: _Stated) -> tuple[float | None, float | None]:
    """The bounds that can be real pay; a bound such as 1 or 999999 only fills the field of a form.

    Both are None if they are in the wrong order or too far apart.
    """
    low, high = stated.low, stated.high
    is_filled = [each is not None and is_filler(each) for each in (low, high)]
    if any(is_filled) and low != high:
        low, high = (
            None if each is None or is_filler(each) or _ROUND.fullmatch(f"{each:.0f}") else each
            for each in (low, high)
        )
    elif any(is_filled) or (low and high and (low > high or high >= MAX_RATIO * low)):
        low = high = None
    return low, high


def _own_words(stated: list[_Stated], description: str) -> Salary | None:
    """The pay in the description's words, if it should replace the number in `stated`; otherwise
    None."""
    if len(stated) != 1 or stated[0].text or not description:
        return None
    low, high = _bounds(stated[0])
    number, unit = low or high, stated[0].unit
    is_range = low != high and low and high
    words = None if is_range else find_salary(description)
    if words is None or not (words.minimum or words.maximum):
        return None
    if number in (words.minimum, words.maximum) and words.minimum == words.maximum:
        return None
    if stated[0].currency and words.currency not in (None, stated[0].currency):
        return None
    if unit and words.interval not in (None, unit):
        return None
    return _completed(words, stated[0])


def _completed(words: Salary, stated: _Stated) -> Salary:
    read = parse_salary(words.text, currency=stated.currency, unit=words.interval or stated.unit)
    if read is None or (read.minimum, read.maximum) != (words.minimum, words.maximum):
        return words
    return Salary(words.text, read.minimum, read.maximum, read.currency, read.interval)


def _is_within(stated: _Stated, words: Salary) -> bool:
    """Whether the number in `stated` lies within the bounds of `words`."""
    number = stated.low or stated.high or 0
    low, high = words.minimum or words.maximum or 0, words.maximum or words.minimum or 0
    return low <= number <= high


def _wording(stated: _Stated) -> str:
    """The source's own wording for pay, or one made from its numbers."""
    if stated.text:
        return one_line(stated.text)
    return worded(stated.low, stated.high, stated.currency, stated.unit)


def _number(value: Any, currency: str | None, unit: Interval | None) -> float | None:
    """The one positive number in a value, or None. Job boards write 0 for "not stated"."""
    if isinstance(value, str):
        if _is_bare(value):
            return _bare(value)
        read = parse_salary(value, currency=currency, unit=unit)
        same = read is not None and read.minimum == read.maximum
        return read.minimum if read and same else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < 1e12 else None


def _is_bare(value: str) -> bool:
    return _BARE_NUMBER.fullmatch(plain_signs(value)) is not None


def _bare(value: str) -> float | None:
    token = plain_signs(value).strip()
    read = read_number(token)
    if read is None and re.fullmatch(r"\d{1,12}\.\d{1,6}", token):
        return float(token) or None  # written by a program, as 4200.0000
    return float(read) if read else None


def _code(value: Any) -> str | None:
    return currency_code(value) if isinstance(value, str) else None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
