"""Translates words of postings into the values of our columns."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal, TypeAlias

WorkplaceType: TypeAlias = Literal["on_site", "hybrid", "remote"]
Interval: TypeAlias = Literal["hour", "day", "week", "month", "year"]

# schema.org's employmentType values in lower case, and how people write them.
_EMPLOYMENT_WORDS = (
    ("full_time", r"full[\s_-]*time|vollzeit|temps plein|tiempo completo|jornada completa|voltijd"),
    ("part_time", r"part[\s_-]*time|teilzeit|temps partiel|tiempo parcial|media jornada|deeltijd"),
    ("contractor", r"contract(?:or)?\b|freelanc\w*|self[\s-]employed|1099"),
    ("temporary", r"tempor(?:ary|aire|al)|fixed[\s-]term|befristet|seasonal|\bcdd\b"),
    ("intern", r"intern(?:ship)?\b|praktik\w*|stage\b|stagiaire|becari[oa]"),
    ("volunteer", r"volunteer\w*|ehrenamt\w*|b[ée]n[ée]vol\w*"),
    ("per_diem", r"per[\s_-]diem"),
    ("other", r"^other$"),
)
_WORKPLACE_WORDS: tuple[tuple[WorkplaceType, str], ...] = (
    ("hybrid", r"\bhybrid\w*|\bhybride\b"),
    (
        "remote",
        r"\bremote\w*|telecommut\w*|work(?:ing)? from home|home[\s-]?office|t[ée]l[ée]travail",
    ),
    (
        "on_site",
        r"\bon[\s_-]?site\b|\bin[\s-]office\b|\bin[\s-]person\b|vor ort|sur site|presencial",
    ),
)
_INTERVAL_WORDS: tuple[tuple[Interval, str], ...] = (
    ("hour", r"\bhour(?:ly|s)?\b|\bhrs?\b|\bh\b|\bstunden?\b|\bstd\b|\bheures?\b|\bhora\b|\bph\b"),
    ("day", r"\bda(?:y|ily)\b|\btag(?:es)?\w*|\bjours?\b|\bd[ií]a\b"),
    ("week", r"\bweek(?:ly)?\b|\bwoche\b|\bsemaine\b|\bsemana\b"),
    ("month", r"\bmonth(?:ly)?\b|\bmonat(?:lich)?\b|\bmois\b|\bmes\b|\bpcm\b"),
    (
        "year",
        r"\b(?:year(?:ly)?|yr|annual(?:ly)?|annum|p\.?\s?a|jahr\w*|j[äa]hrlich|par an|a[ñn]o)\b",
    ),
)
_EMPLOYMENT = tuple((word, re.compile(said, re.I)) for word, said in _EMPLOYMENT_WORDS)
_WORKPLACE = tuple((word, re.compile(said, re.I)) for word, said in _WORKPLACE_WORDS)
_INTERVAL = tuple((word, re.compile(said, re.I)) for word, said in _INTERVAL_WORDS)
_NEGATED = re.compile(r"\b(?:no|not|non|kein\w*|without)\b", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b", re.I)
_MONTH_DAY = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")


def employment_type(text: str) -> str | None:
    """Our word or words for an employment type; None if the text contains none that we know."""
    found = [word for word, pattern in _EMPLOYMENT if pattern.search(text.strip())]
    return ", ".join(found) or None


def workplace_type(text: str) -> WorkplaceType | None:
    """Where the work is done, if a short text says one thing.

    Negated texts ("no remote") give None.
    """
    if _NEGATED.search(text):
        return None
    found = [word for word, pattern in _WORKPLACE if pattern.search(text)]
    if "hybrid" in found:
        return "hybrid"
    return found[0] if len(found) == 1 else None


def interval(text: str) -> Interval | None:
    """The period for which pay is stated, if a short text names exactly one."""
    found = [word for word, pattern in _INTERVAL if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def day(text: str) -> date | None:
    """The date that the text states, if it is unambiguous; 03/04/2026 could be two dates."""
    if match := _ISO.search(text):
        return _date(match[1], match[2], match[3])
    if match := _DAY_MONTH.search(text):
        return _date(match[3], _month(match[2]), match[1])
    if match := _MONTH_DAY.search(text):
        return _date(match[3], _month(match[1]), match[2])
    if match := _NUMERIC.search(text):
        return _numeric_day(int(match[1]), int(match[2]), match[3], dotted="." in match[0])
    return None


def _numeric_day(first: int, second: int, year: str, *, dotted: bool) -> date | None:
    if dotted or first > 12 or first == second:
        return _date(year, second, first)
    return _date(year, first, second) if second > 12 else None


def _month(name: str) -> int:
    start = name[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0


def _date(year: str, month: str | int, day_of_month: str | int) -> date | None:
    try:
        return datetime(int(year), int(month), int(day_of_month)).date()
    except ValueError:
        return None
