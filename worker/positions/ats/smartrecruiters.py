"""Reads postings of SmartRecruiters: https://developers.smartrecruiters.com/docs/posting-api."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import JsonValue

from worker.pages.draft import Draft
from worker.positions.ats.adapter import UUID, Address, Reference, name
from worker.positions.ats.fields import PostingFields, place

_HOSTS = {"jobs.smartrecruiters.com", "careers.smartrecruiters.com"}
_POSTING = re.compile(rf"(\d{{6,20}}|{UUID})(?:-.*)?", re.IGNORECASE)
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters:
    """Adapter for `jobs.smartrecruiters.com/{company}/{id}[-slug]`."""

    platform = "smartrecruiters"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on SmartRecruiters' hosts names; None if it names none."""
        segments = [each for each in address.segments if each not in ("oneclick-ui", "company")]
        if address.host not in _HOSTS or len(segments) < 2:
            return None
        company, posting = name(segments[0]), _POSTING.fullmatch(segments[1])
        if company is None or posting is None:
            return None
        return Reference(self.platform, company, posting[1])

    def endpoint(self, reference: Reference) -> str:
        """The URL of one posting as data."""
        return (
            f"https://api.smartrecruiters.com/v1/companies/{reference.board}"
            f"/postings/{reference.posting}"
        )

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting; its description has up to four sections."""
        job = json.loads(answer)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["name"], "/name")
        company = job.get("company") or {}
        fields.text("company_name", company.get("name"), "/company/name")
        sections = (job.get("jobAd") or {}).get("sections") or {}
        for each in _SECTIONS:
            part = sections.get(each) or {}
            fields.section(part.get("text"), part.get("title"))
        location = job.get("location") or {}
        fields.place([_place(location)], "/location")
        if location.get("hybrid") is True:
            fields.workplace("hybrid", "/location/hybrid")
        elif location.get("remote") is True:
            fields.workplace("remote", "/location/remote")
        stated = (job.get("typeOfEmployment") or {}).get("label")
        fields.employment(stated, pointer="/typeOfEmployment/label")
        fields.date("posted_at", job.get("releasedDate"), "/releasedDate")
        fields.link("apply_url", job.get("applyUrl"), "/applyUrl")
        fields.text("source_job_id", job.get("id"), "/id")
        return fields.draft()


def _place(location: dict[str, Any]) -> dict[str, JsonValue] | None:
    country = location.get("country")
    return place(
        location.get("city"),
        location.get("region"),
        # The answer usually has the country as a two-letter code in lower case.
        country.upper() if isinstance(country, str) and len(country) == 2 else country,
        location.get("fullLocation"),
    )


ADAPTER = SmartRecruiters()
