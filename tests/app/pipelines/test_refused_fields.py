"""A value that its column would refuse is left out, and the result names the column."""

from __future__ import annotations

import math

from worker.columns import fitting
from worker.companies.pipeline import Answer
from worker.interviews.result import finish, shown_early
from worker.interviews.roles import Roles
from worker.interviews.summary import ModelSummary
from worker.interviews.transcript import Transcript, Utterance


def long_interview() -> Transcript:
    said = Utterance(
        index=0, speaker=0, text="\u00e9" * 1_000_001, start=0.0, end=9.0, confidence=1.0
    )
    return Transcript(utterances=(said,), language="fr", seconds=9.0)


def test_a_transcript_larger_than_its_column_costs_the_text_and_no_question() -> None:
    roles = Roles(roles={0: "candidate"}, candidate=0, method="user")
    transcript = long_interview()
    assert shown_early(transcript, roles)["text"] is None
    found = finish(transcript, roles, [], [], ModelSummary(), stored=None, warnings=["known"])
    assert found.text is None
    assert found.interview_transcript and found.interview_duration_seconds == 9
    assert found.warnings is not None and {"known", "text_refused"} <= set(found.warnings)


def test_each_field_is_judged_alone() -> None:
    kept, warnings = fitting(
        Answer, {"prep_checklist": [{"item": "x", "weight": math.inf}], "warnings": ["known"]}
    )
    assert kept == {"prep_checklist": None, "warnings": ["known"]}
    assert warnings == ["prep_checklist_refused"]
