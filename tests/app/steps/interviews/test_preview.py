"""A preview is as large as its interview, so it is not written after every score."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.support.clock import ManualClock
from worker.interviews.preview import Preview
from worker.interviews.question_row import QuestionRow
from worker.interviews.transcript import TranscriptLine

QUESTIONS = 80
LINE = TranscriptLine(
    index=0, speaker=1, role="candidate", text="It rained, and so we stayed. " * 6, start=0.0,
    end=12.0, confidence=0.99,
)  # fmt: skip


def question(number: int) -> QuestionRow:
    return QuestionRow(
        question_number=number, question_type=None, question_title=None, question_text="Why?",
        answer_text=LINE.text * 6, question_json=[LINE] * 6, asked_by=0,
        asked_by_role="interviewer",
        first_utterance=0, last_utterance=1, question_start_second=None, question_end_second=None,
        answer_start_second=None, answer_end_second=None, scoring_status="pending",
    )  # fmt: skip


def scored(row: QuestionRow) -> QuestionRow:
    return row.model_copy(update={"scoring_status": "scored", "feedback": "You name it. " * 60})


class Written:
    """Notes how many scores and how many bytes each write shows. A write takes so many seconds."""

    def __init__(self, clock: ManualClock, seconds: float = 0) -> None:
        self.scores: list[int] = []
        self.bytes = 0
        self._clock, self._seconds = clock, seconds

    async def write(self, rows: Sequence[QuestionRow]) -> None:
        self.scores.append(sum(row.scoring_status == "scored" for row in rows))
        self.bytes += size(rows)
        await self._clock.advance(self._seconds)


def size(rows: Sequence[QuestionRow]) -> int:
    return sum(len(row.model_dump_json()) for row in rows)


async def score_all(every: float, write_seconds: float = 0) -> list[int]:
    """Make eighty scores, one every so many seconds; returns how many each write showed."""
    written, _ = await score(QUESTIONS, QUESTIONS, every, write_seconds)
    return written.scores


async def score(
    count: int, most: int, every: float, write_seconds: float = 0
) -> tuple[Written, int]:
    """Score the first `most` of so many questions; what was written, and the final size."""
    clock = ManualClock()
    written = Written(clock, write_seconds)
    preview = Preview(written.write, clock.monotonic)
    rows = [question(number) for number in range(count)]
    for place in range(most, count):
        rows[place] = rows[place].model_copy(update={"scoring_status": "skipped"})
    await preview.show(rows)
    for place in range(min(count, most)):
        await clock.advance(every)
        rows[place] = scored(rows[place])
        await preview.show(rows)
    return written, size(rows)


async def test_scores_that_come_at_once_are_two_writes_the_first_and_the_last() -> None:
    assert await score_all(every=0) == [0, QUESTIONS]


async def test_scores_of_one_second_share_a_write() -> None:
    scores = await score_all(every=0.25)
    assert all(later - earlier >= 4 for earlier, later in pairwise(scores))


@pytest.mark.parametrize("every", [0.1, 2, 60])
@pytest.mark.parametrize(("count", "most"), [(1, 80), (5, 80), (64, 80), (80, 80), (600, 80)])
async def test_all_writes_together_are_no_larger_than_three_times_the_final_questions(
    count: int, most: int, every: float
) -> None:
    written, final = await score(count, most, every)
    assert written.bytes <= 3 * final
    assert (written.scores[0], written.scores[-1]) == (0, min(count, most))


async def test_scores_that_take_their_time_are_shown_step_by_step() -> None:
    scores = await score_all(every=2)
    assert len(scores) >= 4
    assert max(later - earlier for earlier, later in pairwise(scores)) <= QUESTIONS // 2


async def test_the_lines_of_the_transcript_are_not_written_again() -> None:
    shown: list[QuestionRow] = []

    async def write(rows: Sequence[QuestionRow]) -> None:
        shown.extend(rows)

    await Preview(write, ManualClock().monotonic).show([question(1)])
    assert shown[0].question_json == []
    assert shown[0].answer_text == question(1).answer_text


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
