"""Reads facts that a posting states as "label: value", in a table, a list or a line of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bs4 import BeautifulSoup

from worker.pages.draft import FieldName, Findings, one_line
from worker.pages.salary import note_salary, parse_salary
from worker.pages.vocabulary import day, employment_type, workplace_type

_LABELS: dict[FieldName, str] = {
    "job_title": "job title|position title|position|role|title|stellenbezeichnung|poste",
    "company_name": "company|employer|company name|organisation|organization|unternehmen"
    "|arbeitgeber|entreprise",
    "salary_range": "salary|salary range|pay|pay range|compensation|base salary|wage|hourly rate"
    "|gehalt|vergütung|salaire|rémunération|salario",
    "location": "location|locations|job location|work location|place of work|based in|city"
    "|standort|arbeitsort|einsatzort|lieu|ubicación",
    "workplace_type": "workplace|workplace type|work model|working model|remote|work arrangement"
    "|work mode|arbeitsmodell",
    "employment_type": "employment type|job type|type of employment|contract type|contract"
    "|employment|hours|working hours|schedule|anstellungsart|beschäftigungsart|type de contrat",
    "posted_at": "posted|posted on|date posted|published|published on|veröffentlicht"
    "|veröffentlicht am",
    "valid_through": "closing date|closes|apply by|application deadline|deadline|valid through"
    "|applications close|bewerbungsfrist|bewerbungsschluss",
    "source_job_id": "job id|job reference|reference|reference number|ref|requisition id|req id"
    "|job number|kennziffer|referenznummer",
}
_FIELD_OF: dict[str, FieldName] = {
    label: field for field, labels in _LABELS.items() for label in labels.split("|")
}
_LINE = re.compile(
    r"^[\s>*#•·-]*(?:\*\*|__)?([^\W\d][^:*_\n]{1,28}?)\s*"
    r"(?::\s*(?:\*\*|__)?|(?:\*\*|__):?)\s*(\S(?:.{0,198}\S)?)\s*+$"
)
_ID = re.compile(r"[\w][\w./-]{1,39}")
CONFIDENCE = 0.8
MAX_LABELLED = 200
MAX_APART = 20
"""Most siblings between a label and its value; a plain list of labels has no values."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A known label's field, its value, and the source text of both."""

    field: FieldName
    value: str
    evidence: str


def labelled_in_tree(soup: BeautifulSoup) -> list[Labelled]:
    """Facts in definition lists and tables."""
    found: list[Labelled] = []
    for name, value_name in (("dt", "dd"), ("th", "td")):
        for label in soup.find_all(name):
            near = islice(label.next_siblings, MAX_APART)
            value = next((one for one in near if getattr(one, "name", "") == value_name), None)
            if value is not None:
                found += _known(label.get_text(" "), value.get_text(" "))
    return found


def labelled_in_text(text: str) -> list[Labelled]:
    """Facts in lines such as "Location: Leeds" or "**Salary:** £31,000"."""
    found: list[Labelled] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            found += _known(match[1], match[2], line)
        if len(found) >= MAX_LABELLED:
            break
    return found


def _known(label: str, value: str, line: str | None = None) -> Iterator[Labelled]:
    label, value = one_line(label).rstrip(":").strip(), one_line(value).strip("*_ ")
    if not value or len(value) > 200:
        return
    field = _FIELD_OF.get(label.casefold())
    if field:
        yield Labelled(field, value, one_line(line) if line else f"{label}: {value}")


def add_labelled(findings: Findings, labelled: list[Labelled]) -> None:
    """Add each fact whose value fits its label."""
    for fact in labelled:
        if fact.field == "salary_range":
            _add_salary(findings, fact)
            continue
        value = _value(fact)
        if value:
            findings.add(fact.field, value, fact.evidence, CONFIDENCE)
            if fact.field == "location":
                findings.add("locations", [{"text": value}], fact.evidence, CONFIDENCE)
                _add_workplace(findings, fact)


def _value(fact: Labelled) -> str | None:
    if fact.field == "workplace_type":
        return workplace_type(fact.value)
    if fact.field == "employment_type":
        return employment_type(fact.value)
    if fact.field in ("posted_at", "valid_through"):
        stated = day(fact.value)
        return stated.isoformat() if stated else None
    if fact.field == "source_job_id":
        return fact.value if _ID.fullmatch(fact.value) and re.search(r"\d", fact.value) else None
    return fact.value if len(fact.value) <= 120 else None


def _add_workplace(findings: Findings, fact: Labelled) -> None:
    """A place such as "Leeds (hybrid)" also gives the workplace type."""
    findings.add("workplace_type", workplace_type(fact.value), fact.evidence, CONFIDENCE)


def _add_salary(findings: Findings, fact: Labelled) -> None:
    salary = parse_salary(fact.value)
    if salary is None:
        findings.drop("salary_range", fact.value, fact.evidence, "states no amount")
        return
    note_salary(findings, replace(salary, text=fact.value), fact.evidence, CONFIDENCE)
