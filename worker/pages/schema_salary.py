"""Reads `baseSalary` of a JobPosting in every form found on pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from worker.pages.draft import Findings
from worker.pages.salary import Salary, currency_code, parse_salary
from worker.pages.vocabulary import Interval, interval

_BARE_NUMBER = re.compile(r"\s{0,20}\d[\d.,' ]{0,40}k?\s{0,20}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Stated:
    low: float | None
    high: float | None
    text: str | None
    currency: str | None
    unit: Interval | None


def add_salary(findings: Findings, node: dict[str, Any]) -> None:
    """Add the pay of a posting. `estimatedSalary` is dropped, because the job board guessed it."""
    base = node.get("baseSalary")
    if base is not None:
        stated = list(_read(base, _code(node.get("salaryCurrency")), None))
        _add(findings, stated, f"/baseSalary {_compact(base)}")
    if node.get("estimatedSalary") is not None:
        findings.drop(
            "salary_range",
            _compact(node["estimatedSalary"]),
            "/estimatedSalary",
            "an estimate, not the employer's statement",
        )


def _read(value: Any, currency: str | None, unit: Interval | None) -> Iterator[_Stated]:
    if isinstance(value, list):
        for item in value:
            yield from _read(item, currency, unit)
    elif isinstance(value, dict):
        currency = _code(value.get("currency") or value.get("salaryCurrency")) or currency
        unit = interval(str(value.get("unitText") or "").replace("_", " ")) or unit
        low, high = _number(value.get("minValue")), _number(value.get("maxValue"))
        if low or high:
            yield _Stated(low, high, None, currency, unit)
        else:
            yield from _read(value.get("value", value.get("@value")), currency, unit)
    elif isinstance(value, str) and not _BARE_NUMBER.fullmatch(value):
        if value.strip():
            yield _Stated(None, None, value.strip(), currency, unit)
    elif number := _number(value):
        yield _Stated(number, number, None, currency, unit)


def _add(findings: Findings, stated: list[_Stated], evidence: str) -> None:
    salaries = [salary for each in stated if (salary := _salary(each)) is not None]
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
    if stated.text is not None:
        read = parse_salary(stated.text)
        if read is None:
            return None
        return Salary(
            read.text,
            read.minimum,
            read.maximum,
            read.currency or stated.currency,
            read.interval or stated.unit,
        )
    low, high = stated.low, stated.high
    if low and high and low > high:
        return None
    return Salary(_wording(stated), low, high, stated.currency, stated.unit)


def _wording(stated: _Stated) -> str:
    """A wording for pay that the source states only as numbers."""
    low = f"{stated.low:,.2f}".removesuffix(".00") if stated.low else None
    high = f"{stated.high:,.2f}".removesuffix(".00") if stated.high else None
    if low and high:
        amount = low if low == high else f"{low} - {high}"
    else:
        amount = f"from {low}" if low else f"up to {high}"
    return " ".join(
        part
        for part in (stated.currency, amount, f"per {stated.unit}" if stated.unit else None)
        if part
    )


def _number(value: Any) -> float | None:
    """A positive number; None for 0, because job boards write 0 for "not stated"."""
    if isinstance(value, str) and _BARE_NUMBER.fullmatch(value):
        read = parse_salary(value)
        return read.minimum if read else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < 1e12 else None


def _code(value: Any) -> str | None:
    return currency_code(value) if isinstance(value, str) else None


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
