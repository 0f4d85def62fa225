"""Reads the least trusted source: the row's first guess of title and company."""

from __future__ import annotations

from pydantic import JsonValue

from worker.pages.draft import Draft, FieldName, Findings, one_line

GUESSED: tuple[FieldName, ...] = ("job_title", "company_name")
MAX_CHARACTERS = 200
CONFIDENCE = 0.2


def read_quick_look(quick_look: JsonValue) -> Draft:
    """Title and company from `{"job_title": …, "company_name": …}`; anything else is ignored.

    Browsers write this column, so it may contain any JSON.
    """
    findings = Findings("basic", None)
    guesses = quick_look if isinstance(quick_look, dict) else {}
    for field in GUESSED:
        guess = guesses.get(field)
        if isinstance(guess, str) and len(guess) <= MAX_CHARACTERS:
            findings.add(field, one_line(guess), "quick_look", CONFIDENCE)
    return findings.draft()
