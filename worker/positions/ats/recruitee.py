"""Reads postings of Recruitee: https://docs.recruitee.com/reference/intro-to-careers-site-api."""

from __future__ import annotations

import json
from typing import Any

from pydantic import JsonValue

from worker.pages.draft import Draft
from worker.pages.periods import interval
from worker.positions.ats.adapter import (
    Address,
    Reference,
    account_of_host,
    name,
    not_listed,
)
from worker.positions.ats.fields import Pay, PostingFields, amount, currency, place


class Recruitee:
    """Adapter for `{company}.recruitee.com/o/{slug}`; a company's own domain is not recognised."""

    platform = "recruitee"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on a company's Recruitee host names; None if it names none.

        A part such as a language may stand before `/o/`.
        """
        company = account_of_host(address.host, "recruitee.com")
        segments = address.segments
        if company is None or "o" not in segments[:3]:
            return None
        rest = segments[segments.index("o") + 1 :]
        slug = name(rest[0]) if rest else None
        return Reference(self.platform, company, slug) if slug else None

    def endpoint(self, reference: Reference) -> str:
        """The URL of the data of all open postings of the company."""
        return f"https://{reference.board}.recruitee.com/api/offers/"

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting with the reference's slug or id; raises `not_listed()` without one."""
        job = _find(json.loads(answer).get("offers") or [], reference.posting)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["title"], "/title")
        fields.text("company_name", job.get("company_name"), "/company_name")
        fields.section(job.get("description"))
        fields.section(job.get("requirements"), "Requirements")
        fields.place(_places(job), "/locations")
        fields.employment(job.get("employment_type_code"), pointer="/employment_type_code")
        _add_workplace(fields, job)
        fields.pay(_pay(job.get("salary")), "/salary")
        fields.date("posted_at", job.get("published_at"), "/published_at")
        fields.date("valid_through", job.get("close_at"), "/close_at")
        fields.link(
            "apply_url",
            job.get("careers_apply_url") or job.get("careers_url"),
            "/careers_apply_url",
        )
        fields.employer_site(job.get("careers_url"), "/careers_url")
        fields.text("source_job_id", job.get("id"), "/id")
        return fields.draft()


def _find(offers: list[dict[str, Any]], slug: str) -> dict[str, Any]:
    for offer in offers:
        if slug in (offer.get("slug"), str(offer.get("id"))):
            return offer
    raise not_listed()


def _places(job: dict[str, Any]) -> list[dict[str, JsonValue] | None]:
    several = job.get("locations") or []
    if several:
        return [
            place(each.get("city"), each.get("state"), each.get("country"), each.get("name"))
            for each in several
        ]
    return [place(job.get("city"), job.get("state_name"), job.get("country"), job.get("location"))]


def _add_workplace(fields: PostingFields, job: dict[str, Any]) -> None:
    # Of several flags that are set, only `hybrid` counts; without it, nothing is added.
    stated = [word for word in ("remote", "hybrid", "on_site") if job.get(word) is True]
    if len(stated) == 1:
        fields.workplace(stated[0], f"/{stated[0]}")
    elif "hybrid" in stated:
        fields.workplace("hybrid", "/hybrid")


def _pay(stated: Any) -> list[Pay]:
    if not isinstance(stated, dict):
        return []
    return [
        Pay(
            amount(stated.get("min")),
            amount(stated.get("max")),
            currency(stated.get("currency")),
            interval(str(stated.get("period") or "")),
        )
    ]


ADAPTER = Recruitee()
