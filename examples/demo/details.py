"""The interesting values in a row of each table, and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from examples.demo.user import Row

POSITION_FIELDS = (
    ("title", "job_title"),
    ("company", "company_name"),
    ("salary", "salary_range"),
    ("location", "location"),
    ("logo", "company_logo"),
)
LONGEST_EVIDENCE = 44


class Detail(NamedTuple):
    """One line: the name of a value, the value, and its source."""

    name: str
    value: str
    source: str = ""


def headline(table: str, row: Row) -> str:
    """The result of a row in a few words; empty if there is none."""
    if table == "job_positions":
        return ", ".join(filter(None, (row["job_title"], row["company_name"])))
    if table == "timeline_items":
        questions = row["interview_questions_preview"]
        return "" if questions is None else f"{len(questions)} questions"
    result = row["result"]
    return "" if result is None else f"{len(result['sources'])} sources"


def details(table: str, row: Row) -> list[Detail]:
    """The lines to show for a completed row."""
    kinds = {
        "job_positions": _position,
        "timeline_items": _interview,
        "company_research": _company,
    }
    return list(kinds[table](row))


def _position(row: Row) -> Iterator[Detail]:
    for label, name in POSITION_FIELDS:
        yield Detail(label, row[name] or "unknown", _evidence(row, name))
    yield from _warnings(row["extraction"]["warnings"])


def _evidence(row: Row, name: str) -> str:
    field: dict[str, Any] | None = row["extraction"]["fields"].get(name)
    if field is None:
        return ""
    evidence = " ".join((field["evidence"] or "").split())
    if len(evidence) > LONGEST_EVIDENCE:
        evidence = f"{evidence[:LONGEST_EVIDENCE]}..."
    return f"{field['method']}: {evidence}" if evidence else field["method"]


def _interview(row: Row) -> Iterator[Detail]:
    score = row["interview_score"]
    yield Detail("score", "unknown" if score is None else f"{score} of 10")
    for question in row["interview_questions_preview"]:
        metrics = question["metrics"]
        said = f"{metrics['words']} words, {metrics['wpm']:g} a minute" if metrics else ""
        yield Detail("question", question["question_title"], said)
    yield from _warnings(row["warnings"])


def _company(row: Row) -> Iterator[Detail]:
    result = row["result"]
    titles = {source["id"]: source["title"] for source in result["sources"]}
    overview = result["overview"]
    if overview is not None:
        yield Detail("overview", overview["text"], _titles(titles, overview["sources"]))
    for product in result["products"]:
        yield Detail("product", product["text"], _titles(titles, product["sources"]))
    for value in result["companyValues"]:
        yield Detail("value", value["text"], _titles(titles, value["sources"]))
    stack = result["techStack"]
    if stack:
        cited = dict.fromkeys(source for one in stack for source in one["evidence"])
        yield Detail("stack", ", ".join(one["name"] for one in stack), _titles(titles, list(cited)))
    yield from _warnings(row["warnings"])


def _titles(titles: Mapping[str, str], sources: list[str]) -> str:
    return "; ".join(titles[source] for source in sources)


def _warnings(warnings: list[str] | None) -> Iterator[Detail]:
    for warning in warnings or ():
        yield Detail("warning", warning)
