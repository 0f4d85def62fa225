"""Reads postings of Teamtailor, from the RSS feed of a career site."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from lxml import etree
from pydantic import JsonValue

from worker.pages.draft import Draft
from worker.positions.ats.adapter import Address, Reference, account_of_host, feed_of, not_listed
from worker.positions.ats.fields import PostingFields, place

_LISTED = re.compile(r"/jobs/(\d+)")
_POSTING = re.compile(r"(\d{3,12})(?:-.*)?")
_REGIONS = ("na.teamtailor.com", "teamtailor.com")


class Teamtailor:
    """Adapter for `{company}.teamtailor.com/jobs/{id}-{slug}`, also on `na.teamtailor.com`."""

    platform = "teamtailor"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on a company's Teamtailor host names, or None."""
        for region in _REGIONS:
            company = account_of_host(address.host, region)
            posting = _posting(address.segments)
            if company and posting:
                return Reference(self.platform, company, posting, region)
        return None

    def endpoint(self, reference: Reference) -> str:
        """The URL of the feed of all open postings."""
        return f"https://{reference.board}.{reference.where}/jobs.rss"

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting with the reference's number; raises `not_listed()` without one."""
        item = _find(answer, reference.posting)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", item.findtext("title"), "title")
        fields.section(item.findtext("description"))
        fields.place(_places(item), "tt:locations")
        fields.workplace(_remote(item), "remoteStatus")
        fields.date("posted_at", _day(item.findtext("pubDate")), "pubDate")
        fields.link("apply_url", item.findtext("link"), "link")
        fields.text("source_job_id", reference.posting, "link")
        return fields.draft()


def _posting(segments: tuple[str, ...]) -> str | None:
    if "jobs" not in segments[:2]:
        return None
    rest = segments[segments.index("jobs") + 1 :]
    match = _POSTING.fullmatch(rest[0]) if rest else None
    return match[1] if match else None


def _find(feed: str, number: str) -> etree._Element:
    for item in feed_of(feed).iter("item"):
        if number in _LISTED.findall(item.findtext("link") or ""):
            return item
    raise not_listed()


def _local(item: etree._Element, tag: str) -> str | None:
    found: list[etree._Element] = item.xpath(f".//*[local-name()='{tag}']")  # type: ignore[assignment]  # the stubs know only the union of all XPath answers
    return found[0].text if found else None


def _places(item: etree._Element) -> list[dict[str, JsonValue] | None]:
    found: list[etree._Element] = item.xpath(".//*[local-name()='location']")  # type: ignore[assignment]  # the stubs know only the union of all XPath answers
    return [
        place(_local(each, "city"), None, _local(each, "country"), _local(each, "name"))
        for each in found
    ]


def _remote(item: etree._Element) -> str | None:
    stated = _local(item, "remoteStatus")
    return {"fully": "remote", "hybrid": "hybrid", "none": "on site"}.get(stated or "")


def _day(stated: str | None) -> str | None:
    try:
        return parsedate_to_datetime(stated or "").date().isoformat()
    except (ValueError, OverflowError):  # the second for a year or a zone of very many digits
        return None


ADAPTER = Teamtailor()
