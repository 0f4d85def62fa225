"""What is known about a posting so far: findings, each with its source.

All of this is stored in checkpoints, so it can be converted to plain JSON.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, JsonValue

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
"""The ways to find a value, most trusted first."""


class Finding(BaseModel):
    """One value of one field, and where it comes from.

    `evidence` is a literal quote from the source, or a pointer into its data. `confidence` is
    between 0 and 1.
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
    """The language model's usage for this draft."""

    model_config = ConfigDict(frozen=True)

    model: str
    input_tokens: int
    output_tokens: int
    tool_calls: int = 0


class FetchFacts(BaseModel):
    """How the page was read."""

    model_config = ConfigDict(frozen=True)

    final_url: str
    status: int
    via: Literal["direct", "ats_api", "crawlbase"] = "direct"
    bytes: int
    charset: str
    retrieved_at: str


class FetchedPage(BaseModel):
    """A page as it was read. `html` is text without NUL; `is_cut` means that its end is missing."""

    model_config = ConfigDict(frozen=True)

    requested_url: str
    content_type: str
    html: str
    fetch: FetchFacts
    is_cut: bool = False

    @property
    def url(self) -> str:
        """The page's final URL; relative links are relative to it."""
        return self.fetch.final_url


class Draft(BaseModel):
    """The findings of one source, or the merged findings of several.

    `text` is the readable content as Markdown: a model is asked about it, and its quotes are
    checked against it. `platform` is the recruiting system, if known.
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
        """The first finding of a field."""
        return next((finding for finding in self.findings if finding.field == field), None)

    def value(self, field: FieldName) -> JsonValue:
        """The first value of a field; None if unknown."""
        finding = self.get(field)
        return finding.value if finding else None


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which jsonb refuses; JSON can contain both."""
    return _UNSTORABLE.sub("", text)


def one_line(text: str) -> str:
    """The text with each run of white space replaced by one space."""
    return " ".join(storable(text).split())


MAX_EVIDENCE = 500


class Findings:
    """Collects the findings of one source; empty values are ignored."""

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
        """Add a value.

        It is ignored if empty, and only kept as dropped if the field already has one.
        """
        if value is None or value in ("", [], {}):
            return
        finding = self._finding(field, value, evidence, confidence)
        if any(other.field == field for other in self.found):
            self.dropped.append(Dropped(finding=finding, reason="second value of the same source"))
        else:
            self.found.append(finding)

    def at(self, source_url: str | None) -> None:
        """Set the URL from which the next findings come."""
        self._source_url = source_url

    def drop(self, field: FieldName, value: JsonValue, evidence: str | None, reason: str) -> None:
        """Keep a value that must not be used, together with the reason, for later inspection."""
        if value not in (None, "", [], {}):
            self.dropped.append(
                Dropped(finding=self._finding(field, value, evidence, 0.0), reason=reason)
            )

    def draft(self, *, warnings: tuple[str, ...] = (), text: str = "") -> Draft:
        """The collected findings as a draft."""
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
