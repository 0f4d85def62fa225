"""Reads facts from elements named after them, such as `class="job-location"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from bs4 import Tag

from worker.pages.draft import FieldName
from worker.pages.element_names import names_of
from worker.pages.page_index import PageIndex
from worker.positions.frame_words import is_frame
from worker.positions.headline import short_text
from worker.positions.labels import Labelled

MAX_ELEMENTS = 200
"""The most elements with such a name that are examined."""
MAX_VALUE = 120
_OF_A_JOB = (
    r"(?:^|[\s_-])(?:job|posting|position|vacancy|opening)(?:[_-]?(?:detail|info|header))?s?[_-]?"
)
_NAMES: Mapping[FieldName, re.Pattern[str]] = {
    "location": re.compile(rf"{_OF_A_JOB}locations?$|^topcard__flavor--bullet$", re.I),
    "employment_type": re.compile(rf"{_OF_A_JOB}(?:work|employment|contract)[_-]?type$", re.I),
}


def named_facts(page: PageIndex) -> list[Labelled]:
    """The place of work and the employment type in elements named after them.

    A fact is left out if these elements have different texts, as in a list of postings.
    """
    texts: dict[FieldName, set[str]] = {field: set() for field in _NAMES}
    for element in islice(filter(_is_named, page.elements), MAX_ELEMENTS):
        text = short_text(element)
        if not text or page.around.contain(element):
            continue
        for field in _fields_of(element):
            texts[field].add(text)
    return [
        Labelled(field, text, text)
        for field, found in texts.items()
        if len(found) == 1 and len(text := next(iter(found))) <= MAX_VALUE and not is_frame(text)
    ]


def _is_named(element: Tag) -> bool:
    return bool(_fields_of(element))


def _fields_of(element: Tag) -> list[FieldName]:
    shown = names_of(element, "id", "data-automation", "data-testid")
    if any(name.startswith("num-") for name in shown):
        return []
    return [field for field, known in _NAMES.items() if any(map(known.search, shown))]
