"""Merges several sources: the most trusted value of a field wins, different ones are candidates.

`METHODS` is the order of trust. The fields of pay, and those of location, are taken together from
one source; only the wording of pay may come from another.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

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
    """One draft from several; of equally trusted values, that of the earlier draft wins.

    `text`, `fetch` and `platform` are those of the first draft that has a value.
    """
    kept: list[Finding] = []
    dropped: list[Dropped] = [each for draft in drafts for each in draft.candidates]
    for group in GROUPS:
        sources = [[each for each in draft.findings if each.field in group] for draft in drafts]
        winners, losers = _settle(sources)
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


def _settle(sources: list[list[Finding]]) -> tuple[list[Finding], list[Dropped]]:
    findings = [finding for source in sources for finding in source]
    if not findings:
        return [], []
    best = min((finding.method for finding in findings), key=METHODS.index)
    trusted = ([each for each in source if each.method == best] for source in sources)
    winners: list[Finding] = []
    for finding in next(filter(None, trusted)):
        if all(finding.field != other.field for other in winners):
            winners.append(finding)
    winners = _with_own_wording(winners, sources)
    agreed = [(each.field, each.value) for each in winners]
    return winners, [
        Dropped(finding=each, reason=_reason(each, best))
        for each in findings
        if (each.field, each.value) not in agreed
    ]


def _reason(finding: Finding, best: Method) -> str:
    return f"{best} is trusted more" if finding.method != best else "a later value"


def _with_own_wording(winners: list[Finding], sources: list[list[Finding]]) -> list[Finding]:
    """Replace the wording of pay from data by that of the page's text or of a model.

    A program usually made the wording of data, as "EUR 50,000 per year".
    """
    low, high = _value(winners, "salary_min"), _value(winners, "salary_max")
    if low is None or winners[0].method not in ("ats_api", "json_ld", "microdata", "rdfa"):
        return winners
    for method, source in product(("html", "llm"), sources):
        stated = [each for each in source if each.method == method]
        numbers = (_value(stated, "salary_min"), _value(stated, "salary_max"))
        # A wording without numbers, beside data without a wording, was chosen by an earlier merge.
        chosen = numbers == (None, None) and _value(winners, "salary_range") is None
        if numbers == (low, high) or chosen:
            words = [each for each in stated if each.field == "salary_range"][:1]
            others = [each for each in winners if each.field != "salary_range"]
            return words + others if words else winners
    return winners


def _value(findings: list[Finding], field: FieldName) -> object:
    return next((each.value for each in findings if each.field == field), None)


def _unique(dropped: list[Dropped]) -> Iterable[Dropped]:
    # As JSON, because a list cannot be the key of a dict, and comparing all pairs would be slow.
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
