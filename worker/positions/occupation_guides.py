"""Tells a guide to an occupation from a posting.

A guide has sections on tasks, skills and pay as a posting has, but nobody seeks a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from worker.positions.words.known import first_in, folded, groups, starts_with

MAX_SPEECH = 20_000
"""How many characters are searched for words of seeking; a guide is told by its start."""
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
