"""`make eval-model` finds no row worse with a model that lies, and would notice one."""

from __future__ import annotations

import pytest

from bench.interviews.elsewhere import composed_interviews
from bench.interviews.written import written_interviews
from bench.model.compare import Comparison, Score
from bench.model.distorter import WAYS, Distorter, Way
from bench.model.rows import compare_companies, compare_interviews, compare_positions
from bench.positions.posting import invented
from bench.research.sites import invented_companies


@pytest.mark.parametrize("way", WAYS)
async def test_no_interview_is_worse_with_a_model_that_changes_one_thing(way: Way) -> None:
    scripts = [*list(written_interviews())[::12], *composed_interviews(4)]
    rows = await compare_interviews(scripts, Distorter(way))
    assert rows.worse == []
    assert rows.rows == len(scripts)


async def test_nothing_false_is_shown_of_a_company_or_a_posting() -> None:
    model = Distorter("split")
    companies = await compare_companies(invented_companies()[:2], model)
    postings = await compare_positions(list(invented(3)), model)
    assert companies.worse == postings.worse == []
    assert len(model.told) > 50


def test_a_row_with_a_false_sentence_or_a_lost_value_is_worse() -> None:
    rows = Comparison("rows")
    rows.add("lost", Score(right=2, wrong=0), Score(right=1, wrong=0))
    rows.add("false", Score(right=2, wrong=0), Score(right=3, wrong=1))
    rows.add("better", Score(right=2, wrong=0), Score(right=3, wrong=0))
    assert rows.verdicts == {"worse": 2, "better": 1}
