"""The rows of the demo: what a user asks for, and how each row should end."""

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

INTERVIEW = [
    ("Interviewer", "Good morning, and thank you for coming in.", 0.0, 3.0),
    ("Candidate", "Good morning, I am glad to be here.", 3.4, 5.8),
    ("Interviewer", "Tell me about a time when a reading turned out to be wrong.", 6.5, 10.5),
    (
        "Candidate",
        "Um, in March our gauge at the weir showed a flood on a dry day. I compared it with the two"
        " stations upstream, found a leaf on the sensor, and wrote a check that flags such a jump"
        " within 15 minutes. It has caught four more since.",
        11.6,
        31.0,
    ),
    ("Interviewer", "How do you explain a doubtful number to an engineer?", 31.8, 35.2),
    (
        "Candidate",
        "I show the raw readings next to the cleaned ones and say what I do not know.",
        36.1,
        42.0,
    ),
]
TRANSCRIPT = [
    {"id": number, "speaker": speaker, "sentence": sentence, "start": start, "end": end}
    for number, (speaker, sentence, start, end) in enumerate(INTERVIEW)
]

FIELDS = {
    "job_url": "jobUrl",
    "raw_job_description": "jobDescription",
    "title": "title",
    "interview_transcript_given": "transcript",
    "interview_original_audio_path": "interviewPath",
    "company_name": "companyName",
    "company_url": "companyUrl",
    "role": "role",
}
"""The names that the Edge Function has for the columns that it accepts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row to insert: the table, the columns for an insert by SQL, and the route of the Edge
    Function.

    `expected` are the outputs that the row must have if it completes.
    """

    label: str
    table: str
    route: str
    columns: Mapping[str, Any]
    status: str
    expected: Mapping[str, Any]
    error_code: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The body of the request to the Edge Function. The row's kind is in the route."""
        return {FIELDS[name]: value for name, value in self.columns.items() if name in FIELDS}

    def problems(self, row: Mapping[str, Any]) -> Iterator[str]:
        """The differences between how the row ended and how it should end."""
        code = (row["processing_error"] or {}).get("code")
        if (row["processing_status"], code) != (self.status, self.error_code):
            yield f"{row['processing_status']} ({code}) instead of {self.status}"
            return
        for name, value in self.expected.items():
            if row[name] != value:
                yield f"{name} is {row[name]!r} instead of {value!r}"


def wanted(site: Site, recording: str) -> list[Wanted]:
    """The rows of all kinds; `recording` is the path of an uploaded file."""
    return [*pages(site), pasted(), *interviews(recording), company(site)]


_BY_URL = ("job_positions", "/job-positions/by-url")
_STRUCTURED: dict[str, Any] = {
    "job_title": "Calibration Engineer",
    "company_name": "Brightwater Instruments",
    "salary_min": 34000,
    "salary_currency": "GBP",
    "location": "Lancaster, England, GB",
}
_PLAIN: dict[str, Any] = {
    "job_title": "Bench Joiner",
    "company_name": "Hartwell Joinery",
    "salary_min": 15.5,
    "salary_interval": "hour",
    "location": "Hebden Bridge, West Yorkshire",
}


def pages(site: Site) -> list[Wanted]:
    """Rows with the address of a posting, one for each kind of page."""
    with_logo = {**_STRUCTURED, "company_logo": f"{site.base_url}/assets/logo.png"}
    walled = {"job_url": site.behind_login}
    return [
        Wanted(
            "page with structured data",
            *_BY_URL,
            {"job_url": site.structured},
            "completed",
            with_logo,
        ),
        Wanted("plain page", *_BY_URL, {"job_url": site.plain}, "completed", _PLAIN),
        Wanted("page behind a sign-in", *_BY_URL, walled, "failed", {}, "login_required"),
    ]


def pasted() -> Wanted:
    """A row with the pasted text of a posting."""
    return Wanted(
        "pasted description",
        "job_positions",
        "/job-positions/by-description",
        {"raw_job_description": DESCRIPTION},
        "completed",
        {
            "job_title": "Junior Data Analyst",
            "company_name": "Fellside Water",
            "salary_max": 31000,
        },
    )


def interviews(recording: str) -> list[Wanted]:
    """A mock interview with a transcript, and a recording that cannot be transcribed, because the
    demo has no speech service."""
    table = "timeline_items"
    return [
        Wanted(
            "mock interview",
            table,
            "/mock-interview/analyse",
            {
                "type": "MOCK_ANALYSE",
                "title": "Practice for Fellside Water",
                "interview_transcript_given": TRANSCRIPT,
            },
            "completed",
            {"interview_duration_seconds": 42},
        ),
        Wanted(
            "recording without a speech service",
            table,
            "/timeline-items/analyse-interview",
            {
                "type": "INTERVIEW_ANALYSE",
                "title": "First call",
                "interview_original_audio_path": recording,
            },
            "failed",
            {},
            "provider_not_configured",
        ),
    ]


def company(site: Site) -> Wanted:
    """A row for an invented company that has a site."""
    return Wanted(
        "company",
        "company_research",
        "/research-direct",
        {
            "company_name": "Brightwater Instruments",
            "company_url": f"{site.base_url}/",
            "role": "Calibration Engineer",
        },
        "completed",
        {"coverage": {"github": "none", "website": "ok"}},
    )
