"""No value that is read is too large for its column, whatever a page says."""

from __future__ import annotations

from worker.columns import MAX_DESCRIPTION
from worker.pages.draft import Draft, FieldName, Finding
from worker.positions.result import finish


def stating(field: FieldName, value: str) -> Draft:
    return Draft(findings=(Finding(field=field, value=value, method="html"),))


def test_a_description_that_is_too_long_is_cut_and_says_so() -> None:
    row = finish(stating("job_description", "x" * (MAX_DESCRIPTION + 1)))
    assert len(row.job_description or "") == MAX_DESCRIPTION
    assert "job_description_cut" in row.extraction.warnings


def test_any_other_value_that_is_too_long_becomes_a_candidate() -> None:
    row = finish(stating("apply_url", "https://acme.com/" + "x" * 3000))
    assert row.apply_url is None
    (dropped,) = row.extraction.candidates
    assert (dropped.field, dropped.reason) == ("apply_url", "too long for its column")
