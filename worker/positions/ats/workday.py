"""Reads postings of Workday, from the data of its career pages (not documented by Workday)."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

from worker.pages.draft import Draft
from worker.positions.ats.adapter import Address, Reference, name
from worker.positions.ats.fields import PostingFields, place

_HOST = re.compile(r"\A([a-z0-9_-]++)\.(wd\d+)\.(myworkdayjobs(?:-impl)?\.com)")
_LOCALE = re.compile(r"[a-z]{2}-[A-Z]{2}")
_SEGMENT = re.compile(r"[A-Za-z0-9%._~,()'&+-]+")


class Workday:
    """Adapter for `{tenant}.wdN.myworkdayjobs.com/[{locale}/]{site}/job/{path}`."""

    platform = "workday"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on a tenant's host names; None if it names none.

        A locale such as `en-US` is ignored.
        """
        host = _HOST.fullmatch(address.host)
        segments = address.segments
        if segments and _LOCALE.fullmatch(segments[0]):
            segments = segments[1:]
        if host is None or len(segments) < 3 or segments[1] not in ("job", "details"):
            return None
        site, path = name(segments[0]), [each for each in segments[2:] if each != "apply"]
        if site is None or not path or any(not _SEGMENT.fullmatch(each) for each in path):
            return None
        if any(unquote(each).strip(".") == "" for each in path):
            return None
        return Reference(self.platform, host[1], "/".join(path), f"{host[2]}.{host[3]}/{site}")

    def endpoint(self, reference: Reference) -> str:
        """The URL of one posting as data."""
        domain, _, site = reference.where.partition("/")
        return (
            f"https://{reference.board}.{domain}/wday/cxs/{reference.board}/{site}"
            f"/job/{reference.posting}"
        )

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting.

        `postedOn` is a text such as "Posted 3 Days Ago", so `startDate` is used.
        """
        data = json.loads(answer)
        job = data["jobPostingInfo"]
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["title"], "/jobPostingInfo/title")
        employer = data.get("hiringOrganization") or {}
        fields.text("company_name", employer.get("name"), "/hiringOrganization/name")
        fields.section(job.get("jobDescription"))
        names = [job.get("location"), *(job.get("additionalLocations") or [])]
        country = (job.get("country") or {}).get("descriptor")
        places = [place(country=country, text=names[0])] if names[0] else []
        fields.place(
            [*places, *(place(text=each) for each in names[1:])], "/jobPostingInfo/location"
        )
        fields.employment(job.get("timeType"), pointer="/jobPostingInfo/timeType")
        fields.workplace(job.get("remoteType"), "/jobPostingInfo/remoteType")
        fields.date("posted_at", job.get("startDate"), "/jobPostingInfo/startDate")
        fields.date("valid_through", job.get("endDate"), "/jobPostingInfo/endDate")
        fields.link("apply_url", job.get("externalUrl"), "/jobPostingInfo/externalUrl")
        fields.text("source_job_id", job.get("jobReqId"), "/jobPostingInfo/jobReqId")
        return fields.draft()


ADAPTER = Workday()
