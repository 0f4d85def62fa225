"""The first guess is used only if nothing better is known, and it can do no harm."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from worker.pages.draft import Draft, Finding
from worker.positions.merge import merge
from worker.positions.quick_look import read_quick_look


def test_a_guess_stands_in_only_where_the_posting_is_silent() -> None:
    guess = read_quick_look({"job_title": "Pump  Tester", "company_name": "Acme"})
    read = Draft(findings=(Finding(field="company_name", value="Acme Pumps", method="llm"),))
    merged = merge(read, guess)
    assert merged.value("company_name") == "Acme Pumps"
    assert merged.value("job_title") == "Pump Tester"
    title = merged.get("job_title")
    assert title is not None
    assert (title.method, title.evidence) == ("basic", "quick_look")


@pytest.mark.parametrize(
    "quick_look",
    [
        None,
        [],
        "Pump Tester",
        7,
        {},
        {"job_title": None, "company_name": ["Acme"]},
        {"job_title": "x" * 201, "company_name": " "},
        {"salary_min": 90000, "apply_url": "https://evil.example"},
    ],
)
def test_anything_else_is_no_guess(quick_look: JsonValue) -> None:
    assert read_quick_look(quick_look) == Draft()
