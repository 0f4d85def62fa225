"""The rows of a trial: some from the demo, and some with addresses that the environment names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from examples.demo.rows import INTERVIEW, TRANSCRIPT, pasted
from examples.site.server import Site
from examples.trial.project import TrialFailed

URLS = {
    "TRIAL_JOB_URL": "the address of any job posting",
    "TRIAL_COMPANY_URL": "the website of any company",
    "TRIAL_RECORDING": "the path of a recording of an interview",
}
SUFFIXES = (".mp3", ".mp4", ".aac", ".wav", ".flac", ".pcm", ".m4a", ".ogg", ".opus", ".webm")
"""What the bucket of interviews takes; its policies are in supabase/migrations."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to ask for.

    `body` goes to this `route` of the Edge Function. Without a route it has the columns of the row,
    which is inserted through the Data API, because the Edge Function refuses addresses in a private
    network, and the demo's site has one.
    """

    label: str
    pipeline: str
    table: str
    route: str | None
    body: dict[str, Any]


def asked(site: Site, recording: str | None) -> list[Asked]:
    """One row of each pipeline at least, if the environment names a recording.

    `recording` is the path of an uploaded file in the bucket of interviews.
    """
    enrich = ("enrich-job-position", "job_positions")
    analyse = ("analyse-interview", "timeline_items")
    research = ("company-research", "company_research")
    rows = [
        Asked("pasted posting", *enrich, pasted().route, pasted().body),
        Asked("posting of the demo's site", *enrich, None, {"job_url": site.structured}),
        Asked(
            f"mock interview of {len(INTERVIEW)} sentences",
            *analyse,
            "/mock-interview/analyse",
            {"title": "Trial", "transcript": TRANSCRIPT},
        ),
        Asked(
            "company of the demo's site",
            *research,
            None,
            {"company_name": "Brightwater Instruments", "company_url": f"{site.base_url}/"},
        ),
    ]
    if url := os.environ.get("TRIAL_JOB_URL"):
        rows.append(Asked("posting of your own", *enrich, "/job-positions/by-url", {"jobUrl": url}))
    if url := os.environ.get("TRIAL_COMPANY_URL"):
        own = {"companyName": urlsplit(url).hostname or url, "companyUrl": url}
        rows.append(Asked("company of your own", *research, "/research-direct", own))
    if recording:
        rows.append(
            Asked(
                "recording of your own",
                *analyse,
                "/timeline-items/analyse-interview",
                {"title": "Trial", "interviewPath": recording},
            )
        )
    return rows


def recording_file() -> Path | None:
    """The recording that the environment names, if it does.

    Raises `TrialFailed` if there is no such file, or if the bucket takes no files of its kind.
    """
    name = os.environ.get("TRIAL_RECORDING")
    if not name:
        return None
    file = Path(name)
    if not file.is_file() or not os.access(file, os.R_OK):
        raise TrialFailed("TRIAL_RECORDING names no file that can be read")
    if file.suffix.lower() not in SUFFIXES:
        raise TrialFailed(f"TRIAL_RECORDING must end in one of {', '.join(SUFFIXES)}")
    return file
