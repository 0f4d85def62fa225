"""Reads postings of Rippling, from the data of its job boards (not documented by Rippling)."""

from __future__ import annotations

import json
import re
from typing import Any

from worker.pages.draft import Draft
from worker.pages.periods import interval
from worker.positions.ats.adapter import Address, Reference, is_uuid, name
from worker.positions.ats.fields import Pay, PostingFields, amount, currency, place

_LOCALE = re.compile(r"[a-z]{2}-[A-Z]{2}")


class Rippling:
    """Adapter for `ats.rippling.com/[{locale}/]{board}/jobs/{uuid}`."""

    platform = "rippling"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on `ats.rippling.com` names; None if it names none."""
        segments = address.segments
        if segments and _LOCALE.fullmatch(segments[0]):
            segments = segments[1:]
        if address.host != "ats.rippling.com" or len(segments) < 3 or segments[1] != "jobs":
            return None
        board = name(segments[0])
        if board is None or not is_uuid(segments[2]):
            return None
        return Reference(self.platform, board, segments[2])

    def endpoint(self, reference: Reference) -> str:
        """The URL of one posting as data."""
        return (
            f"https://api.rippling.com/platform/api/ats/v1/board/{reference.board}"
            f"/jobs/{reference.posting}"
        )

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting. Its description may have parts about the company and the role."""
        job = json.loads(answer)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["name"], "/name")
        fields.text("company_name", job.get("companyName"), "/companyName")
        description = job.get("description") or {}
        if isinstance(description, str):
            description = {"role": description}
        fields.section(description.get("company"))
        fields.section(description.get("role"))
        names = job.get("workLocations") or [(job.get("workLocation") or {}).get("label")]
        fields.place([place(text=each) for each in names], "/workLocations")
        for each in names:
            fields.workplace(each, "/workLocations")
        employment = job.get("employmentType") or {}
        fields.employment(employment.get("label"), pointer="/employmentType/label")
        fields.pay([_pay(each) for each in job.get("payRangeDetails") or []], "/payRangeDetails")
        fields.date("posted_at", job.get("createdOn"), "/createdOn")
        fields.link("apply_url", job.get("url"), "/url")
        fields.text("source_job_id", job.get("uuid"), "/uuid")
        return fields.draft()


def _pay(stated: dict[str, Any]) -> Pay:
    return Pay(
        amount(stated.get("rangeStart")),
        amount(stated.get("rangeEnd")),
        currency(stated.get("currency")),
        interval(str(stated.get("frequency") or "").replace("_", " ")),
    )


ADAPTER = Rippling()
