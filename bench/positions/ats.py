"""A posting as each recruiting system publishes it, with the difficulties of that system."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from bench.positions.posting import Posting, Section
from bench.positions.prose import as_html
from bench.positions.truth import Truth, columns, only

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_EMPLOYMENT = {
    "full_time": "Full-time",
    "part_time": "Part-time",
    "contractor": "Contract",
    "temporary": "Temporary",
    "intern": "Internship",
}
_PER = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}
# In every system the text of the description states the pay.
_ALWAYS = ("job_title", "salary")


@dataclass(frozen=True)
class Published:
    """The page for people, the address of the data, and what the data states."""

    platform: str
    url: str
    endpoint: str
    body: str
    truth: Truth
    content_type: str = "application/json"


def publish(posting: Posting) -> list[Published]:
    """The posting in all systems."""
    return [render(posting) for render in _SYSTEMS]


def _id(posting: Posting) -> str:
    return str(uuid.uuid5(_NAMESPACE, posting.id))


def _where(posting: Posting) -> str | None:
    place = posting.place
    return ", ".join(filter(None, [place.locality, place.region, place.country])) if place else None


def _iso(posting: Posting) -> str | None:
    return f"{posting.posted.isoformat()}T08:00:00.000Z" if posting.posted else None


def _truth(posting: Posting, *names: str) -> Truth:
    return only(columns(posting), *_ALWAYS, *names)


def _cents(posting: Posting) -> list[dict[str, Any]]:
    """Greenhouse's pay ranges. A range always has both ends; otherwise it is left out."""
    salary = posting.salary
    if salary is None or not (salary.minimum and salary.maximum):
        return []
    low, high = round(salary.minimum * 100), round(salary.maximum * 100)
    stated = {"min_cents": low, "max_cents": high, "currency_type": salary.currency}
    return [{**stated, "title": f"Pay per {salary.interval}", "blurb": ""}]


def _greenhouse(posting: Posting) -> Published:
    content = as_html(posting)
    if int(posting.id) % 2:
        content = escape(content)  # the API escapes once; half of the postings are escaped twice
    kind = _EMPLOYMENT.get(posting.employment or "")
    job = {
        "id": int(posting.id),
        "title": posting.title,
        "company_name": posting.company,
        "absolute_url": f"{posting.website}/jobs/{posting.id}?gh_jid={posting.id}",
        "location": {"name": _where(posting)} if posting.place else None,
        "content": escape(content),
        "first_published": _iso(posting),
        "application_deadline": posting.closes.isoformat() if posting.closes else None,
        "updated_at": "2026-11-20T10:00:00Z",
        "metadata": [{"name": "Employment Type", "value": kind}] if kind else [],
        "pay_input_ranges": _cents(posting),
    }
    dates, employer = ("posted_at", "valid_through"), ("company_name", "company_website")
    return Published(
        "greenhouse",
        f"https://boards.greenhouse.io/board/jobs/{posting.id}",
        f"boards-api.greenhouse.io/v1/boards/board/jobs/{posting.id}",
        json.dumps(job),
        _truth(posting, *employer, "location", *dates, "employment_type"),
    )


def _lever(posting: Posting) -> Published:
    posted = posting.posted
    first, *rest = posting.sections
    job = {
        "id": _id(posting),
        "text": posting.title,
        "categories": {
            "location": _where(posting),
            "commitment": _EMPLOYMENT.get(posting.employment or ""),
        },
        "description": as_html(posting.model_copy(update={"sections": (first,)})),
        "lists": [
            {
                "text": section.heading,
                "content": "".join(
                    f"<li>{escape(each)}</li>" for each in (*section.paragraphs, *section.items)
                ),
            }
            for section in rest
        ],
        "workplaceType": (posting.workplace or "unspecified").replace("_", "-"),
        "createdAt": int(
            datetime(posted.year, posted.month, posted.day, 12, tzinfo=UTC).timestamp() * 1000
        )
        if posted
        else None,
    }
    return Published(
        "lever",
        f"https://jobs.lever.co/site/{_id(posting)}",
        f"api.lever.co/v0/postings/site/{_id(posting)}",
        json.dumps(job),
        _truth(posting, "location", "workplace_type", "employment_type", "posted_at"),
    )


def _ashby(posting: Posting) -> Published:
    salary = posting.salary
    pay: dict[str, Any] = {"compensationType": "Salary", "interval": "NONE"}
    if salary:
        pay |= {"currencyCode": salary.currency, "interval": f"1 {_PER[salary.interval or 'year']}"}
        pay |= {"minValue": salary.minimum, "maxValue": salary.maximum}
    job = {
        "id": _id(posting),
        "title": posting.title,
        "isListed": True,
        "employmentType": {
            "full_time": "FullTime",
            "part_time": "PartTime",
            "contractor": "Contract",
            "temporary": "Temporary",
            "intern": "Intern",
        }.get(posting.employment or ""),
        "location": _where(posting),
        "workplaceType": {"on_site": "OnSite", "hybrid": "Hybrid", "remote": "Remote"}.get(
            posting.workplace or ""
        ),
        "publishedAt": _iso(posting),
        "descriptionHtml": as_html(posting),
        "jobUrl": f"https://jobs.ashbyhq.com/board/{_id(posting)}",
        "compensation": {"compensationTiers": [{"components": [pay] if salary else []}]},
    }
    decoy = job | {"id": str(uuid.uuid5(_NAMESPACE, "decoy")), "title": "Decoy", "jobUrl": "x"}
    return Published(
        "ashby",
        f"https://jobs.ashbyhq.com/board/{_id(posting)}",
        "api.ashbyhq.com/posting-api/job-board/board",
        json.dumps({"jobs": [decoy, job]}),
        _truth(posting, "location", "workplace_type", "employment_type", "posted_at"),
    )


def _workday(posting: Posting) -> Published:
    job = {
        "jobPostingInfo": {
            "title": posting.title,
            "jobDescription": as_html(posting),
            "location": _where(posting),
            "postedOn": "Posted 3 Days Ago",
            "startDate": posting.posted.isoformat() if posting.posted else None,
            "endDate": posting.closes.isoformat() if posting.closes else None,
            "timeType": {"full_time": "Full time", "part_time": "Part time"}.get(
                posting.employment or ""
            ),
            "jobReqId": f"JR-{posting.id}",
        },
        "hiringOrganization": {"name": posting.company},
    }
    truth = _truth(
        posting, "company_name", "location", "posted_at", "valid_through", "employment_type"
    )
    if posting.employment not in ("full_time", "part_time"):
        truth["employment_type"] = None
    return Published(
        "workday",
        f"https://acme.wd3.myworkdayjobs.com/en-US/Careers/job/Somewhere/Title_{posting.id}",
        f"acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/job/Somewhere/Title_{posting.id}",
        json.dumps(job),
        truth,
    )


def _smartrecruiters(posting: Posting) -> Published:
    number = f"7440000{posting.id}"
    place = posting.place
    job = {
        "id": number,
        "name": posting.title,
        "company": {"name": posting.company},
        "location": {
            "city": place.locality if place else None,
            "country": (place.country or "").lower() if place else None,
            "remote": posting.workplace == "remote",
            "hybrid": posting.workplace == "hybrid",
        },
        "releasedDate": _iso(posting),
        "typeOfEmployment": {"label": _EMPLOYMENT.get(posting.employment or "")},
        "jobAd": {"sections": {"jobDescription": {"title": "Job", "text": as_html(posting)}}},
    }
    truth = _truth(posting, "company_name", "location", "posted_at", "employment_type")
    # The system has no word for "on site". It can only say "not remote".
    truth["workplace_type"] = posting.workplace if posting.workplace != "on_site" else None
    return Published(
        "smartrecruiters",
        f"https://jobs.smartrecruiters.com/Acme/{number}-title",
        f"api.smartrecruiters.com/v1/companies/Acme/postings/{number}",
        json.dumps(job),
        truth,
    )


def _workable(posting: Posting) -> Published:
    place, code = posting.place, f"ABC{posting.id}"
    job = {
        "shortcode": code,
        "title": posting.title,
        "employment_type": _EMPLOYMENT.get(posting.employment or ""),
        "telecommuting": posting.workplace == "remote",
        "published_on": posting.posted.isoformat() if posting.posted else None,
        "city": place.locality if place else None,
        "state": place.region if place else None,
        "country": place.country if place else None,
        "description": as_html(posting),
    }
    truth = _truth(posting, "company_name", "location", "posted_at", "employment_type")
    truth["workplace_type"] = "remote" if posting.workplace == "remote" else None
    return Published(
        "workable",
        f"https://apply.workable.com/acme/j/{code}/",
        "apply.workable.com/api/v1/widget/accounts/acme",
        json.dumps({"name": posting.company, "jobs": [job | {"shortcode": "ZZZZZZZZ"}, job]}),
        truth,
    )


def _recruitee(posting: Posting) -> Published:
    salary, place = posting.salary, posting.place
    job = {
        "id": int(posting.id),
        "slug": f"title-{posting.id}",
        "title": posting.title,
        "company_name": posting.company,
        "description": as_html(posting),
        "city": place.locality if place else None,
        "country": place.country if place else None,
        "remote": posting.workplace == "remote",
        "hybrid": posting.workplace == "hybrid",
        "on_site": posting.workplace == "on_site",
        "employment_type_code": (posting.employment or "").replace("_", ""),
        "published_at": posting.posted.isoformat() if posting.posted else None,
        "salary": {
            "min": salary.minimum,
            "max": salary.maximum,
            "currency": salary.currency,
            "period": salary.interval,
        }
        if salary
        else None,
    }
    return Published(
        "recruitee",
        f"https://acme.recruitee.com/o/title-{posting.id}",
        "acme.recruitee.com/api/offers/",
        json.dumps({"offers": [job | {"slug": "other", "id": 1}, job]}),
        _truth(
            posting, "company_name", "location", "posted_at", "employment_type", "workplace_type"
        ),
    )


def _part(posting: Posting, section: Section) -> str:
    bare = section.model_copy(update={"heading": None})
    return as_html(posting.model_copy(update={"sections": (bare,)}))


def _personio(posting: Posting) -> Published:
    schedule = {"full_time": "full-time", "part_time": "part-time"}.get(
        posting.employment or "", ""
    )
    parts = "".join(
        f"<jobDescription><name>{escape(section.heading or '')}</name><value><![CDATA["
        f"{_part(posting, section)}"
        "]]></value></jobDescription>"
        for section in posting.sections
    )
    feed = (
        '<?xml version="1.0" encoding="UTF-8"?><workzag-jobs>'
        "<position><id>1</id><name>Decoy</name></position>"
        f"<position><id>{posting.id}</id><subcompany>{escape(posting.company)}</subcompany>"
        f"<office>{escape(posting.place.locality) if posting.place else ''}</office>"
        f"<name>{escape(posting.title)}</name><jobDescriptions>{parts}</jobDescriptions>"
        f"<employmentType>permanent</employmentType><schedule>{schedule}</schedule>"
        f"<createdAt>{_iso(posting) or ''}</createdAt></position></workzag-jobs>"
    )
    truth = _truth(posting, "company_name", "location", "posted_at", "employment_type")
    truth["employment_type"] = posting.employment if schedule else None
    return Published(
        "personio",
        f"https://acme.jobs.personio.de/job/{posting.id}",
        "acme.jobs.personio.de/xml",
        feed,
        truth,
        "text/xml",
    )


_SYSTEMS: tuple[Callable[[Posting], Published], ...] = (
    _greenhouse,
    _lever,
    _ashby,
    _workday,
    _smartrecruiters,
    _workable,
    _recruitee,
    _personio,
)
