"""Recognises values that programs write where a value is missing."""

from __future__ import annotations

import re
from datetime import date

from worker.pages.vocabulary import FIRST_YEAR, LAST_YEAR

_NOTHING = {
    "", "undefined", "null", "none", "nan", "nil", "n/a", "na", "n.a.", "tbd", "tba", "unknown",
    "untitled", "no title", "not available", "not specified", "[object object]", "(null)",
    "<null>", "default title", "job title", "position title", "title", "company name",
    "your company", "loading", "string", "test", "lorem ipsum", "false", "true", "k. a.", "k.a",
    "ohne titel", "sans titre", "sin título", "sem título", "senza titolo", "bez názvu",
    "bez tytułu", "zonder titel", "uden titel", "utan titel", "無題", "无标题",
}  # fmt: skip
# Variables of a template that have no value: "{{ job.title }}", "${title}", "%TITLE%".
_TEMPLATE = re.compile(
    r"\{\{[^{}]{0,80}\}\}|\$\{[^{}]{0,80}\}|\{%[^{}%]{0,80}%\}|%[A-Z_]{2,40}%"
    r"|\[\[[^\[\]]{0,80}\]\]|<%[^<>%]{0,80}%>|#\{[^{}]{0,80}\}"
)
_AROUND = " \t\n-\u2013\u2014_.,;:|/\u2026"


def is_placeholder(text: str) -> bool:
    """Whether the whole text stands for a missing value: "N/A", "{{title}}", "-"."""
    shown = " ".join(text.split()).casefold()
    return (
        shown in _NOTHING
        or shown.strip(_AROUND) in _NOTHING
        or _TEMPLATE.fullmatch(text.strip()) is not None
    )


def is_placeholder_place(text: str) -> bool:
    """Whether each part of a place between commas or semicolons is a placeholder: "undefined,
    null"."""
    return all(is_placeholder(part) for part in re.split("[,;]", text))


def is_placeholder_day(day: date) -> bool:
    """Whether a date is before 1990 or after 2089: programs write 9999-12-31 for a missing date."""
    return not FIRST_YEAR <= day.year <= LAST_YEAR
