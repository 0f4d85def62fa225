"""Metrics are counted exactly, and unknown values are not counted at all."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import INTERVIEW, roles_of, talk
from worker.interviews.given import read_given
from worker.interviews.metric_words import NUMBERS, fillers
from worker.interviews.metrics import measure, measure_answer
from worker.interviews.segment import find_questions
from worker.interviews.transcript import Transcript, from_speech, tokens
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
        ("Uh-huh. Mm-hmm, I see. Uh-uh, no. Mhm. Aha.", []),
        ("Uh huh, right. Mm hmm.", []),
        ("So, uhm, we went on. Umm, erm, and er, stopped.", ["er", "erm", "uhm", "umm"]),
        ("To err is human, and in the ER it is not.", []),
        ("Well, I, uh, uh, left.", ["uh", "uh"]),
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


GERMAN = [
    "Erzählen Sie uns bitte von einer schwierigen Lage und davon, wie Sie damit umgegangen sind.",
    "Also, ähm, vielleicht die Sache mit dem Lager, ich glaube, das war im letzten Winter, da"
    " hatten wir drei Wochen lang keine Ware und ich musste zuerst, äh, alle Kunden anrufen.",
]
SPANISH = [
    "Cuéntenos por favor una situación difícil y cómo la resolvió usted con su equipo de entonces.",
    "Bueno, eh, creo que fue el invierno pasado, quizás en enero, cuando no había mercancía durante"
    " tres semanas y tuve que llamar a todos los clientes para explicarles lo que pasaba.",
]
POLISH = [
    "Proszę opowiedzieć o trudnej sytuacji w pracy i o tym, jak pan sobie z nią wtedy poradził.",
    "No więc, yyy, chyba ta sprawa z magazynem, to było zeszłej zimy, przez trzy tygodnie nie było"
    " towaru i musiałem najpierw zadzwonić do wszystkich klientów, żeby im to wyjaśnić.",
]


@pytest.mark.parametrize("said", [GERMAN, SPANISH, POLISH], ids=["de", "es", "pl"])
async def test_what_needs_words_is_not_counted_in_a_language_whose_words_are_unknown(
    said: list[str],
) -> None:
    transcript = await read_given(
        [{"speaker": place, "sentence": text} for place, text in enumerate(said)]
    )
    metrics = measure(transcript, {0: "interviewer", 1: "candidate"}, [])
    counted = metrics.candidate
    assert counted is not None
    for unknown in (
        counted.fillers,
        counted.fillers_per_min,
        counted.hedges,
        counted.story,
        counted.i_we_ratio,
        counted.numbers,
    ):
        assert unknown is None
    assert counted.words == len(tokens(said[1]))
    assert counted.distinct_words is not None


def test_my_counts_also_at_the_start_of_a_sentence() -> None:
    answer = measure_answer(
        talk((1, "My part was small. Our part was large. It rained.")).utterances
    )
    assert answer.i_we_ratio == 0.5


def test_in_english_nothing_found_is_a_zero() -> None:
    answer = measure_answer(talk((1, "It rained all day.")).utterances)
    assert (answer.fillers, answer.hedges, answer.story) == (0, 0, ())
