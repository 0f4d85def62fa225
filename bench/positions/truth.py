"""What must come out, by column, for one rendering of a posting."""

from __future__ import annotations

from typing import Any, TypeAlias

from bench.positions.posting import Posting

Truth: TypeAlias = "dict[str, Any]"

_CURRENCY_OF = {"€": "EUR", "£": "GBP"}


def columns(posting: Posting) -> Truth:
    """Every column that a complete rendering states; None where the posting is silent."""
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
    """The truth of a rendering that states no more than these columns."""
    return {name: value if name in names else None for name, value in truth.items()}


def without(truth: Truth, *names: str) -> Truth:
    """Leave columns out of the judgement: this rendering states them ambiguously."""
    return {name: value for name, value in truth.items() if name not in names}
