"""Metrics are counted exactly, and unknown values are not counted at all."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import INTERVIEW, roles_of, talk
from worker.interviews.given import read_given
from worker.interviews.metric_words import NUMBERS, fillers
from worker.interviews.metrics import measure, measure_answer
from worker.interviews.segment import find_questions
from worker.interviews.transcript import Transcript, from_speech
from worker.services.speech.speech_to_text import SpeechTranscript, Spoken, Word


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Um, I think, uh, so.", ["um", "uh"]),
        ("It was, like, huge.", ["like"]),
        ("I would like to work on things like pumps, and I feel like it.", []),
        ("What kind of pump? This sort of pump, a kind of seal.", []),
        ("It kind of leaked and sort of stopped.", ["kind of", "sort of"]),
        ("You know, it broke. Do you know why? As you know that it does.", ["you know"]),
        ("Basically it was fine, actually.", ["basically", "actually"]),
        ("Hmm. The umbrella and the errand.", ["hmm"]),
    ],
)
def test_fillers_are_counted_and_plain_words_are_not(text: str, found: list[str]) -> None:
    assert sorted(fillers(text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We went from 90 minutes to 11, a cut of 87.5%.", 3),
        ("About two million transactions and forty five people.", 2),
        ("One day someone told everyone.", 0),
        ("It cost €40,000 and doubled.", 2),
    ],
)
def test_numbers_are_counted(text: str, count: int) -> None:
    assert len(NUMBERS.findall(text)) == count


def heard(*words: tuple[str, float, float]) -> Transcript:
    return from_speech(
        SpeechTranscript(
            language="en",
            seconds=20.0,
            utterances=(Spoken(speaker=1, words=tuple(Word(*word, 0.9) for word in words)),),
            has_fillers=True,
        )
    )


def test_pace_leaves_pauses_out() -> None:
    said = heard(("I", 0, 1), ("wait", 1, 2), ("here", 5, 6), ("now", 7.2, 8)).utterances
    answer = measure_answer(said)
    # The answer takes 8 s; the pauses of 3 s and 1.2 s between words do not count.
    assert answer.seconds == 3.8
    assert answer.wpm == round(4 / 3.8 * 60, 1)
    assert answer.pauses is not None
    assert (answer.pauses.over_1s, answer.pauses.over_2_5s) == (2, 1)


async def test_an_interview_is_measured_as_a_whole() -> None:
    roles = roles_of(INTERVIEW)
    spans = await find_questions(INTERVIEW, roles)
    metrics = measure(INTERVIEW, roles.roles, spans)
    seconds = {0: 0.0, 1: 0.0}
    for said in INTERVIEW.utterances:
        seconds[said.speaker] += said.seconds or 0
    assert metrics.talk_share["candidate"] == round(seconds[1] / sum(seconds.values()), 3)
    assert metrics.wpm == 60.0
    assert metrics.median_latency_s == 0.5
    assert metrics.interruptions == {}
    assert (metrics.questions.asked, metrics.questions.by_candidate) == (3, 1)
    assert (
        metrics.questions.by_type
        == {
            "GREETING_OR_CHIT_CHAT": 1,
            "BEHAVIORAL": 1,
            "BACKGROUND_EXPERIENCE": 1,
        }
        or sum(metrics.questions.by_type.values()) == 3
    )
    assert metrics.transcript_quality.speaker_coverage == 1


async def test_without_times_there_is_no_pace_and_no_zero() -> None:
    transcript = await read_given(
        [{"speaker": 0, "sentence": "Why?"}, {"speaker": 1, "sentence": "Because of the seal."}]
    )
    metrics = measure(transcript, {0: "interviewer", 1: "candidate"}, [])
    assert metrics.talk_share_by == "words"
    assert metrics.talk_share["candidate"] == 0.8
    for unknown in (
        metrics.wpm,
        metrics.fillers_per_min,
        metrics.fillers_reliable,
        metrics.interruptions,
        metrics.silence_share,
        metrics.median_latency_s,
        metrics.longest_answer_s,
    ):
        assert unknown is None


def test_cutting_in_counts_and_listening_does_not() -> None:
    said = talk((0, "And then you went to"), (1, "No I stayed here instead"), (0, "Mm-hm"))
    first, second, third = said.utterances
    overlapping = said.model_copy(
        update={
            "utterances": (
                first,
                second.model_copy(update={"start": 4.0, "end": 9.0}),
                third.model_copy(update={"start": 8.0, "end": 9.0}),
            )
        }
    )
    metrics = measure(overlapping, {0: "interviewer", 1: "candidate"}, [])
    assert metrics.interruptions == {"candidate": 1}


@pytest.mark.parametrize(("language", "reliable"), [("en", True), ("en-GB", True), ("de", False)])
def test_fillers_are_reliable_in_english_only(language: str, reliable: bool) -> None:
    transcript = heard(("I", 0, 1), ("wait", 1, 2)).model_copy(update={"language": language})
    assert measure(transcript, {1: "candidate"}, []).fillers_reliable is reliable
