"""Data types for what is known about a posting: values of fields, and where they come from.

Steps store the pydantic models in checkpoints as JSON.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, JsonValue

from worker.pages.placeholders import is_placeholder, is_placeholder_day, is_placeholder_place

FieldName: TypeAlias = Literal[
    "job_title",
    "company_name",
    "company_logo",
    "company_website",
    "job_description",
    "salary_range",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_interval",
    "location",
    "locations",
    "workplace_type",
    "employment_type",
    "posted_at",
    "valid_through",
    "apply_url",
    "source_job_id",
]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)

Method: TypeAlias = Literal[
    "ats_api",
    "json_ld",
    "microdata",
    "rdfa",
    "page_state",
    "opengraph",
    "html",
    "llm",
    "basic",
]
METHODS: tuple[Method, ...] = get_args(Method)
"""The ways to find a value, most trusted first; `merge` uses this order."""


class Finding(BaseModel):
    """One value of one field, and where the value comes from.

    `evidence` is usually a quote or a pointer into the data. `confidence` is from 0 (none) to 1
    (full).
    """

    model_config = ConfigDict(frozen=True)

    field: FieldName
    value: JsonValue
    method: Method
    source_url: str | None = None
    evidence: str | None = None
    confidence: float = 1.0


class Dropped(BaseModel):
    """A finding that was not used, and the reason."""

    model_config = ConfigDict(frozen=True)

    finding: Finding
    reason: str


class ModelUse(BaseModel):
    """The usage of the language model for one draft: tokens and tool calls in total.

    `model` is the name of the last model used.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    input_tokens: int
    output_tokens: int
    tool_calls: int = 0


class FetchFacts(BaseModel):
    """How a page, or the answer of a recruiting system, was fetched.

    `final_url` is the URL after redirects. `bytes` is the size after decompression.
    """

    model_config = ConfigDict(frozen=True)

    final_url: str
    status: int
    via: Literal["direct", "ats_api", "crawlbase"] = "direct"
    bytes: int
    charset: str
    retrieved_at: str


class FetchedPage(BaseModel):
    """A page as it was fetched.

    `html` is the text of the answer, which may be no HTML. `is_cut` means that the text's end is
    missing.
    """

    model_config = ConfigDict(frozen=True)

    requested_url: str
    content_type: str
    html: str
    fetch: FetchFacts
    is_cut: bool = False

    @property
    def url(self) -> str:
        """The page's URL after redirects."""
        return self.fetch.final_url


class Draft(BaseModel):
    """The findings of one source, or the merged findings of several sources.

    `candidates` are findings that are not used. `text` is the posting's text as Markdown, or empty.
    """

    model_config = ConfigDict(frozen=True)

    findings: tuple[Finding, ...] = ()
    candidates: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    text: str = ""
    fetch: FetchFacts | None = None
    platform: str | None = None
    llm: ModelUse | None = None

    def get(self, field: FieldName) -> Finding | None:
        """The first finding of a field; None if there is none."""
        return next((finding for finding in self.findings if finding.field == field), None)

    def value(self, field: FieldName) -> JsonValue:
        """The value of the first finding of a field; None if there is none."""
        finding = self.get(field)
        return finding.value if finding else None


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, because PostgreSQL's jsonb refuses them."""
    return _UNSTORABLE.sub("", text)


def one_line(text: str) -> str:
    """The text as one line with single spaces, without NUL and lone surrogates."""
    return " ".join(storable(text).split())


MAX_EVIDENCE = 500
_MAY_BE_PLACEHOLDERS = ("job_title", "company_name", "job_description")


def _stands_for_nothing(field: FieldName, value: str) -> bool:
    if field in ("posted_at", "valid_through"):
        return is_placeholder_day(date.fromisoformat(value))
    if field == "location":
        return is_placeholder_place(value)
    return field in _MAY_BE_PLACEHOLDERS and is_placeholder(value)


class Findings:
    """Collects what one method finds in one or more sources."""

    def __init__(self, method: Method, source_url: str | None) -> None:
        self._method = method
        self._source_url = source_url
        self.found: list[Finding] = []
        self.dropped: list[Dropped] = []

    def add(
        self,
        field: FieldName,
        value: JsonValue,
        evidence: str | None = None,
        confidence: float = 1.0,
    ) -> None:
        """Add a value to `found`; a second value or a recognised placeholder goes to `dropped`.

        An empty value is ignored.
        """
        if value is None or value in ("", [], {}):
            return
        if isinstance(value, str) and _stands_for_nothing(field, value):
            self.drop(field, value, evidence, "a placeholder")
            return
        finding = self._finding(field, value, evidence, confidence)
        if any(other.field == field for other in self.found):
            self.dropped.append(Dropped(finding=finding, reason="second value of the same source"))
        else:
            self.found.append(finding)

    def stated(self, *fields: FieldName) -> list[str]:
        """The texts that were found for these fields."""
        return [str(each.value) for each in self.found if each.field in fields]

    def at(self, source_url: str | None) -> None:
        """Set the URL from which the next findings come."""
        self._source_url = source_url

    def drop(self, field: FieldName, value: JsonValue, evidence: str | None, reason: str) -> None:
        """Put a value that must not be used into `dropped`; an empty value is ignored."""
        if value not in (None, "", [], {}):
            self.dropped.append(
                Dropped(finding=self._finding(field, value, evidence, 0.0), reason=reason)
            )

    def draft(self, *, warnings: tuple[str, ...] = (), text: str = "") -> Draft:
        """Return a draft: `found` becomes its findings, and `dropped` its candidates."""
        return Draft(
            findings=tuple(self.found),
            candidates=tuple(self.dropped),
            warnings=warnings,
            text=text,
        )

    def _finding(
        self, field: FieldName, value: JsonValue, evidence: str | None, confidence: float
    ) -> Finding:
        return Finding(
            field=field,
            value=storable(value) if isinstance(value, str) else value,
            method=self._method,
            source_url=self._source_url,
            evidence=storable(evidence)[:MAX_EVIDENCE] if evidence else None,
            confidence=confidence,
        )
