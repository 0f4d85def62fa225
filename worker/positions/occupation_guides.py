"""Tells a guide to an occupation from a posting.

A guide has sections on tasks, skills and pay as a posting has, but nobody seeks a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.positions.words.known import first_in, folded, groups, starts_with

MAX_SPEECH = 20_000
"""How many characters are searched for words of seeking; a guide is told by its start."""
_COURSE = re.compile(
    r"\b(?:courses?|bootcamp|training|kurse?|lehrgang|weiterbildung|cours|formation|cursos?|cors[oi]"
    r"|cursus|szkolenie|kurz|kursus|kurssi|tanfolyam|курсы?)\b",
    re.IGNORECASE,
)
_MAX_NAME = 400
FEWEST = 2
"""The fewest different labels of a guide."""


def tells_of_an_occupation(
    labels: Iterable[str], text: str, heading: str, *, applies: bool
) -> bool:
    """Whether a page is named or built as a guide: "How to become a baker", "Job outlook".

    A page with a way to apply, or that says whom it seeks, is none: "Becoming a baker at Acme".
    """
    words = groups("posting")
    speech = folded(text[:MAX_SPEECH])
    if applies or any(first_in(speech, words[kind]) for kind in ("seeks_you", "sends_you")):
        return False
    if any(starts_with(folded(line), words["becoming"]) for line in heading.splitlines()):
        return True
    said: set[str] = set()
    for label in map(folded, labels):
        if label.startswith(words["outlook"]):
            said.update(word for word in words["outlook"] if label.startswith(word))
    return len(said) >= FEWEST


def is_course(name: str, title: str) -> bool:
    """Whether a page's name is that of a course for an occupation: "Baker Course | Acme".

    The word stands directly before or behind the title; "Golf Course Manager" is no course.
    """
    if not title:
        return False
    before, found, behind = name[:_MAX_NAME].casefold().partition(title.casefold())
    if not found:
        return False
    return bool(_COURSE.match(behind.lstrip(" -:")) or _COURSE_BEFORE.search(before))


_COURSE_BEFORE = re.compile(
    rf"(?:{_COURSE.pattern})(?: (?:de|di|do|para|per|pour|for|für|in|zum|zur)){{0,2}}"
    r"[ :-]{1,3}$",
    re.IGNORECASE,
)
