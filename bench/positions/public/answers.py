"""Answers of recruiting systems' public APIs (`.json`), as a client saved them.

A file is a board or one posting of Greenhouse (`/v1/boards/X/jobs?content=true`), Lever
(`/v0/postings/X?mode=json`) or Ashby (`/posting-api/job-board/X`). The truth is read from the
fields here, without the worker's adapters, and only where a field has one plain meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any, TypeAlias

from bench.passing import reason_of
from bench.positions.public.own_data import plain_words
from bench.positions.truth import Truth

Job: TypeAlias = "dict[str, Any]"
NO_DESCRIPTION = "has no description"

_WORKPLACES = {"onsite": "on_site", "hybrid": "hybrid", "remote": "remote"}
_KINDS = (
    (r"intern", "intern"),
    (r"part[ -_]?time", "part_time"),
    (r"full[ -_]?time", "full_time"),
    (r"contract", "contractor"),
)


@dataclass(frozen=True)
class Answer:
    """One posting: the page for people, the address and text of the data, and the truth."""

    platform: str
    name: str
    url: str
    endpoint: str
    body: str
    truth: Truth
    words: list[str] = field(default_factory=list)


Reader: TypeAlias = "Callable[[Job, Any], Answer | str]"


def answers_in(content: Any) -> list[Answer | str] | None:
    """Each posting of a saved answer, or the reason why it is not judged; None if it is the answer
    of no system known here."""
    if isinstance(content, dict) and isinstance(content.get("jobs"), list):
        jobs = content["jobs"]
    else:
        jobs = content if isinstance(content, list) else [content]
    first = next((job for job in jobs if isinstance(job, dict)), {})
    for keys, reader in _READERS.items():
        if set(keys) <= set(first):
            return [_answer(reader, job, content) for job in jobs]
    return None


def _answer(reader: Reader, job: Any, content: Any) -> Answer | str:
    if not isinstance(job, dict):
        return "is no posting"
    try:
        return reader(job, content)
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError, OSError) as error:
        return reason_of(error)


def _greenhouse(job: Job, content: Any) -> Answer | str:
    if not job.get("content"):
        return NO_DESCRIPTION
    on_board = re.search(r"greenhouse\.io/([\w-]+)/jobs", str(job["absolute_url"]))
    board = on_board[1] if on_board else "board"
    ranges = job.get("pay_input_ranges") or []
    only = ranges[0] if len(ranges) == 1 else {}
    numbers = [only.get("min_cents"), only.get("max_cents")]
    truth = {
        "job_title": job.get("title"),
        "company_name": job.get("company_name"),
        "location": (job.get("location") or {}).get("name"),
        "posted_at": str(job.get("first_published") or "")[:10] or None,
        "salary_amounts": _numbers(numbers[0], numbers[1], only.get("currency_type"), scale=100),
    }
    return Answer(
        "greenhouse",
        f"greenhouse {job['id']}",
        f"https://boards.greenhouse.io/{board}/jobs/{job['id']}",
        f"boards-api.greenhouse.io/v1/boards/{board}/jobs/{job['id']}",
        json.dumps(job),
        _stated(truth),
        plain_words(unescape(unescape(job["content"]))),
    )


def _lever(job: Job, content: Any) -> Answer | str:
    site = re.search(r"lever\.co/([\w.-]+)/", str(job["hostedUrl"]))
    if site is None:
        return "its address is not one of Lever"
    if not job.get("createdAt"):
        return "has no date of creation"
    where = job.get("categories") or {}
    pay = job.get("salaryRange") or {}
    posted = datetime.fromtimestamp(job["createdAt"] / 1000, UTC)
    truth = {
        "job_title": job.get("text"),
        "location": where.get("location"),
        "employment_type": _kind(where.get("commitment")),
        "workplace_type": _workplace(job.get("workplaceType")),
        "posted_at": posted.date().isoformat(),
        "salary_amounts": _numbers(pay.get("min"), pay.get("max"), pay.get("currency")),
    }
    parts = [job.get("description"), *(each.get("content") for each in job.get("lists") or [])]
    heads = [each.get("text") for each in job.get("lists") or []]
    text = " ".join(str(each) for each in [*parts, *heads, job.get("additional")] if each)
    return Answer(
        "lever",
        f"lever {job['id']}",
        str(job["hostedUrl"]),
        f"api.lever.co/v0/postings/{site[1]}/{job['id']}",
        json.dumps(job),
        _stated(truth),
        plain_words(text),
    )


def _ashby(job: Job, content: Any) -> Answer | str:
    board = re.search(r"ashbyhq\.com/([^/]+)/", str(job["jobUrl"]))
    if board is None:
        return "its address is not one of Ashby"
    if job.get("isListed") is False:
        return "is not listed"
    offered = (job.get("compensation") or {}).get("summaryComponents") or []
    salaries = [each for each in offered if each.get("compensationType") == "Salary"]
    only = salaries[0] if len(salaries) == 1 else {}
    low, high, currency = (only.get(key) for key in ("minValue", "maxValue", "currencyCode"))
    truth = {
        "job_title": job.get("title"),
        "location": job.get("location"),
        "employment_type": _kind(job.get("employmentType")),
        "workplace_type": _workplace(job.get("workplaceType")),
        "posted_at": str(job.get("publishedAt") or "")[:10] or None,
        "salary_amounts": _numbers(low, high, currency),
    }
    whole = content if isinstance(content, dict) and "jobs" in content else {"jobs": [job]}
    return Answer(
        "ashby",
        f"ashby {job['id']}",
        str(job["jobUrl"]),
        f"api.ashbyhq.com/posting-api/job-board/{board[1]}",
        json.dumps(whole),
        _stated(truth),
        plain_words(str(job.get("descriptionHtml") or "")),
    )


def _stated(truth: Truth) -> Truth:
    return {
        key: value.strip() if isinstance(value, str) else value
        for key, value in truth.items()
        if value not in (None, "")
    }


def _kind(words: Any) -> str | None:
    found = [kind for rule, kind in _KINDS if re.search(rule, str(words or ""), re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def _workplace(word: Any) -> str | None:
    return _WORKPLACES.get(re.sub(r"[^a-z]", "", str(word or "").lower()))


def _numbers(low: Any, high: Any, currency: Any, scale: int = 1) -> tuple[float, float, str] | None:
    if not (isinstance(low, int | float) and isinstance(high, int | float) and low > 0):
        return None
    return (low / scale, high / scale, str(currency)) if currency else None


# A system is known by the names of fields that it alone has together.
_READERS: dict[tuple[str, ...], Reader] = {
    ("absolute_url", "title", "id"): _greenhouse,
    ("hostedUrl", "text", "id"): _lever,
    ("jobUrl", "title", "isListed"): _ashby,
}
