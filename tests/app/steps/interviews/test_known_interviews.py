"""Interviews whose truth is known are read correctly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.interviews.blocks import plain
from bench.interviews.elsewhere import composed_interviews
from bench.interviews.evaluate import evaluate
from bench.interviews.given import given_interviews
from bench.interviews.written import ASKING, BEGINNING, ENDING, written_interviews
from worker.interviews.given import read_given
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions

DATA = Path(__file__).parent / "data"


def test_there_are_enough_interviews_and_kinds_of_difficulty() -> None:
    scripts = list(written_interviews())
    assert len(scripts) >= 50
    assert len({*ASKING, *BEGINNING, *ENDING} - {plain}) >= 28
    assert [script.lines for script in scripts] == [script.lines for script in written_interviews()]


async def test_roles_questions_and_borders_of_written_interviews() -> None:
    counts = await evaluate(written_interviews())
    assert counts.roles_wrong == counts.unreadable == []
    assert counts.f1 is not None
    assert counts.border_error is not None
    assert counts.f1 >= 0.95
    assert counts.border_error <= 1
    assert counts.rules_broken == 0


async def test_metrics_and_quotes_of_written_interviews() -> None:
    counts = await evaluate(written_interviews())
    assert max(counts.wpm_errors) <= 0.02
    assert max(counts.share_errors) <= 0.01
    assert counts.quotes_lost == counts.forgeries_taken == 0
    assert counts.forgeries_rejected > 100


async def test_both_renderings_of_the_mock_interview() -> None:
    counts = await evaluate(given_interviews(DATA))
    assert (counts.interviews, counts.roles_right, counts.rules_broken) == (2, 2, 0)


@pytest.mark.parametrize("rendering", ["espeak", "neural"])
async def test_the_questions_of_the_mock_interview(rendering: str) -> None:
    lines = json.loads((DATA / f"{rendering}.json").read_text())
    transcript = await read_given(
        [
            {"speaker": line["role"], "sentence": line["text"]}
            | {name: line[name] for name in ("start", "end")}
            for line in lines
        ]
    )
    roles = await find_roles(transcript, None)
    spans = await find_questions(transcript, roles)
    assert [(span.first, span.last, span.kind) for span in spans] == [
        (0, 1, "GREETING_OR_CHIT_CHAT"),
        (2, 3, "BACKGROUND_EXPERIENCE"),
        (4, 5, "BEHAVIORAL"),
        (6, 7, "TECHNICAL"),
        (8, 9, "TECHNICAL"),
        (11, 12, None),
    ]
    assert spans[-1].asked_by_role == "candidate"


async def test_interviews_of_a_second_program_are_read_too() -> None:
    scripts = list(composed_interviews(20))
    assert [each.lines for each in scripts] == [each.lines for each in composed_interviews(20)]
    counts = await evaluate(scripts)
    assert counts.roles_right == 20
    assert counts.f1 is not None
    assert counts.f1 >= 0.9
    assert counts.rules_broken == 0
