"""Turns a schema.org JobPosting, in any of its spellings, into findings.

The vocabulary is schema.org's. The accepted spellings are those found on real pages: a salary as
number, text, MonetaryAmount, QuantitativeValue or a list of them; an organisation as text; a logo
as ImageObject.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from pydantic import JsonValue

from worker.pages.draft import Draft, FieldName, Findings, Method, one_line
from worker.pages.hosts import absolute, website
from worker.pages.markdown import description_to_markdown, plain
from worker.pages.schema_salary import add_salary
from worker.pages.vocabulary import day, employment_type

Node: TypeAlias = "dict[str, Any]"


def types_of(node: Node) -> set[str]:
    """The names of a node's types, without the context they were written with."""
    return {re.split(r"[/#:]", str(name))[-1] for name in listed(node.get("@type"))}


def listed(value: Any) -> list[Any]:
    """The value as a list: None becomes an empty list, and a single value a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str | None:
    """The text of a value, which may be inside a list, an `@value` or a named object."""
    for item in listed(value):
        inner = item
        if isinstance(item, dict):
            inner = item.get("@value") or item.get("name") or item.get("value")
        if isinstance(inner, (str, int, float)) and not isinstance(inner, bool):
            text = plain(str(inner))
            if text:
                return text
    return None


def read_posting(node: Node, *, method: Method, page_url: str) -> Draft:
    """Everything that one JobPosting node states."""
    findings = Findings(method, page_url)
    findings.add("job_title", text_of(node.get("title") or node.get("name")), "/title")
    # In microdata and RDFa it has lost its headings and lists; the page's own text keeps them.
    descriptions = listed(node.get("description")) if method == "json_ld" else []
    for item in descriptions[:1]:
        text = item.get("@value") if isinstance(item, dict) else item
        markdown = description_to_markdown(str(text or ""), page_url)
        findings.add("job_description", markdown, "/description")
    _add_organization(findings, node.get("hiringOrganization"), page_url)
    add_salary(findings, node)
    _add_places(findings, node)
    _add_employment(findings, node.get("employmentType"))
    _add_day(findings, "posted_at", "/datePosted", text_of(node.get("datePosted")))
    _add_day(findings, "valid_through", "/validThrough", text_of(node.get("validThrough")))
    identifier = node.get("identifier")
    for item in listed(identifier)[:1]:
        value = item.get("value") if isinstance(item, dict) else item
        findings.add("source_job_id", text_of(value), "/identifier")
    return findings.draft()


def _add_day(findings: Findings, field: FieldName, pointer: str, stated: str | None) -> None:
    found = day(stated) if stated else None
    if found:
        findings.add(field, found.isoformat(), f"{pointer} {stated}")
    else:
        findings.drop(field, stated, pointer, "not a date without doubt")


def _add_organization(findings: Findings, organization: Any, page_url: str) -> None:
    for item in listed(organization)[:1]:
        if not isinstance(item, dict):
            findings.add("company_name", text_of(item), "/hiringOrganization")
            return
        findings.add(
            "company_name",
            text_of(item.get("name") or item.get("legalName")),
            "/hiringOrganization/name",
        )
        findings.add(
            "company_logo", _image_url(item.get("logo"), page_url), "/hiringOrganization/logo"
        )
        for name in ("sameAs", "url"):
            for address in listed(item.get(name)):
                _add_website(findings, text_of(address), f"/hiringOrganization/{name}")


def _add_website(findings: Findings, address: str | None, pointer: str) -> None:
    if not address:
        return
    complete = address if "//" in address else f"https://{address}"
    normal = website(complete) if "." in address else None
    if normal:
        findings.add("company_website", normal, f"{pointer} {address}")
    else:
        findings.drop("company_website", address, pointer, "a board, a network or no address")


def _image_url(logo: Any, page_url: str) -> str | None:
    for item in listed(logo):
        inner = item
        if isinstance(item, dict):
            inner = item.get("contentUrl") or item.get("url") or item.get("@id")
        for address in listed(inner):
            if isinstance(address, str) and (complete := absolute(address, page_url)):
                return complete
    return None


def _add_employment(findings: Findings, value: Any) -> None:
    stated = ", ".join(text for item in listed(value) if (text := text_of(item)))
    known = employment_type(stated) if stated else None
    if known:
        findings.add("employment_type", known, f"/employmentType {stated}")
    else:
        findings.drop("employment_type", stated, "/employmentType", "not a word we know")


def _add_places(findings: Findings, node: Node) -> None:
    stated = text_of(node.get("jobLocationType")) or ""
    if "TELECOMMUTE" in stated.upper():
        findings.add("workplace_type", "remote", f"/jobLocationType {stated}")
    places = [place for item in listed(node.get("jobLocation")) if (place := _place(item))]
    pointer = "/jobLocation"
    if not places:
        places = [
            {"text": name}
            for item in listed(node.get("applicantLocationRequirements"))
            if (name := text_of(item))
        ]
        pointer = "/applicantLocationRequirements"
    unique = list({str(place["text"]): place for place in places}.values())
    evidence = f"{pointer} {json.dumps(unique, ensure_ascii=False)}" if unique else None
    findings.add("location", "; ".join(str(place["text"]) for place in unique), evidence)
    findings.add("locations", list[JsonValue](unique), evidence)


_ADDRESS_PARTS = (
    ("locality", "addressLocality"),
    ("region", "addressRegion"),
    ("country", "addressCountry"),
    ("postal_code", "postalCode"),
    ("street", "streetAddress"),
)


def _place(item: Any) -> dict[str, JsonValue] | None:
    if not isinstance(item, dict):
        text = text_of(item)
        return {"text": text} if text else None
    address = item.get("address", item)
    if not isinstance(address, dict):
        text = text_of(address)
        return {"text": text} if text else None
    place: dict[str, JsonValue] = {}
    for ours, theirs in _ADDRESS_PARTS:
        value = text_of(address.get(theirs))
        if value:
            place[ours] = value
    named = [str(place[part]) for part in ("locality", "region", "country") if part in place]
    text = ", ".join(dict.fromkeys(named)) or one_line(text_of(item.get("name")) or "")
    return {"text": text, **place} if text else None
