"""What is known about a posting so far: findings with their provenance.

Everything here is stored in checkpoints, so it is plain JSON once dumped.
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
"""How a value was found, the most trusted first."""


class Finding(BaseModel):
    """One value of one field, and why we believe it.

    `evidence` is verbatim text of the source or a pointer into its data; `confidence`
    is between 0 and 1.
    """

    model_config = ConfigDict(frozen=True)

    field: FieldName
    value: JsonValue
    method: Method
    source_url: str | None = None
    evidence: str | None = None
    confidence: float = 1.0


class Dropped(BaseModel):
    """A finding that was not used, and why not."""

    model_config = ConfigDict(frozen=True)

    finding: Finding
    reason: str


class ModelUse(BaseModel):
    """What the language model cost for this draft."""

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
    """A page as it was read; `html` is text without NUL, and `is_cut` if it is not all of it."""

    model_config = ConfigDict(frozen=True)

    requested_url: str
    content_type: str
    html: str
    fetch: FetchFacts
    is_cut: bool = False

    @property
    def url(self) -> str:
        """Where the page really is: what relative links are relative to."""
        return self.fetch.final_url


class Draft(BaseModel):
    """Findings of one source, or the merged ones of several.

    `text` is the readable content as Markdown: what a model may be asked about and
    what its quotes are checked against. `platform` is the recruiting system, if known.
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
        """The first value of a field, None if unknown."""
        finding = self.get(field)
        return finding.value if finding else None


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Text without what jsonb refuses: NUL, and the lone surrogates JSON can smuggle in."""
    return _UNSTORABLE.sub("", text)


def one_line(text: str) -> str:
    """Text with every run of white space turned into one space."""
    return " ".join(storable(text).split())


MAX_EVIDENCE = 500


class Findings:
    """Collects the findings of one source; nothing empty ever gets in."""

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
        """Note a value unless it is None, empty, or the field has one already."""
        if value is None or value in ("", [], {}):
            return
        finding = self._finding(field, value, evidence, confidence)
        if any(other.field == field for other in self.found):
            self.dropped.append(Dropped(finding=finding, reason="second value of the same source"))
        else:
            self.found.append(finding)

    def at(self, source_url: str | None) -> None:
        """Where the next findings come from."""
        self._source_url = source_url

    def drop(self, field: FieldName, value: JsonValue, evidence: str | None, reason: str) -> None:
        """Keep a value that may not be used, for whoever asks later."""
        if value not in (None, "", [], {}):
            self.dropped.append(
                Dropped(finding=self._finding(field, value, evidence, 0.0), reason=reason)
            )

    def draft(self, *, warnings: tuple[str, ...] = (), text: str = "") -> Draft:
        """What was collected."""
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
