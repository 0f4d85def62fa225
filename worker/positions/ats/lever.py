"""Reads postings of Lever: https://github.com/lever/postings-api."""

from __future__ import annotations

import json
from typing import Any

from worker.pages.draft import Draft
from worker.pages.markdown import plain
from worker.pages.periods import interval
from worker.positions.ats.adapter import Address, Reference, is_uuid, name
from worker.positions.ats.fields import Pay, PostingFields, amount, currency, place

_HOSTS = {"jobs.lever.co": "", "jobs.eu.lever.co": "eu"}


class Lever:
    """Adapter for `jobs.lever.co/{site}/{uuid}`, also on the EU host, and also with `/apply` at the
    end."""

    platform = "lever"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on Lever's hosts names; None if it names none."""
        if address.host not in _HOSTS or len(address.segments) < 2:
            return None
        site, posting = name(address.segments[0]), address.segments[1]
        if site is None or not is_uuid(posting):
            return None
        return Reference(self.platform, site, posting, _HOSTS[address.host])

    def endpoint(self, reference: Reference) -> str:
        """The URL of one posting as data."""
        region = ".eu" if reference.where else ""
        return (
            f"https://api{region}.lever.co/v0/postings/{reference.board}/{reference.posting}"
            "?mode=json"
        )

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting. Lever's answer does not name the company, so the page must."""
        job = json.loads(answer)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["text"], "/text")
        fields.section(job.get("description") or job.get("opening"))
        if not job.get("description"):
            fields.section(job.get("descriptionBody"))
        for part in job.get("lists") or []:
            fields.section(f"<ul>{part.get('content') or ''}</ul>", part.get("text"))
        fields.section(job.get("salaryDescription"))
        fields.section(job.get("additional"))
        categories = job.get("categories") or {}
        names = categories.get("allLocations") or [categories.get("location")]
        fields.place([place(text=each) for each in names], "/categories")
        fields.employment(categories.get("commitment"), pointer="/categories/commitment")
        stated = job.get("workplaceType")
        fields.workplace(None if stated == "unspecified" else stated, "/workplaceType")
        if isinstance(job.get("salaryRange"), dict):
            fields.pay([_pay(job["salaryRange"], job.get("salaryDescription"))], "/salaryRange")
        fields.date("posted_at", job.get("createdAt"), "/createdAt")
        fields.link("apply_url", job.get("applyUrl"), "/applyUrl")
        fields.text("source_job_id", job.get("id"), "/id")
        return fields.draft()


def _pay(stated: dict[str, Any], description: Any) -> Pay:
    words = plain(description) if isinstance(description, str) else ""
    return Pay(
        amount(stated.get("min")),
        amount(stated.get("max")),
        currency(stated.get("currency")),
        # `interval` is `per-year-salary` or `per-hour-wage`, for example.
        interval(str(stated.get("interval") or "").replace("-", " ")),
        words if 0 < len(words) <= 120 and any(c.isdigit() for c in words) else None,
    )


ADAPTER = Lever()
