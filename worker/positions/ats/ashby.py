"""Reads postings of Ashby: https://developers.ashbyhq.com/docs/public-job-posting-api."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

from worker.pages.draft import Draft
from worker.pages.periods import interval
from worker.positions.ats.adapter import Address, Reference, is_uuid, name, not_listed
from worker.positions.ats.fields import Pay, PostingFields, amount, currency, place


class Ashby:
    """Adapter for `jobs.ashbyhq.com/{board}/{uuid}`; the API returns all postings of a board."""

    platform = "ashby"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on `jobs.ashbyhq.com` names; None if it names none."""
        if address.host != "jobs.ashbyhq.com" or len(address.segments) < 2:
            return None
        board, posting = name(address.segments[0], spaces=True), address.segments[1]
        if board is None or not is_uuid(posting):
            return None
        return Reference(self.platform, board, posting.lower())

    def endpoint(self, reference: Reference) -> str:
        """The URL of the data of all postings of the board."""
        board = quote(reference.board, safe="")
        return f"https://api.ashbyhq.com/posting-api/job-board/{board}?includeCompensation=true"

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting with the reference's id; raises `not_listed()` if it is missing or
        unlisted.
        """
        job = _find(json.loads(answer), reference.posting)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["title"], "/title")
        fields.section(job.get("descriptionHtml") or job.get("descriptionPlain"))
        fields.place(_places(job), "/location")
        fields.employment(job.get("employmentType"), pointer="/employmentType")
        fields.workplace(job.get("workplaceType"), "/workplaceType")
        if job.get("isRemote") is True and not job.get("workplaceType"):
            fields.workplace("remote", "/isRemote")
        _add_pay(fields, job.get("compensation"))
        fields.date("posted_at", job.get("publishedAt"), "/publishedAt")
        fields.link("apply_url", job.get("applyUrl") or job.get("jobUrl"), "/applyUrl")
        fields.text("source_job_id", reference.posting, "/id")
        return fields.draft()


def _find(board: Any, posting: str) -> dict[str, Any]:
    for job in board.get("jobs") or []:
        named = (str(job.get("id") or "").lower(), str(job.get("jobUrl") or "").lower())
        if posting == named[0] or named[1].rstrip("/").endswith(posting):
            if job.get("isListed") is False:
                break
            return dict(job)
    raise not_listed()


def _places(job: dict[str, Any]) -> list[dict[str, JsonValue] | None]:
    stated = [job, *(job.get("secondaryLocations") or [])]
    return [_place(each.get("location"), each.get("address")) for each in stated]


def _place(text: Any, address: Any) -> dict[str, JsonValue] | None:
    postal = (address or {}).get("postalAddress") or address or {}
    return place(
        postal.get("addressLocality"),
        postal.get("addressRegion"),
        postal.get("addressCountry"),
        text,
    )


def _add_pay(fields: PostingFields, stated: Any) -> None:
    if not isinstance(stated, dict):
        return
    components = (
        [
            part
            for tier in stated.get("compensationTiers") or []
            for part in tier.get("components") or []
        ]
        or stated.get("summaryComponents")
        or []
    )
    words = stated.get("scrapeableCompensationSalarySummary")
    salaries = [part for part in components if part.get("compensationType") == "Salary"]
    fields.pay([_pay(part, words) for part in salaries], "/compensation")


def _pay(part: dict[str, Any], words: Any) -> Pay:
    return Pay(
        amount(part.get("minValue")),
        amount(part.get("maxValue")),
        currency(part.get("currencyCode")),
        # `interval` is "1 YEAR", "1 HOUR" or "NONE", for example.
        interval(str(part.get("interval") or "")),
        words if isinstance(words, str) and words else None,
    )


ADAPTER = Ashby()
