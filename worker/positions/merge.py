"""Merges several sources: per field the most trusted value wins, and the others are kept.

Order of trust: recruiting system's API, JSON-LD, microdata, RDFa, the page's state, OpenGraph, page
text, model, the row's first guess. An unknown value never replaces a known one. Pay is taken as one
group, and so is location, so that one source's numbers are never combined with another's currency.
"""

from __future__ import annotations

from collections.abc import Iterable

from worker.pages.draft import (
    FIELDS,
    METHODS,
    Draft,
    Dropped,
    FieldName,
    Finding,
    Method,
    ModelUse,
)

PAY: tuple[FieldName, ...] = (
    "salary_range",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_interval",
)
PLACE: tuple[FieldName, ...] = ("location", "locations")
GROUPS: tuple[tuple[FieldName, ...], ...] = (
    PAY,
    PLACE,
    *((field,) for field in FIELDS if field not in PAY and field not in PLACE),
)


def merge(*drafts: Draft) -> Draft:
    """One draft from several; for equally trusted values the earlier draft wins."""
    kept: list[Finding] = []
    dropped: list[Dropped] = [each for draft in drafts for each in draft.candidates]
    findings = [finding for draft in drafts for finding in draft.findings]
    for group in GROUPS:
        winners, losers = _settle([each for each in findings if each.field in group])
        kept += winners
        dropped += losers
    return Draft(
        findings=tuple(sorted(kept, key=lambda finding: FIELDS.index(finding.field))),
        candidates=tuple(_unique(dropped)),
        warnings=tuple(dict.fromkeys(word for draft in drafts for word in draft.warnings)),
        text=next((draft.text for draft in drafts if draft.text), ""),
        fetch=next((draft.fetch for draft in drafts if draft.fetch), None),
        platform=next((draft.platform for draft in drafts if draft.platform), None),
        llm=_sum(draft.llm for draft in drafts if draft.llm),
    )


def _settle(findings: list[Finding]) -> tuple[list[Finding], list[Dropped]]:
    if not findings:
        return [], []
    best = min((finding.method for finding in findings), key=METHODS.index)
    winners: list[Finding] = []
    for finding in findings:
        if finding.method == best and all(finding.field != other.field for other in winners):
            winners.append(finding)
    winners = _with_own_wording(winners, findings)
    agreed = [(each.field, each.value) for each in winners]
    return winners, [
        Dropped(finding=each, reason=_reason(each, best))
        for each in findings
        if (each.field, each.value) not in agreed
    ]


def _reason(finding: Finding, best: Method) -> str:
    return f"{best} is trusted more" if finding.method != best else "a later value"


def _with_own_wording(winners: list[Finding], findings: list[Finding]) -> list[Finding]:
    """Take the wording from the page if it states the same pay as the structured data.

    Structured data has no wording of its own: "EUR 50,000 per year" would be our invention.
    """
    low, high = _value(winners, "salary_min"), _value(winners, "salary_max")
    if low is None or winners[0].method not in ("ats_api", "json_ld", "microdata", "rdfa"):
        return winners
    for method in ("html", "llm"):
        stated = [each for each in findings if each.method == method]
        numbers = (_value(stated, "salary_min"), _value(stated, "salary_max"))
        # Wording without numbers comes from an earlier merge, which chose it.
        chosen = numbers == (None, None) and _value(winners, "salary_range") is None
        if numbers == (low, high) or chosen:
            words = [each for each in stated if each.field == "salary_range"][:1]
            others = [each for each in winners if each.field != "salary_range"]
            return words + others if words else winners
    return winners


def _value(findings: list[Finding], field: FieldName) -> object:
    return next((each.value for each in findings if each.field == field), None)


def _unique(dropped: list[Dropped]) -> Iterable[Dropped]:
    # Compare as JSON, because a value may be a list, and comparing all pairs would be slow.
    seen: dict[str, Dropped] = {}
    for each in dropped:
        seen.setdefault(each.model_dump_json(), each)
    return seen.values()


def _sum(uses: Iterable[ModelUse]) -> ModelUse | None:
    total: ModelUse | None = None
    for use in uses:
        total = (
            use
            if total is None
            else ModelUse(
                model=use.model,
                input_tokens=total.input_tokens + use.input_tokens,
                output_tokens=total.output_tokens + use.output_tokens,
                tool_calls=total.tool_calls + use.tool_calls,
            )
        )
    return total
