"""Reads a posting from JSON for the page's own scripts, such as `__NEXT_DATA__`.

The JSON has no standard form, so the object must clearly be the page's posting.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from pydantic import JsonValue

from worker.pages.draft import Draft, Findings, one_line
from worker.pages.markdown import description_to_markdown, plain
from worker.pages.vocabulary import day, employment_type, workplace_type

_ASSIGNED = re.compile(
    r"(?:window\.)?(?:__[A-Z][A-Z0-9_]{0,60}__|__remixContext|__APOLLO_STATE__|__NUXT__"
    r"|__INITIAL_STATE__|__PRELOADED_STATE__)\s*=\s*(?=[{\[])"
)
_JSON_TYPES = ("application/json", "text/json")
_TITLES = ("title", "jobTitle", "job_title", "name", "text")
_DESCRIPTIONS = (
    "descriptionHtml", "description_html", "jobDescription", "job_description", "description",
    "descriptionBody", "content", "body",
)  # fmt: skip
_COMPANIES = ("companyName", "company_name", "company", "employer", "organization", "organisation")
_PLACES = ("location", "locationName", "location_name", "jobLocation", "city")
_EMPLOYMENT = ("employmentType", "employment_type", "jobType", "job_type", "commitment")
_WORKPLACE = ("workplaceType", "workplace_type", "remoteType", "workMode")
_POSTED = ("datePosted", "date_posted", "publishedAt", "published_at", "postedAt", "posted_at")
_IDS = ("id", "uuid", "slug", "shortcode", "jobId", "job_id")
MAX_DEPTH = 25
# A failed try to read JSON is slow, because its error counts all lines before.
MAX_STATES = 100
MAX_OBJECTS = 20_000
MIN_DESCRIPTION = 200
CONFIDENCE = 0.7


def read_page_state(tree: lxml.html.HtmlElement, page_url: str, title: str) -> Draft:
    """The findings in the one object that is the page's posting; none if it is uncertain which.

    `title` (the page's heading and title) must contain the object's name, or the URL's path its id.
    """
    named = [
        (node, found)
        for state in _states(tree)
        for node in _objects(state)
        if (found := _looks_like_posting(node)) and _is_named(node, found[0], page_url, title)
    ]
    different = {(one_line(found[0]).casefold(), found[1]) for _, found in named}
    findings = Findings("page_state", page_url)
    if len(different) == 1:
        node, (name, description) = named[0]
        findings.add("job_title", plain(name), name, CONFIDENCE)
        markdown = description_to_markdown(description, page_url)
        findings.add("job_description", markdown, None, CONFIDENCE)
        _add_others(findings, node)
        return findings.draft(text=markdown)
    return findings.draft()


def _states(tree: lxml.html.HtmlElement) -> Iterator[Any]:
    tries = 0
    for script in tree.iter("script"):
        text = (script.text_content() or "").strip()
        if str(script.get("type") or "").lower() in _JSON_TYPES:
            starts = [0]
        else:
            starts = [match.end() for match in _ASSIGNED.finditer(text)]
        for start in starts:
            tries += 1
            if tries > MAX_STATES:
                return
            try:
                # `raw_decode` ignores what follows the value, which is program code.
                yield json.JSONDecoder().raw_decode(text, start)[0]
            except (ValueError, RecursionError):
                continue


def _objects(state: Any) -> Iterator[dict[str, Any]]:
    waiting: list[tuple[Any, int]] = [(state, 0)]
    seen = 0
    while waiting and seen < MAX_OBJECTS:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            seen += 1
            yield value
        if isinstance(value, (dict, list)) and depth < MAX_DEPTH:
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(each, depth + 1) for each in inner if isinstance(each, (dict, list))]


def _first(node: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title") or value.get("label")
        if isinstance(value, str) and value.strip():
            return value
    return None


def _looks_like_posting(node: dict[str, Any]) -> tuple[str, str] | None:
    if node.get("@type"):
        return None  # a node of JSON-LD, which `extract` reads
    title = _first(node, _TITLES)
    texts = [value for name in _DESCRIPTIONS if isinstance(value := node.get(name), str)]
    description = max(texts, key=len, default="")
    if title is None or len(title) > 200 or len(plain(description)) < MIN_DESCRIPTION:
        return None
    return title, description


def _is_named(node: dict[str, Any], name: str, page_url: str, title: str) -> bool:
    if title and plain(name).casefold() in title.casefold():
        return True
    segments = urlsplit(page_url).path.split("/")
    ids = [str(node[key]) for key in _IDS if isinstance(node.get(key), (str, int))]
    return any(len(each) >= 4 and each in segments for each in ids)


def _add_others(findings: Findings, node: dict[str, Any]) -> None:
    company = _first(node, _COMPANIES)
    findings.add("company_name", plain(company) if company else None, company, CONFIDENCE)
    where = _first(node, _PLACES)
    if where and len(where) <= 120:
        findings.add("location", plain(where), where, CONFIDENCE)
        places: list[JsonValue] = [{"text": plain(where)}]
        findings.add("locations", places, where, CONFIDENCE)
    kind = _first(node, _EMPLOYMENT)
    if kind:
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
        findings.add("employment_type", employment_type(spaced), kind, CONFIDENCE)
    mode = _first(node, _WORKPLACE)
    if mode:
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode)
        findings.add("workplace_type", workplace_type(spaced), mode, CONFIDENCE)
    posted = _first(node, _POSTED)
    stated = day(posted) if posted else None
    findings.add("posted_at", stated.isoformat() if stated else None, posted, CONFIDENCE)
