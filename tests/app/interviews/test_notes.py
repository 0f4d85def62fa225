"""Notes of a person on questions survive each new analysis, and make no analysis fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.interviews.rows import add, question, store
from tests.support.queue import Connection

MOST_BYTES = 1_000_000


@pytest.fixture
def item(owner: Connection, alice: Connection) -> Any:
    """An analysed item with a note on its only question."""
    item, *_ = add(alice, type="NOTE")
    store(owner, item, question(1, 0, 3))
    alice.execute("update public.interview_questions set notes = 'mind the seal'")
    return item


def notes_and_warnings(alice: Connection) -> Any:
    return alice.execute("select notes, warnings from public.timeline_items").fetchone()


def test_storing_replaces_all_questions_and_moves_the_notes(
    owner: Connection, alice: Connection
) -> None:
    item, *_ = add(alice, type="NOTE")
    store(owner, item, question(1, 0, 3), question(2, 4, 9), question(3, 20, 21))
    alice.execute("update public.interview_questions set notes = 'note ' || question_number")
    store(owner, item, question(1, 3, 8))
    rows = alice.execute("select question_number, notes from public.interview_questions").fetchall()
    assert rows == [(1, "note 1\nnote 2")]
    assert notes_and_warnings(alice) == ("Question 3: note 3", None)


def questions(alice: Connection) -> Any:
    return alice.execute(
        "select question_number, first_utterance, notes from public.interview_questions"
        " order by question_number"
    ).fetchall()


@pytest.mark.parametrize("letter", ["x", "\u00e4"])
def test_a_note_that_fits_nowhere_stays_on_its_question_and_a_warning_says_so(
    owner: Connection, alice: Connection, item: Any, letter: str
) -> None:
    full = letter * (MOST_BYTES // len(letter.encode()))
    alice.execute("update public.timeline_items set notes = %s", [full])
    store(owner, item, question(1, 20, 21))
    notes, warnings = notes_and_warnings(alice)
    assert notes == full
    (warning,) = warnings
    assert warning["code"] == "note_not_moved"
    assert "question 2" in warning["message"]
    assert questions(alice) == [(1, 20, None), (2, 0, "mind the seal")]


def test_a_note_is_not_lost_when_the_next_analysis_replaces_the_warnings(
    owner: Connection, alice: Connection, item: Any
) -> None:
    alice.execute("update public.timeline_items set notes = %s", ["x" * MOST_BYTES])
    for _ in range(3):
        store(owner, item, question(1, 20, 21), question(2, 30, 31))
        owner.execute("update public.timeline_items set warnings = null")
        assert questions(alice) == [(1, 20, None), (2, 30, None), (3, 0, "mind the seal")]
    store(owner, item, question(1, 2, 9))
    assert questions(alice) == [(1, 2, "mind the seal")]


def test_a_note_that_just_fits_is_moved(owner: Connection, alice: Connection, item: Any) -> None:
    moved = "\nQuestion 1: mind the seal"
    alice.execute("update public.timeline_items set notes = %s", ["x" * (MOST_BYTES - len(moved))])
    store(owner, item)
    notes, warnings = notes_and_warnings(alice)
    assert (len(notes), notes[-len(moved) :], warnings) == (MOST_BYTES, moved, None)
