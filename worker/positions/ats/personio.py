"""Reads Personio's XML feeds: https://developer.personio.de/docs/retrieving-open-job-positions."""

from __future__ import annotations

import re

from lxml import etree

from worker.pages.draft import Draft
from worker.positions.ats.adapter import Address, Reference, account_of_host, feed_of, not_listed
from worker.positions.ats.fields import PostingFields, place

_ID = re.compile("[0-9]{1,20}")
_SUFFIXES = ("jobs.personio.de", "jobs.personio.com")


class Personio:
    """Adapter for `{company}.jobs.personio.de/job/{id}`, and the same on `jobs.personio.com`."""

    platform = "personio"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on a company's Personio host names, or None."""
        for suffix in _SUFFIXES:
            company = account_of_host(address.host, suffix)
            segments = address.segments
            if (
                company
                and len(segments) >= 2
                and segments[0] == "job"
                and _ID.fullmatch(segments[1])
            ):
                language = address.query.get("language", "")
                return Reference(
                    self.platform, company, segments[1], f"{suffix}/{language[:2].lower()}"
                )
        return None

    def endpoint(self, reference: Reference) -> str:
        """The URL of the feed of all positions, in the language that the posting's URL names, if
        any.
        """
        suffix, _, language = reference.where.partition("/")
        query = f"?language={language}" if language.isalpha() else ""
        return f"https://{reference.board}.{suffix}/xml{query}"

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the position with the reference's number; raises `not_listed()` without one."""
        position = _find(answer, reference.posting)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", position.findtext("name"), "name")
        fields.text("company_name", position.findtext("subcompany"), "subcompany")
        for part in position.iterfind("jobDescriptions/jobDescription"):
            fields.section(part.findtext("value"), part.findtext("name"))
        offices = [position.findtext("office")]
        offices += [each.text for each in position.iterfind("additionalOffices/office")]
        fields.place([place(text=each) for each in offices if each], "office")
        kind = position.findtext("employmentType")
        # The type "permanent" says nothing about hours, so this type is left out.
        fields.employment(
            position.findtext("schedule"), None if kind == "permanent" else kind, pointer="schedule"
        )
        fields.date("posted_at", position.findtext("createdAt"), "createdAt")
        fields.link("apply_url", _page(reference), "id")
        fields.text("source_job_id", reference.posting, "id")
        return fields.draft()


def _find(feed: str, number: str) -> etree._Element:
    for position in feed_of(feed).iter("position"):
        if (position.findtext("id") or "").strip() == number:
            return position
    raise not_listed()


def _page(reference: Reference) -> str:
    suffix = reference.where.partition("/")[0]
    return f"https://{reference.board}.{suffix}/job/{reference.posting}#apply"


ADAPTER = Personio()
