"""Rows of interviews, written as users and as workers write them."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from tests.support.queue import Connection

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
AUDIO = f"{ALICE}/1763.mp3"


def add(user: Connection, **values: Any) -> Any:
    """Add an item; returns (id, status, pipeline)."""
    columns = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    found = user.execute(
        f"insert into public.timeline_items ({columns}) values ({places})"
        " returning id, processing_status, processing_pipeline",
        [Jsonb(value) if isinstance(value, list) else value for value in values.values()],
    ).fetchone()
    assert found is not None
    return found


def question(number: int, first: int, last: int) -> dict[str, Any]:
    """A question in the form in which an analysis stores it."""
    return {
        "question_number": number,
        "question_title": f"Question {number}",
        "question_text": "Why?",
        "question_json": [],
        "asked_by": 0,
        "asked_by_role": "interviewer",
        "first_utterance": first,
        "last_utterance": last,
        "scoring_status": "skipped",
    }


def store(owner: Connection, item: Any, *questions: dict[str, Any]) -> None:
    """Store questions as the end of an analysis does."""
    owner.execute("select public.store_interview_questions(%s, %s)", [item, Jsonb(list(questions))])
