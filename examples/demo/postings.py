"""The rows of the demo: what a user inserts, and how each of them should end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examples.site.server import Site

DESCRIPTION = """\
# Junior Data Analyst

Location: Kendal, Cumbria
Salary: £27,500 to £31,000 per year

Fellside Water is looking for a Junior Data Analyst. You turn meter readings into maps that
our engineers act on, and tell us early when a reading cannot be true.

## What you bring

- SQL, and some Python
- Patience with data that people have typed in by hand
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """A row to insert. `expected` are outputs that it must have if it completes."""

    label: str
    columns: Mapping[str, str]
    status: str
    expected: Mapping[str, Any]
    error_code: str | None = None

    def problems(self, row: Mapping[str, Any]) -> Iterator[str]:
        """How the row ended otherwise than it should."""
        code = (row["processing_error"] or {}).get("code")
        if (row["processing_status"], code) != (self.status, self.error_code):
            yield f"{row['processing_status']} ({code}) instead of {self.status}"
            return
        for name, value in self.expected.items():
            if row[name] != value:
                yield f"{name} is {row[name]!r} instead of {value!r}"


def postings(site: Site) -> list[Posting]:
    """One posting of each kind."""
    return [
        Posting(
            "page with structured data",
            {"job_url": site.structured},
            "completed",
            {
                "job_title": "Calibration Engineer",
                "company_name": "Brightwater Instruments",
                "company_logo": f"{site.base_url}/assets/logo.png",
                "salary_min": 34000,
                "salary_currency": "GBP",
                "location": "Lancaster, England, GB",
            },
        ),
        Posting(
            "plain page",
            {"job_url": site.plain},
            "completed",
            {
                "job_title": "Bench Joiner",
                "company_name": "Hartwell Joinery",
                "salary_min": 15.5,
                "salary_interval": "hour",
                "location": "Hebden Bridge, West Yorkshire",
            },
        ),
        Posting(
            "page behind a sign-in", {"job_url": site.behind_login}, "failed", {}, "login_required"
        ),
        Posting(
            "pasted description",
            {"raw_job_description": DESCRIPTION},
            "completed",
            {
                "job_title": "Junior Data Analyst",
                "company_name": "Fellside Water",
                "salary_max": 31000,
            },
        ),
    ]
