"""Tells a guide to an occupation from a posting.

A guide has sections on tasks, skills and pay as a posting has, but nobody seeks a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from worker.positions.words.known import folded, groups, starts_with

FEWEST = 2
"""The fewest different labels of a guide."""


def tells_of_an_occupation(labels: Iterable[str], heading: str, *, applies: bool) -> bool:
    """Whether a page without a way to apply is named or built as a guide: "How to become a baker",
    "Job outlook".
    """
    if applies:
        return False
    words = groups("posting")
    if any(starts_with(folded(line), words["becoming"]) for line in heading.splitlines()):
        return True
    said: set[str] = set()
    for label in map(folded, labels):
        if label.startswith(words["outlook"]):
            said.update(word for word in words["outlook"] if label.startswith(word))
    return len(said) >= FEWEST
