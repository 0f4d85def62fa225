"""Finds employment types, workplace types and dates in the words of postings."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal, TypeAlias

WorkplaceType: TypeAlias = Literal["on_site", "hybrid", "remote"]

# Google's values for employmentType, in lower case, each with a pattern of words for it.
_EMPLOYMENT_WORDS = (
    (
        "full_time",
        r"full[\s_-]*time|vollzeit|temps plein|tiempo completo|jornada completa|voltijd|fulltid"
        r"|heltid|tempo (?:integral|inteiro|pieno)|período integral|\bpełny (?:etat|wymiar)"
        r"|\bpełnym wymiar|plný úvazek|plný úväzok|kokoaikai\w+|teljes munkaid[őo]"
        r"|normă întreagă|полная занятость|полный рабочий день|повна зайнятість"
        r"|пълно работно време|πλήρης απασχόληση|tam zamanlı"
        r"|フルタイム|全职|全職|풀타임|전일제|toàn thời gian",
    ),
    (
        "part_time",
        r"part[\s_-]*time|teilzeit|temps partiel|tiempo parcial|media jornada|deeltijd|deltid"
        r"|tempo parcial|meio período|tempo parziale|niepełn(?:y|ym) (?:etat|wymiar)|część etatu"
        r"|częściowy etat|(?:zkrácený|částečný) úvazek|(?:skrátený|čiastočný) úväzok"
        r"|osa-aikai\w+|részmunkaid[őo]"
        r"|частичная занятость|неполный рабочий день|неповна зайнятість|непълно работно време"
        r"|μερική απασχόληση|yarı zamanlı|パートタイム|兼职|兼職|파트타임|시간제|bán thời gian",
    ),
    ("contractor", r"contract(?:or)?\b|freelanc\w*|self[\s-]employed|1099"),
    ("temporary", r"tempor(?:ary|aire|al)|fixed[\s-]term|befristet|seasonal|\bcdd\b"),
    (
        "intern",
        r"intern(?:ship)?\b|praktik\w*|\bstage\b|stagiaire|becari[oa]|est[áa]gi\w+|tirocini\w+"
        r"|\bstaż\b|\bstáž\b|стажировк\w+|стажування|インターン|实习|實習|인턴",
    ),
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
_EMPLOYMENT = tuple((word, re.compile(said, re.I)) for word, said in _EMPLOYMENT_WORDS)
_WORKPLACE = tuple((word, re.compile(said, re.I)) for word, said in _WORKPLACE_WORDS)
_NEGATED = re.compile(r"\b(?:no|not|non|kein\w*|without)\b", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b", re.I)
_MONTH_DAY = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.I)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})(?:[-/.]|\s?年\s?|\.\s)(\d{1,2})(?:[-/.]|\s?月\s?|\.\s)(\d{1,2})(?!\d)"
)
_WITHOUT_SIGNS = re.compile(r"\A\s{0,9}((?:19|20)\d{2})([01]\d)([0-3]\d)(?:T\d\S{0,30})?\s{0,9}\Z")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")


def employment_type(text: str) -> str | None:
    """The employment types that a text names, joined by ", "; None if none is found."""
    found = [word for word, pattern in _EMPLOYMENT if pattern.search(text.strip())]
    return ", ".join(found) or None


def workplace_type(text: str) -> WorkplaceType | None:
    """The one workplace type that a short text names, or `hybrid` if it is among several.

    Otherwise None, also for a text with a negation ("no remote").
    """
    if _NEGATED.search(text):
        return None
    found = [word for word, pattern in _WORKPLACE if pattern.search(text)]
    if "hybrid" in found:
        return "hybrid"
    return found[0] if len(found) == 1 else None


def day(text: str) -> date | None:
    """The date that a text states; None if there is none, or if it could be two dates (03/04/2026).

    None also if the date does not exist, or if its year is before 1990 or after 2089.
    """
    if match := _YEAR_FIRST.search(text) or _WITHOUT_SIGNS.match(text):
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


FIRST_YEAR, LAST_YEAR = 1990, 2089
"""The years that a posting's date may have; 1970 or 9999 usually stands for a missing date."""


def _date(year: str, month: str | int, day_of_month: str | int) -> date | None:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        return datetime(int(year), int(month), int(day_of_month)).date()
    except ValueError:
        return None
