"""The pipeline's result: one value per column, and where each value comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from worker.columns import (
    MAX_DESCRIPTION,
    MAX_TEXT,
    Address,
    Amount,
    Currency,
    Description,
    ShortText,
    fits,
    refused,
)
from worker.pages.draft import (
    Draft,
    Dropped,
    FetchFacts,
    Finding,
    ModelUse,
)
from worker.pages.hosts import platform
from worker.pages.periods import Interval
from worker.pages.vocabulary import WorkplaceType
from worker.positions.closed import CLOSED

EXTRACTION_VERSION = 1
MAX_CANDIDATES = 50

_LAST_ZONE = timezone(timedelta(hours=-12))
"""The zone in which each day ends last."""


class FieldSource(BaseModel):
    """One column's value and where it comes from; in `value` a text is cut after 500 characters."""

    model_config = ConfigDict(frozen=True)

    value: JsonValue
    method: str
    source_url: str | None
    evidence: str | None
    confidence: float


class Candidate(FieldSource):
    """A value that was found for `field` but not used, and the reason."""

    field: str
    reason: str


class Extraction(BaseModel):
    """The column `extraction`: where each value comes from, what was not used, and the warnings."""

    model_config = ConfigDict(frozen=True)

    version: int = EXTRACTION_VERSION
    fields: dict[str, FieldSource]
    candidates: list[Candidate]
    fetch: FetchFacts | None
    llm: ModelUse | None
    warnings: list[str]


class EnrichedPosition(BaseModel):
    """The output columns of a job position; None means unknown."""

    model_config = ConfigDict(frozen=True)

    job_title: ShortText | None = None
    company_name: ShortText | None = None
    company_logo: Address | None = None
    company_website: Address | None = None
    job_description: Description | None = None
    salary_range: ShortText | None = None
    salary_min: Amount | None = None
    salary_max: Amount | None = None
    salary_currency: Currency | None = None
    salary_interval: Interval | None = None
    location: ShortText | None = None
    locations: list[dict[str, str]] | None = None
    workplace_type: WorkplaceType | None = None
    employment_type: ShortText | None = None
    posted_at: date | None = None
    valid_through: date | None = None
    apply_url: Address | None = None
    source_platform: ShortText | None = None
    source_job_id: ShortText | None = None
    content_sha256: str | None = None
    extraction: Extraction


def finish(draft: Draft, *, warnings: Iterable[str] = ()) -> EnrichedPosition:
    """Turn a merged draft into the output columns of its row.

    `warnings` are those of the run; the draft's come first. Unknown fields of the draft are left
    unset.
    """
    draft = within_limits(draft)
    values = {finding.field: finding.value for finding in draft.findings}
    warnings = [*draft.warnings, *_warnings(draft), *warnings]
    return EnrichedPosition.model_validate(
        {
            **values,
            **_content_hash(draft),
            "source_platform": _platform(draft),
            "extraction": Extraction(
                fields={each.field: _source(each) for each in draft.findings},
                candidates=[
                    Candidate(
                        field=each.finding.field,
                        reason=each.reason,
                        **_source(each.finding).model_dump(),
                    )
                    for each in draft.candidates[:MAX_CANDIDATES]
                ],
                fetch=draft.fetch,
                llm=draft.llm,
                warnings=list(dict.fromkeys(warnings)),
            ),
        }
    )


def within_limits(draft: Draft) -> Draft:
    """The draft without values that their columns would refuse; each adds a warning.

    A description that is too long is cut. Any other refused value becomes a candidate.
    """
    kept, dropped, warnings = [], list(draft.candidates), list(draft.warnings)
    for finding in draft.findings:
        value = finding.value
        if fits(EnrichedPosition, finding.field, value):
            kept.append(finding)
        elif finding.field == "job_description" and isinstance(value, str):
            kept.append(finding.model_copy(update={"value": value[:MAX_DESCRIPTION]}))
            warnings.append("job_description_cut")
        else:
            dropped.append(Dropped(finding=_shortened(finding), reason=_why_unfit(finding)))
            warnings.append(refused(finding.field))
    return draft.model_copy(
        update={
            "findings": tuple(kept),
            "candidates": tuple(dropped),
            "warnings": tuple(warnings),
        }
    )


def _why_unfit(finding: Finding) -> str:
    is_long = isinstance(finding.value, str) and len(finding.value) > MAX_TEXT
    return "too long for its column" if is_long else "not of the kind that its column holds"


def _shortened(finding: Finding) -> Finding:
    if not isinstance(finding.value, str):
        return finding
    return finding.model_copy(update={"value": finding.value[:MAX_TEXT]})


_LONG = 500


def _source(finding: Finding) -> FieldSource:
    """A value and its source; a text of more than 500 characters is cut."""
    value = finding.value
    if isinstance(value, str) and len(value) > _LONG:
        value = f"{value[:_LONG]}…"
    return FieldSource(
        value=value,
        method=finding.method,
        source_url=finding.source_url,
        evidence=finding.evidence,
        confidence=finding.confidence,
    )


def _platform(draft: Draft) -> Literal["text"] | str:
    if draft.platform:
        return draft.platform
    if draft.fetch is None:
        return "text"
    description = draft.get("job_description") or draft.get("job_title")
    return platform(draft.fetch.final_url) or (description.method if description else "html")


def _content_hash(draft: Draft) -> dict[str, JsonValue]:
    """`content_sha256`, which shows whether the description has changed; empty without one."""
    description = draft.value("job_description")
    text = " ".join(description.split()) if isinstance(description, str) else ""
    return {"content_sha256": hashlib.sha256(text.encode()).hexdigest()} if text else {}


def _is_expired(draft: Draft) -> bool:
    """Whether `valid_through` was over everywhere at the time of fetching; False if unknown.

    The page's time zone is unknown, so the day lasts until it ends at UTC-12.
    """
    closes = draft.value("valid_through")
    if draft.fetch is None or not isinstance(closes, str):
        return False
    read_at = datetime.fromisoformat(draft.fetch.retrieved_at).astimezone(_LAST_ZONE)
    return date.fromisoformat(closes) < read_at.date()


def _warnings(draft: Draft) -> list[str]:
    warnings = [CLOSED] if _is_expired(draft) else []
    if draft.get("job_title") is None:
        warnings.append("job_title_unknown")
    if draft.get("company_name") is None:
        warnings.append("company_name_unknown")
    if draft.get("job_description") is None:
        warnings.append("job_description_unknown")
    return warnings
