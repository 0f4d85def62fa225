"""Limits on texts do not change ordinary texts, and a warning says what was cut."""

from __future__ import annotations

import html
import unicodedata

import pytest
from pydantic import JsonValue

from worker.companies.identity import is_named_after
from worker.interviews.ask import ModelQuestion, ModelQuestions, weigh_questions
from worker.interviews.given import read_given
from worker.interviews.phrases import asks
from worker.interviews.quotes import Quotable
from worker.interviews.sentence_parts import MAX_SENTENCE, sentences
from worker.interviews.transcript import CUT, Role, Transcript, Utterance, from_speech, tokens
from worker.pages.entities import unescape
from worker.pages.hosts import absolute, registrable_domain
from worker.pages.markdown import plain
from worker.pages.nfkc import nfkc
from worker.pages.quotes import is_quoted, standing
from worker.services.content_limits import ContentLimits
from worker.services.speech.speech_to_text import SpeechTranscript, Spoken, Word
from worker.services.web.addresses import is_overlong


@pytest.mark.parametrize(
    "said", ["Oh yeah?", "Oh really?", "Right, oh yeah, okay?", "Does that make sense?", "oh-yeah!"]
)
def test_a_tag_asks_nothing(said: str) -> None:
    assert not asks(said)


@pytest.mark.parametrize("said", ["Oh yeah, why did you leave?", "Maybe please just tell me more."])
def test_a_question_behind_such_words_asks(said: str) -> None:
    assert asks(said)


def test_a_talk_without_any_mark_is_read_in_pieces_and_loses_no_word() -> None:
    text = " ".join(f"word{place}" for place in range(3_000))
    pieces = sentences(text)
    assert max(map(len, pieces)) <= MAX_SENTENCE
    assert tokens(" ".join(pieces)) == tokens(text)


MAX_CHARACTERS = ContentLimits().interview_max_transcript_characters


async def test_a_transcript_of_many_hours_is_cut_and_says_so() -> None:
    line = "word " * 1_000
    given: list[JsonValue] = [{"speaker": place % 2, "sentence": line} for place in range(100)]
    transcript = await read_given(given)
    assert sum(len(said.text) for said in transcript.utterances) <= MAX_CHARACTERS
    assert len(transcript.utterances) > 50
    assert transcript.warnings == (CUT,)
    assert (await read_given([*given[:50]])).warnings == ()


async def test_one_paragraph_longer_than_all_that_is_read_is_cut_too() -> None:
    transcript = await read_given([{"speaker": 0, "sentence": "word " * MAX_CHARACTERS}])
    assert [len(said.text) for said in transcript.utterances] == [MAX_CHARACTERS]
    assert transcript.warnings == (CUT,)


def test_a_recording_is_cut_where_a_given_transcript_is() -> None:
    line = tuple(Word(text="words", start=0.0, end=1.0) for _ in range(1_000))
    spoken = tuple(Spoken(speaker=0, words=line) for _ in range(60))
    transcript = from_speech(
        SpeechTranscript(language="en", seconds=60.0, utterances=spoken, has_fillers=True)
    )
    assert sum(len(said.text) for said in transcript.utterances) > MAX_CHARACTERS - 6_000
    assert sum(len(said.text) for said in transcript.utterances) <= MAX_CHARACTERS
    assert CUT in transcript.warnings


def test_a_quote_is_found_as_whole_words_and_not_across_a_break() -> None:
    said = [
        Utterance(index=0, speaker=1, text="We start the art of starting", start=1.0, end=2.0),
        Utterance(index=2, speaker=1, text="Again and again", start=4.0, end=5.0),
    ]
    whole, broken = Quotable(said), Quotable(said, {1})
    found = whole.find("THE art, of")
    assert found is not None
    assert (found.quote, found.start) == ("the art of", 1.0)
    assert whole.find("the art of start") is None
    assert whole.find("starting again") is not None
    assert broken.find("starting again") is None
    assert broken.find("again and") is not None


def test_words_stand_by_themselves_or_are_not_quoted() -> None:
    assert list(standing("ab", "xab ab. ab_ (ab) ab")) == [4, 13, 17]
    assert list(standing("c", "c++ c# c", joined_by="_+#")) == [7]
    assert is_quoted("aa aa", "xaa aa aa")
    assert not is_quoted("aa ab", "xaa ab aa aby")


@pytest.mark.parametrize(
    "text", ["e\u0301 ﬁne ½ Ⅷ", "한국어", "\uff46\uff55\uff4c\uff4c", "a\u00a0b", "ǖ\u0323"]
)
def test_ordinary_text_has_unicodes_own_form(text: str) -> None:
    assert nfkc(text).split() == unicodedata.normalize("NFKC", text).split()


def test_an_address_without_an_end_is_none() -> None:
    marks = "a\u0301\u0327" * 1_000
    for address in (f"https://{marks}.com/", f"/\n/{marks}/", f"https://acme.com/{'x' * 9_000}"):
        assert is_overlong(address)
        assert absolute(address, "https://acme.com/") is None
    assert registrable_domain(f"https://{marks}.com/") is None
    assert not is_overlong(f"https://b\u00fccher.de/{marks}")
    assert registrable_domain("https://www.b\u00fccher.de/") == "b\u00fccher.de"


def test_a_domain_may_be_how_a_long_name_begins() -> None:
    assert is_named_after("https://acmepumps.com", "Acme Pumps of Leeds and of the World")
    assert not is_named_after("https://acmepump.com", "Acme Pumps of Leeds")


@pytest.mark.parametrize(
    "text", ["&amp; &lt;b&gt; &#65;&#x42; &#0065 &eacute;", "&#99999999; &#0; &#"]
)
def test_entities_are_read_as_ever(text: str) -> None:
    assert unescape(text) == html.unescape(text)


@pytest.mark.parametrize("number", ["9" * 5_000, "0" * 5_000, "1" + "0" * 9_000])
def test_an_entity_with_an_endless_number_is_no_character(number: str) -> None:
    assert plain(f"Baker &#{number}; wanted") == "Baker \ufffd wanted"


def test_a_number_with_endless_zeros_is_that_number() -> None:
    assert unescape(f"&#{'0' * 5_000}65;") == "A"


def test_questions_that_a_model_lays_over_each_other_are_not_read_through() -> None:
    said = tuple(
        Utterance(index=place, speaker=place % 2, text="I like it here.") for place in range(400)
    )
    asked = [
        ModelQuestion(first=2 * place, question_last=399, last=399, kind="TECHNICAL", title="x")
        for place in range(100)
    ]
    roles: dict[int, Role] = {0: "interviewer", 1: "candidate"}
    answer = ModelQuestions(questions=asked)
    assert weigh_questions(answer, Transcript(utterances=said), roles, []) == ([], False)
