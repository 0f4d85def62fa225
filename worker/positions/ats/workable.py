"""Reads postings of Workable, from the list of all postings that an account's public widget has."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import JsonValue

from worker.pages.draft import Draft
from worker.positions.ats.adapter import (
    Address,
    Reference,
    account_of_host,
    name,
    not_listed,
)
from worker.positions.ats.fields import PostingFields, place

_SHORTCODE = re.compile(r"[A-Z0-9]{6,16}", re.IGNORECASE)
_SECTIONS = (("description", None), ("requirements", "Requirements"), ("benefits", "Benefits"))


class Workable:
    """Adapter for `apply.workable.com/{account}/j/{shortcode}` and
    `{account}.workable.com/j/{shortcode}`."""

    platform = "workable"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL names; None if it names no posting, or no account."""
        account = account_of_host(address.host, "workable.com")
        segments = address.segments
        if account in (None, "apply", "jobs"):
            if address.host != "apply.workable.com" or not segments:
                return None
            account, segments = name(segments[0]), segments[1:]
        if account is None or len(segments) < 2 or segments[0] not in ("j", "jobs"):
            return None
        if not _SHORTCODE.fullmatch(segments[1]):
            return None
        return Reference(self.platform, account, segments[1].upper())

    def endpoint(self, reference: Reference) -> str:
        """The URL of all postings of the account, with the descriptions (`details`)."""
        return f"https://apply.workable.com/api/v1/widget/accounts/{reference.board}?details=true"

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting with the reference's short code; raises `not_listed()` if it is missing.

        The answer's field `state` is a region, not a status.
        """
        account = json.loads(answer)
        job = _find(account.get("jobs") or [], reference.posting)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["title"], "/title")
        fields.text("company_name", account.get("name"), "/name")
        for key, heading in _SECTIONS:
            fields.section(job.get(key), heading)
        fields.place(_places(job), "/locations")
        fields.employment(job.get("employment_type"), pointer="/employment_type")
        if job.get("telecommuting") is True:
            fields.workplace("remote", "/telecommuting")
        fields.workplace(job.get("workplace_type"), "/workplace_type")
        fields.date("posted_at", job.get("published_on") or job.get("created_at"), "/published_on")
        fields.link("apply_url", job.get("application_url") or job.get("url"), "/application_url")
        fields.text("source_job_id", job.get("shortcode"), "/shortcode")
        return fields.draft()


def _find(jobs: list[dict[str, Any]], shortcode: str) -> dict[str, Any]:
    for job in jobs:
        if str(job.get("shortcode") or "").upper() == shortcode:
            return job
    raise not_listed()


def _places(job: dict[str, Any]) -> list[dict[str, JsonValue] | None]:
    shown = [each for each in job.get("locations") or [] if not each.get("hidden")]
    if shown:
        return [place(each.get("city"), each.get("region"), each.get("country")) for each in shown]
    return [place(job.get("city"), job.get("state"), job.get("country"))]


ADAPTER = Workable()
