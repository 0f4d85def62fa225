"""The end of a question that was given to the candidate comes back to the interviewer."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import talk
from worker.interviews.given import read_given
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.slips import mended
from worker.interviews.transcript import Transcript, from_speech, tokens
from worker.services.speech.speech_to_text import SpeechTranscript, Spoken, Word

SLIPPED = [
    (0, "What are the main problems that you have met with your"),
    (1, "data? Well, most of it is typed by hand, so a third of the fields are empty."),
    (0, "Okay, thank you. And how did your team deal with"),
    (1, "that? They wrote a check that runs every night and mails the list to the branches."),
    (0, "What were the hardest moments when you brought it into the"),
    (1, "shops? The tills were older than we thought, so it took two more months."),
]


async def test_the_questions_and_the_roles_are_found_across_a_slip() -> None:
    heard = await read_given([{"speaker": who, "sentence": text} for who, text in SLIPPED])
    roles = await find_roles(heard, None)
    spans = await find_questions(heard, roles)
    assert (roles.candidate, roles.is_sure) == (1, True)
    # "That" is the data, so the second question follows up the first one.
    assert [(span.first, span.last) for span in spans] == [(0, 3), (4, 5)]
    assert heard.utterances[0].text.endswith("with your data?")
    assert heard.utterances[1].text.startswith("Well, most of it")


@pytest.mark.parametrize(
    ("question", "answer", "moved"),
    [
        ("How long did it take you to learn", "the trade? Two years.", "the trade?"),
        ("Do you speak", "Polish? A little.", "Polish?"),
        ("Why did you move to the", "harbour. Because of the cranes.", "harbour."),
        ("Tell us about your first", "day? It rained.", "day?"),
        ("Πώς δουλεύετε με την", "ομάδα; Κάθε μέρα μαζί.", "ομάδα;"),
    ],
)
def test_other_slips_are_mended_too(question: str, answer: str, moved: str) -> None:
    first, second = mended(talk((0, question), (1, answer))).utterances
    assert first.text == f"{question} {moved}"
    assert f"{moved} {second.text}" == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long did it take?", "the trade? Two years."),
        ("And so we went to the harbour and", "What? I did not hear you."),
        ("Where do you see yourself in", "Sorry? In five years?"),
        ("What did you do in the", "Really? I built a crane, that is what I did."),
        ("We have three halls and", "Yes. I have seen them."),
        ("What did you say to the--", "driver? I said nothing."),
        ("آپ کہاں کام کرتے ہیں۔", "وہاں؟ دو سال۔"),
        ("តើអ្នកធ្វើការ។", "នៅទីនោះ? ពីរឆ្នាំ។"),
        ("Πού δουλεύετε;", "εκεί; Δύο χρόνια."),
        ("Why did you go", "Because the harbour was closed, was it not? So I went."),
    ],
)
def test_what_the_candidate_says_stays_with_the_candidate(question: str, answer: str) -> None:
    said = talk((0, question), (1, answer))
    assert mended(said) == said


def heard(*spoken: tuple[int, list[tuple[str, float]]]) -> Transcript:
    """Words that begin at these seconds and take 0.3 s each."""
    return from_speech(
        SpeechTranscript(
            language="en",
            seconds=60.0,
            utterances=tuple(
                Spoken(speaker=who, words=tuple(Word(w, at, at + 0.3, 0.9) for w, at in words))
                for who, words in spoken
            ),
            has_fillers=True,
        )
    )


QUESTION = (
    0,
    [("Which", 0.0), ("tool", 0.3), ("do", 0.6), ("you", 0.9), ("use", 1.2), ("for", 1.5)],
)


def test_the_times_of_the_words_go_with_them() -> None:
    said = heard(QUESTION, (1, [("that?", 1.9), ("A", 3.0), ("hammer.", 3.3)]))
    first, second = mended(said).utterances
    assert first.text == "Which tool do you use for that?"
    assert first.end == first.words[-1].end
    assert (second.text, second.start) == ("A hammer.", 3.0)
    assert [len(first.words), len(second.words)] == [7, 2]


def test_a_word_that_is_nearer_to_the_answer_stays_there() -> None:
    said = heard(QUESTION, (1, [("that?", 6.0), ("A", 6.4), ("hammer.", 6.7)]))
    assert mended(said) == said


def test_a_whole_utterance_changes_its_speaker_only_where_a_transcript_is_read() -> None:
    said = talk((0, "Which tool do you use for"), (1, "that?"), (1, "A hammer, mostly."))
    assert mended(said) == said
    again = mended(said, changes_speakers=True)
    assert [one.speaker for one in again.utterances] == [0, 0, 1]


def test_mending_loses_no_word_and_changes_nothing_twice() -> None:
    said = talk(*SLIPPED)
    once = mended(said)
    assert mended(once) == once
    words = [tokens(" ".join(one.text for one in each.utterances)) for each in (said, once)]
    assert words[0] == words[1]
    assert len(once.utterances) == len(said.utterances)
