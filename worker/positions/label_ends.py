"""Finds where the value of a label ends, because the next label begins on the same line."""

from __future__ import annotations

import re

from worker.pages.draft import FieldName, one_line
from worker.pages.salary import parse_salary
from worker.pages.vocabulary import employment_type, workplace_type
from worker.positions.frame_words import is_section
from worker.positions.label_words import FIELD_OF

# A colon behind a word and outside of brackets.
COLON = re.compile(r"(?<=[^\W\d_])\s?:(?=[\s*])(?![^(]{0,200}\))")
WORD = re.compile(r"[^\s,;|*_]+")
MAX_LABEL_WORDS = 4


def label_of(text: str) -> str:
    """The text of a label in small letters without its colon."""
    return one_line(text).rstrip(":").strip().casefold().replace("\u2019", "'")


def value_and_rest(value: str, field: FieldName | None = None) -> tuple[str, str]:
    """The value, and the text from the next known label on: "Leeds Salary: £31,000" has one.

    The value is that of `field`. A title is cut only before a label whose own value fits it, and is
    left out if two labels may begin there, as in "Sales Office Location: Leeds".
    """
    for colon in COLON.finditer(value):
        words = list(WORD.finditer(value, 0, colon.start()))[-MAX_LABEL_WORDS:]
        starts = [
            word.start() for word in words if _begins_label(value, word.start(), colon, field)
        ]
        if starts:
            first, rest = value[: starts[0]], value[starts[0] :]
            is_sure = first[-2:-1] in _BETWEEN or not any(value[at].isupper() for at in starts[1:])
            return first.rstrip(_BETWEEN) if is_sure or field != "job_title" else "", rest
    return value, ""


def _begins_label(value: str, start: int, colon: re.Match[str], field: FieldName | None) -> bool:
    label, rest = value[start : colon.start()], value[colon.end() :]
    inner = FIELD_OF.get(label_of(label))
    before = value[:start]
    # "US" is a country here, and not the heading of a section.
    is_code = label.isupper() and len(label.strip()) <= MAX_CODE
    if not start or is_code or not (inner or is_section(label)):
        return False
    if any(map(_JOINING.fullmatch, (before.split()[-1], label.split()[0]))):
        return False
    if inner == "workplace_type" and field == "location":
        return not FULLY.fullmatch(before)
    return field != "job_title" or inner is None or fits(inner, rest[:MAX_READ])


MAX_CODE = 3
MAX_READ = 200
"""The most characters behind a label that are read; many labels would take too long otherwise."""
_JOINING = re.compile(
    r"of|for|and|&|und|für|der|des|de|del|della|di|do|da|du|van|von|voor|et|y|e|i|och|og|ja", re.I
)
"""Matches a word that the next one belongs to, so that no label begins at either."""
FULLY = re.compile(
    r"(?:fully|100 ?%|full|mostly|partly|voll|komplett|totalmente|helt|volledig|w pełni)\W*",
    re.IGNORECASE,
)
"""Matches words that belong to a following "remote"."""


def fits(field: FieldName, text: str) -> bool:
    """Whether a text begins as a value of a label for `field` does."""
    if field == "salary_range":
        return parse_salary(text) is not None
    if field in ("posted_at", "valid_through", "source_job_id"):
        return re.search(r"\d", text) is not None
    if field == "employment_type":
        return employment_type(text) is not None or re.search(r"\d", text) is not None
    return field != "workplace_type" or workplace_type(text) is not None


_BETWEEN = " \t,;|*_-\u2022\u00b7\u2013\u2014"
