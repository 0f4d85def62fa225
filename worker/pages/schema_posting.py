"""Turns a schema.org JobPosting into findings.

Some forms that differ from schema.org but are found on real pages are read as well.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from pydantic import JsonValue

from worker.pages.draft import Draft, FieldName, Findings, Method, one_line
from worker.pages.hosts import absolute, website
from worker.pages.markdown import description_to_markdown, plain
from worker.pages.placeholders import is_placeholder, is_placeholder_place
from worker.pages.schema_salary import add_salary
from worker.pages.tenant import is_tenant
from worker.pages.vocabulary import day, employment_type

Node: TypeAlias = "dict[str, Any]"


def types_of(node: Node) -> set[str]:
    """The names of a node's types, without the vocabulary's URL or prefix before them."""
    return {re.split(r"[/#:]", str(name))[-1] for name in listed(node.get("@type"))}


def listed(value: Any) -> list[Any]:
    """The value as a list; an empty list for None."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str | None:
    """The first text or number in a value, as one line of plain text; None if there is none.

    Of an object, `@value`, `name` or `value` is read.
    """
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
    """Return the findings of one JobPosting node.

    Raises `Permanent` with the code `too_large` if the HTML of the description is too complex.
    """
    findings = Findings(method, page_url)
    findings.add("job_title", text_of(node.get("title") or node.get("name")), "/title")
    # Microdata and RDFa lose the headings and lists of a description, so only JSON-LD is read here.
    descriptions = listed(node.get("description")) if method == "json_ld" else []
    markdown = ""
    for item in descriptions[:1]:
        text = item.get("@value") if isinstance(item, dict) else item
        markdown = description_to_markdown(str(text or ""), page_url)
        findings.add("job_description", markdown, "/description")
    _add_organization(findings, node.get("hiringOrganization"), page_url)
    differs = add_salary(findings, node, markdown or text_of(node.get("description")) or "")
    _add_places(findings, node)
    _add_employment(findings, node.get("employmentType"))
    _add_day(findings, "posted_at", "/datePosted", text_of(node.get("datePosted")))
    _add_day(findings, "valid_through", "/validThrough", text_of(node.get("validThrough")))
    identifier = node.get("identifier")
    for item in listed(identifier)[:1]:
        value = item.get("value") if isinstance(item, dict) else item
        findings.add("source_job_id", text_of(value), "/identifier")
    return findings.draft(warnings=("salary_differs",) if differs else ())


def _add_day(findings: Findings, field: FieldName, pointer: str, stated: str | None) -> None:
    found = day(stated) if stated else None
    if found:
        findings.add(field, found.isoformat(), f"{pointer} {stated}")
    else:
        findings.drop(field, stated, pointer, "not a date without doubt")


def _add_organization(findings: Findings, organization: Any, page_url: str) -> None:
    for item in listed(organization)[:1]:
        if not isinstance(item, dict):
            _add_name(findings, text_of(item), "/hiringOrganization", page_url)
            return
        name = text_of(item.get("name") or item.get("legalName"))
        _add_name(findings, name, "/hiringOrganization/name", page_url)
        findings.add(
            "company_logo", _image_url(item.get("logo"), page_url), "/hiringOrganization/logo"
        )
        for name in ("sameAs", "url"):
            for address in listed(item.get(name)):
                _add_website(findings, text_of(address), f"/hiringOrganization/{name}")


def _add_name(findings: Findings, name: str | None, pointer: str, page_url: str) -> None:
    if name and is_tenant(name, page_url):
        findings.drop("company_name", name, pointer, "an account of a recruiting system, no name")
    else:
        findings.add("company_name", name, pointer)


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
    pointer, are_workplaces = "/jobLocation", True
    if not places:
        places = [
            {"text": name}
            for item in listed(node.get("applicantLocationRequirements"))
            if (name := text_of(item)) and not is_placeholder(name)
        ]
        pointer, are_workplaces = "/applicantLocationRequirements", False
    unique = _distinct(places)
    evidence = f"{pointer} {json.dumps(unique, ensure_ascii=False)}" if unique else None
    findings.add("location", _in_one_line(unique, are_workplaces=are_workplaces), evidence)
    findings.add("locations", list[JsonValue](unique), evidence)


def _distinct(places: list[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    """The places with different texts; postal codes tell equal towns without a region apart."""
    codes: dict[str, set[JsonValue]] = {}
    for place in places:
        codes.setdefault(str(place["text"]), set()).add(place.get("postal_code"))
    distinct: dict[str, dict[str, JsonValue]] = {}
    for place in places:
        text = str(place["text"])
        if len(codes[text]) > 1 and "region" not in place and "postal_code" in place:
            text = f"{text}, {place['postal_code']}"
        distinct.setdefault(text, {**place, "text": text})
    return list(distinct.values())


MAX_PLACES = 5
MAX_PLACES_CHARACTERS = 200
MAX_FEW_CHARACTERS = 300
"""In characters: towns that are few may take more of a line than `MAX_PLACES_CHARACTERS`."""
MAX_COUNTRIES = 3


def _in_one_line(places: list[dict[str, JsonValue]], *, are_workplaces: bool) -> str | None:
    """The places in one line, perhaps without details; None if they are too many or too long."""
    named = "; ".join(str(place["text"]) for place in places)
    are_few = len(places) <= MAX_PLACES
    are_towns = are_workplaces and any(set(place) != {"text", "country"} for place in places)
    if (are_few or are_towns) and len(named) <= MAX_PLACES_CHARACTERS:
        return named
    countries = list(dict.fromkeys(str(place["country"]) for place in places if "country" in place))
    if are_towns and 0 < len(countries) <= MAX_COUNTRIES:
        return "; ".join(countries)
    if not are_few or any(len(str(place["text"])) > MAX_PLACES_CHARACTERS for place in places):
        return None
    short = "; ".join(dict.fromkeys(_short_name(place, places) for place in places))
    return short if len(short) <= MAX_FEW_CHARACTERS else None


def _short_name(place: dict[str, JsonValue], places: list[dict[str, JsonValue]]) -> str:
    """The town of a place, and what tells it from others of the same name: "Springfield, Ohio"."""
    if "locality" not in place:
        return str(place["text"])
    alike = [each for each in places if each.get("locality") == place["locality"]]
    apart = [each for each in _TELLING if len({other.get(each) for other in alike}) > 1]
    return ", ".join(str(place[part]) for part in ("locality", *apart[:1]) if part in place)


_TELLING = ("region", "country", "postal_code")


_ADDRESS_PARTS = (
    ("locality", "addressLocality"),
    ("region", "addressRegion"),
    ("country", "addressCountry"),
    ("postal_code", "postalCode"),
    ("street", "streetAddress"),
)


def _place(item: Any) -> dict[str, JsonValue] | None:
    if not isinstance(item, dict):
        return _named_place(text_of(item))
    address = item.get("address", item)
    if not isinstance(address, dict):
        return _named_place(text_of(address))
    place: dict[str, JsonValue] = {}
    for ours, theirs in _ADDRESS_PARTS:
        value = text_of(address.get(theirs))
        # "NA" looks like a placeholder, but it is also the code of Namibia.
        if value and (ours == "country" or not is_placeholder(value)):
            place[ours] = value
    named = [str(place[part]) for part in ("locality", "region", "country") if part in place]
    text = ", ".join(dict.fromkeys(named)) or one_line(text_of(item.get("name")) or "")
    return {"text": text, **place} if text and not is_placeholder(text) else None


def _named_place(text: str | None) -> dict[str, JsonValue] | None:
    return {"text": text} if text and not is_placeholder_place(text) else None
