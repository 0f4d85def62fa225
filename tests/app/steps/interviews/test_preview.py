"""A preview is as large as its interview, so it is not written after every score."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.support.clock import ManualClock
from worker.interviews.preview import Preview
from worker.interviews.question_row import QuestionRow

QUESTIONS = 80


def question(number: int) -> QuestionRow:
    return QuestionRow(
        question_number=number, question_type=None, question_title=None, question_text="Why?",
        answer_text=None, question_json=[], asked_by=0, asked_by_role="interviewer",
        first_utterance=0, last_utterance=1, question_start_second=None, question_end_second=None,
        answer_start_second=None, answer_end_second=None, scoring_status="pending",
    )  # fmt: skip


def scored(row: QuestionRow) -> QuestionRow:
    return row.model_copy(update={"scoring_status": "scored"})


class Written:
    """Notes how many scores each write shows. A write takes so many seconds."""

    def __init__(self, clock: ManualClock, seconds: float = 0) -> None:
        self.scores: list[int] = []
        self._clock, self._seconds = clock, seconds

    async def write(self, rows: Sequence[QuestionRow]) -> None:
        self.scores.append(sum(row.scoring_status == "scored" for row in rows))
        await self._clock.advance(self._seconds)


async def score_all(every: float, write_seconds: float = 0) -> list[int]:
    """Make eighty scores, one every so many seconds; returns how many each write showed."""
    clock = ManualClock()
    written = Written(clock, write_seconds)
    preview = Preview(written.write, clock.monotonic)
    rows = [question(number) for number in range(QUESTIONS)]
    await preview.show(rows)
    for place in range(QUESTIONS):
        await clock.advance(every)
        rows[place] = scored(rows[place])
        await preview.show(rows)
    return written.scores


async def test_scores_that_come_at_once_are_two_writes_the_first_and_the_last() -> None:
    assert await score_all(every=0) == [0, QUESTIONS]


async def test_scores_of_one_second_share_a_write() -> None:
    assert await score_all(every=0.25) == [0, *range(4, QUESTIONS + 1, 4)]


async def test_scores_that_take_their_time_are_shown_one_by_one() -> None:
    assert await score_all(every=2) == list(range(QUESTIONS + 1))


async def test_large_previews_take_a_twentieth_of_the_time() -> None:
    # Each write takes half a second, so the next one comes ten seconds later at the earliest.
    scores = await score_all(every=1, write_seconds=0.5)
    assert len(scores) < 12
    assert (scores[0], scores[-1]) == (0, QUESTIONS)


async def test_scores_that_come_while_a_write_goes_on_do_not_queue_up_behind_it() -> None:
    clock, gate, writes = ManualClock(), asyncio.Event(), 0

    async def write(_rows: Sequence[QuestionRow]) -> None:
        nonlocal writes
        writes += 1
        await gate.wait()

    preview = Preview(write, clock.monotonic)
    rows = [question(number) for number in range(3)]
    writing = asyncio.create_task(preview.show(rows))
    await asyncio.sleep(0)
    await clock.advance(60)
    await preview.show(rows)
    assert writes == 1
    gate.set()
    await writing
