"""Reads pay from text: its wording, and numbers only if the wording leaves no doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from price_parser import Price

from worker.pages.draft import Findings, one_line
from worker.pages.vocabulary import Interval, interval


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay of one position. `text` is a literal quote.

    A "$" without a country has no currency here, because twenty currencies use it.
    """

    text: str
    minimum: float | None = None
    maximum: float | None = None
    currency: str | None = None
    interval: Interval | None = None


_CODES = (
    "USD|EUR|GBP|CHF|CAD|AUD|NZD|SGD|HKD|JPY|CNY|INR|PLN|CZK|SEK|NOK|DKK|HUF|RON|BRL|MXN|ZAR|ILS"
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "zł": "PLN", "₪": "ILS", "₩": "KRW"}
_DOLLARS = {"us": "USD", "ca": "CAD", "c": "CAD", "a": "AUD", "au": "AUD", "nz": "NZD"}

_MONEY = rf"(?:(?:{_CODES})\s?\$?|(?:US|CA|C|AU|A|NZ|S|HK)\$|[$€£¥₹₽₪₩])"
_AFTER = rf"(?:\s?(?:(?:{_CODES})\b|[€£₹]|zł|euros?\b))"
_APOSTROPHE = "\u2019"
_NUMBER = (
    rf"\d{{1,3}}(?:[.,'{_APOSTROPHE}\u00a0\u202f ]\d{{3}}){{1,4}}(?:[.,]\d{{1,2}})?"
    r"|\d{1,12}(?:[.,]\d{1,2})?"
)
_DASH = r"(?:-|\u2013|\u2014|to|bis|à|and|und)"


def _amount_pattern(n: int) -> str:
    return (
        rf"(?P<before{n}>{_MONEY})?\s?(?P<number{n}>{_NUMBER})"
        rf"\s?(?P<k{n}>k\b)?(?P<after{n}>{_AFTER})?"
    )


_PER = (
    r"(?:\s?(?:gross|brutto|brut|net))?"
    r"(?:\s?(?:/|per|an?|pro|par|por|je)\s?(?:hour|hr|h|day|week|month|year|yr|annum|stunde|tag|monat"
    r"|jahr|heure|jour|mois|an|hora|mes|año)\b"
    r"|\s?(?:p\.\s?a\.|p/a|pa\b|p\.a\b|pcm\b|ph\b)"
    r"|\s?(?:annually|yearly|hourly|monthly|weekly|daily|jährlich|monatlich)\b)?"
)
_RANGE = re.compile(
    rf"(?<![\w.,]){_amount_pattern(1)}(?P<per1>{_PER})"
    rf"(?:\s?{_DASH}\s?{_amount_pattern(2)})?(?P<per2>{_PER})(?![\w%])",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"\b(?:salar(?:y|ies)|pay|compensation|remuneration|wages?|base|hourly rate|day rate|rate|earn"
    r"|gehalt|jahresgehalt|verg[üu]tung|lohn|salaire|r[ée]mun[ée]ration|salario|sueldo|salaris)\b",
    re.IGNORECASE,
)
_NOT_PAY = re.compile(
    r"\b(?:rais(?:ed|ing)|funding|series [a-f]|revenue|turnover|valu(?:ed|ation)|equity|grant|stock"
    r"|shares|bonus(?:es)?|sign[\s-]?on|401\s?\(?k\)?|budgets?|allowances?|stipends?|commission|ote"
    r"|on[\s-]target|assets|market|customers|invest\w*|transactions|referral|reimburse\w*|relocation"
    r"|voucher|umsatz|zuschuss|prime|sales|portfolio|million|billion|per user)\b",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"\b(?:up to|max(?:imum)?\.?|bis zu|jusqu'[àa]|hasta)\s*$", re.IGNORECASE)
_FROM = re.compile(
    r"\b(?:from|starting at|min(?:imum)?\.?|at least|ab|[àa] partir de|desde)\s*$", re.IGNORECASE
)
_CODE = re.compile(rf"({_CODES})\s?\$?", re.IGNORECASE)
MAX_AMOUNTS = 100
_CLAUSE = re.compile(r"[.;!?](?=\s)|\n|\||•")


def parse_salary(text: str) -> Salary | None:
    """Read a text that is known to be about pay; None if it states no amount."""
    found = [salary for salary, _, _ in _amounts(text, known=True)]
    return _together(found, one_line(text)) if found else None


def note_salary(findings: Findings, salary: Salary, evidence: str, confidence: float) -> None:
    """Add pay to the findings: its wording and, if known, its numbers."""
    findings.add("salary_range", salary.text, evidence, confidence)
    findings.add("salary_min", salary.minimum, evidence, confidence)
    findings.add("salary_max", salary.maximum, evidence, confidence)
    findings.add("salary_currency", salary.currency, evidence, confidence)
    findings.add("salary_interval", salary.interval, evidence, confidence)


def find_salary(text: str) -> Salary | None:
    """Find pay in running text; other money (funding, bonus, equity) is not pay.

    An amount needs a currency, and its clause must mention pay or state a period, and must not
    mention other money. If several different amounts are found (zones, levels), only their wording
    is kept.
    """
    found: list[Salary] = []
    for salary, before, after in _amounts(text, known=False):
        clause = f"{before} {after}"
        if _NOT_PAY.search(clause) or not (_PAY.search(clause) or salary.interval):
            continue
        if salary.text not in [other.text for other in found]:
            found.append(salary)
    if not found:
        return None
    return _together(found, "; ".join(salary.text for salary in found))


def _together(found: list[Salary], text: str) -> Salary:
    if len({(each.minimum, each.maximum, each.currency, each.interval) for each in found}) == 1:
        return replace(found[0], text=text)
    return Salary(text)


def _amounts(text: str, *, known: bool) -> list[tuple[Salary, str, str]]:
    """Each amount or range, with the rest of its clause before and after it."""
    found = []
    previous = 0
    for match in _RANGE.finditer(text):
        if not known and not _marks(match):
            continue
        before, after = _clause_around(text, previous, match)
        salary = _read(match, before, after)
        if salary is not None:
            found.append((salary, before, after))
        previous = match.end()
        if len(found) == MAX_AMOUNTS:
            break
    return found


def _clause_around(text: str, previous: int, match: re.Match[str]) -> tuple[str, str]:
    start, end = match.span()
    before = _CLAUSE.split(text[max(previous, start - 160) : start])[-1]
    after = _CLAUSE.split(text[end : end + 100])[0]
    # After a comma or a plus usually comes the next benefit, which is not about this amount.
    return before, re.split(r",|\+|\bplus\b|\band\b|\(", after)[0]


def _marks(match: re.Match[str]) -> list[str]:
    names = ("before1", "after1", "before2", "after2")
    return [mark.strip() for name in names if (mark := match[name])]


def _read(match: re.Match[str], before: str, after: str) -> Salary | None:
    if not (_amount(match, 1) or _amount(match, 2)):
        return None
    low, high = _bounds(match, before)
    currencies = {code for mark in _marks(match) if (code := currency_code(mark))}
    period = interval(f"{match['per1']} {match['per2']}") or interval(after[:25])
    limit = _UP_TO.search(before) or _FROM.search(before)
    return Salary(
        one_line((limit[0] if limit else "") + match[0]),
        float(low) if low else None,
        float(high) if high else None,
        currencies.pop() if len(currencies) == 1 else None,
        period,
    )


def _bounds(match: re.Match[str], before: str) -> tuple[Decimal | None, Decimal | None]:
    first, second = _amount(match, 1), _amount(match, 2)
    if first is None or second is None:
        up_to, at_least = _UP_TO.search(before), _FROM.search(before)
        return (None if up_to else first), (None if at_least else first)
    if match["k2"] and not match["k1"] and first < 1000:
        first *= 1000  # "90-120k"
    return (first, second) if first <= second else (None, None)


def _amount(match: re.Match[str], which: int) -> Decimal | None:
    text = match[f"number{which}"]
    if text is None:
        return None
    amount = Price.fromstring(text.replace(_APOSTROPHE, "").replace("'", "")).amount
    if amount is None:
        return None
    return amount * 1000 if match[f"k{which}"] else amount


def currency_code(text: str) -> str | None:
    """The ISO 4217 code for a code, an unambiguous symbol or a country's dollar; otherwise None."""
    word = text.strip()
    code = _CODE.fullmatch(word)
    if code:
        return code[1].upper()
    if word.lower().startswith("euro"):
        return "EUR"
    if word.endswith("$"):
        return _DOLLARS.get(word[:-1].strip().lower())
    return _SYMBOLS.get(word.lower())
