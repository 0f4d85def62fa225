"""Reads postings of Greenhouse: https://developers.greenhouse.io/job-board.html."""

from __future__ import annotations

import json
import re
from typing import Any

from worker.pages.draft import Draft
from worker.pages.periods import interval
from worker.positions.ats.adapter import Address, Reference, name
from worker.positions.ats.fields import Pay, PostingFields, amount, currency, place

_HOSTS = re.compile(r"(?:boards|job-boards|my)(?:\.(eu))?\.greenhouse\.io")
_EMPLOYMENT = re.compile(r"employment|job type|contract|time type", re.IGNORECASE)
_WORKPLACE = re.compile(r"workplace|remote|work model|location type", re.IGNORECASE)


class Greenhouse:
    """Adapter for `boards.greenhouse.io/{board}/jobs/{id}` and for
    `/embed/job_app?for={board}&token={id}`."""

    platform = "greenhouse"

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL on Greenhouse's own hosts names; None if it names none.

        Employers' pages are left to `embedded`.
        """
        host = _HOSTS.fullmatch(address.host)
        if host is None:
            return None
        board, posting = address.query.get("for"), address.query.get("token")
        if board is None and len(address.segments) >= 3 and address.segments[1] == "jobs":
            board, posting = address.segments[0], address.segments[2]
        board = name(board)
        if board is None or posting is None or not re.fullmatch("[0-9]{1,20}", posting):
            return None
        return Reference(self.platform, board, posting, host[1] or "")

    def endpoint(self, reference: Reference) -> str:
        """The URL of one posting as data, with its pay ranges."""
        region = ".eu" if reference.where else ""
        return (
            f"https://boards-api{region}.greenhouse.io/v1/boards/{reference.board}"
            f"/jobs/{reference.posting}?pay_transparency=true"
        )

    def read(self, answer: str, reference: Reference) -> Draft:
        """Read the posting; its content is escaped HTML, and pay is in cents."""
        job = json.loads(answer)
        fields = PostingFields(self.endpoint(reference))
        fields.text("job_title", job["title"], "/title")
        fields.text("company_name", job.get("company_name"), "/company_name")
        fields.section(job.get("content"))
        where = (job.get("location") or {}).get("name")
        fields.place([place(text=where)], "/location/name")
        fields.workplace(where, "/location/name")
        for extra in job.get("metadata") or []:
            _read_metadata(fields, extra)
        fields.pay([_pay(each) for each in job.get("pay_input_ranges") or []], "/pay_input_ranges")
        fields.date("posted_at", job.get("first_published"), "/first_published")
        fields.date("valid_through", job.get("application_deadline"), "/application_deadline")
        fields.link("apply_url", job.get("absolute_url"), "/absolute_url")
        fields.employer_site(job.get("absolute_url"), "/absolute_url")
        fields.text("source_job_id", job.get("id"), "/id")
        return fields.draft()


def _read_metadata(fields: PostingFields, extra: Any) -> None:
    """Read one field of the metadata, if its name is about employment or the workplace.

    Employers choose these names, so others have no known meaning.
    """
    label, value = str(extra.get("name") or ""), extra.get("value")
    if _EMPLOYMENT.search(label):
        fields.employment(value, pointer=f"/metadata {label}")
    if _WORKPLACE.search(label):
        fields.workplace(value, f"/metadata {label}")


def _pay(stated: dict[str, Any]) -> Pay:
    low, high = amount(stated.get("min_cents")), amount(stated.get("max_cents"))
    words = f"{stated.get('title') or ''} {stated.get('blurb') or ''}"
    return Pay(
        low / 100 if low else None,
        high / 100 if high else None,
        currency(stated.get("currency_type")),
        interval(words),
    )


ADAPTER = Greenhouse()
