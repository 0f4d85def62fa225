"""Scores are added up without inflation, and feedback is about what was really said."""

from __future__ import annotations

import pytest

from worker.interviews.observable import observable
from worker.interviews.quotes import Quotable
from worker.interviews.rubric import DIMENSIONS, mean, whole_mean
from worker.interviews.score import PROMPT
from worker.interviews.transcript import Utterance


@pytest.mark.parametrize(
    ("values", "one_decimal", "whole"),
    [
        ([7, 8, None], 7.5, 8),
        ([6, 7, 7], 6.7, 7),
        ([6.45, 6.45], 6.5, 6),
        ([0, 0], 0.0, 0),
        ([None, None], None, None),
        ([], None, None),
    ],
)
def test_a_mean_is_of_what_is_known_and_rounded_once(
    values: list[float | None], one_decimal: float | None, whole: int | None
) -> None:
    assert (mean(values), whole_mean(values)) == (one_decimal, whole)


def test_every_dimension_has_anchors_in_the_rubric() -> None:
    rubric = PROMPT.text
    for dimension in DIMENSIONS:
        _, _, anchors = rubric.partition(f"`{dimension}`:")
        section = anchors.partition("\n\n")[0]
        for level in ("\n0 ", "2 ", "4 ", "6 ", "8 ", "10 "):
            assert level in section, (dimension, level)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("You name two numbers. You seem nervous.", "You name two numbers."),
        ("You are an honest person!", None),
        ("The answer shows a lack of confidence.", None),
        ("Your accent is hard to follow. Say what it cost.", "Say what it cost."),
        ("You say what you did.", "You say what you did."),
        ("", None),
    ],
)
def test_sentences_about_a_persons_nature_are_dropped(text: str, kept: str | None) -> None:
    assert observable(text) == kept


ANSWER = [
    Utterance(index=3, speaker=1, text="I saved the pump, at night.", start=10.0, end=14.0),
    Utterance(index=5, speaker=1, text="It didn\u2019t leak again!", start=16.0, end=18.0),
]


@pytest.mark.parametrize(
    ("quote", "found", "start", "end"),
    [
        ("I saved the pump", "I saved the pump,", 10.0, 14.0),
        ("i SAVED the pump at night", "I saved the pump, at night.", 10.0, 14.0),
        ("at night. It didn't leak", "at night. It didn\u2019t leak", 10.0, 18.0),
    ],
)
def test_a_quote_is_found_with_its_time_in_the_transcripts_own_words(
    quote: str, found: str, start: float, end: float
) -> None:
    place = Quotable(ANSWER).find(quote)
    assert place is not None
    assert (place.quote, place.start, place.end) == (found, start, end)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "pump",
        "I saved a pump",
        "I saved the pump and it didn't leak",
        "the pump I saved",
        "I saved … at night",
        "didnt leak again",
    ],
)
def test_what_was_not_said_is_not_found(quote: str) -> None:
    assert Quotable(ANSWER).find(quote) is None


def test_a_quote_does_not_reach_across_another_question() -> None:
    heard = Quotable(ANSWER, {4})
    assert heard.find("at night. It didn't leak") is None
    assert heard.find("It didn't leak again") is not None
    assert heard.find("I saved the pump, at night") is not None
    assert Quotable(ANSWER, {2, 6}).find("at night. It didn't leak") is not None
