"""The values that must be read, by column, from one rendering of a posting."""

from __future__ import annotations

from typing import Any, TypeAlias

from bench.positions.posting import Posting

Truth: TypeAlias = "dict[str, Any]"

_CURRENCY_OF = {"€": "EUR", "£": "GBP"}


def columns(posting: Posting) -> Truth:
    """Every column of a complete rendering; None if the posting does not state the value."""
    salary, place = posting.salary, posting.place
    return {
        "job_title": posting.title,
        "company_name": posting.company,
        "company_website": posting.website,
        "workplace_type": posting.workplace,
        "employment_type": posting.employment,
        "salary": (
            (salary.minimum, salary.maximum, salary.currency, salary.interval) if salary else None
        ),
        "posted_at": posting.posted.isoformat() if posting.posted else None,
        "valid_through": posting.closes.isoformat() if posting.closes else None,
        "location": place.locality if place else None,
    }


def only(truth: Truth, *names: str) -> Truth:
    """The truth for a rendering that states only these columns."""
    return {name: value if name in names else None for name, value in truth.items()}


def without(truth: Truth, *names: str) -> Truth:
    """The truth without these columns. They are not judged, because this rendering states them
    ambiguously."""
    return {name: value for name, value in truth.items() if name not in names}
