"""Gives the last words of a question back to the speaker who asked it.

Speech services sometimes mark the change of speaker too early: "... problems with your" and "data?
Well, ...".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.interviews.asking import PROMPT, has_question_order
from worker.interviews.asking_elsewhere import asks_elsewhere, requests_elsewhere
from worker.interviews.scripts import (
    ARMENIAN_MARK,
    QUESTION_MARKS,
    SENTENCE_ENDS,
    ends_with_question_mark,
)
from worker.interviews.transcript import Transcript, Utterance, tokens
from worker.services.speech.speech_to_text import Word

MOST_WORDS = 3
FAR_SECONDS = 1.0
"""Words that begin more seconds than this after the question usually stay in the answer."""

_ASKING = frozenset(QUESTION_MARKS + ARMENIAN_MARK)
_ENDS = SENTENCE_ENDS + ARMENIAN_MARK
_LOUD_ENDS = "!\uff01\u2026"
_CLOSED = re.compile(rf"[{_ENDS}\u2014-][\"'\u201d\u2019) ]*$")
# An utterance that begins with one of these words is a reply, not the end of a question.
_WHOLE = frozenset(
    tokens(
        "what why how who when where which sorry pardon huh hm hmm me really right okay ok yes "
        "no yeah "
        "again seriously so and eh nothing everything oh wait like uh um both either now today "
        # The same in scripts without capital letters.
        "네 예 응 뭐 뭐요 뭐라고요 왜요 누구요 언제요 어디요 정말 정말요 진짜 진짜요 그래요 "
        "그렇죠 그렇습니까 "
        "아 어 음 저요 はい え えっ 本当 什么 真的 嗯 啊 ماذا حقا نعم لا كيف מה באמת כן לא איך "
        "क्या सच हाँ "
        "რა მართლა კი อะไร จริง"
    )
)

_MARKED = re.compile(rf"[{_ENDS}]")
_DETERMINERS = frozenset(
    tokens(
        "the a an your our my his their its der dem den des ihre ihrem ihren ihrer dein deine "
        "deinem ein eine einem einen einer unser unsere el los las su sus tu un una le les votre "
        "vos notre ton une des du il lo gli suo sua seu seus um uma os as het een uw jouw"
    )
)


def mended(transcript: Transcript, *, changes_speakers: bool = False) -> Transcript:
    """The transcript with the ends of questions moved back from the next utterance.

    With `changes_speakers`, an utterance that is only such an end may get the speaker of the
    question.
    """
    utterances = mend(transcript.utterances, changes_speakers=changes_speakers)
    if utterances == transcript.utterances:
        return transcript
    return transcript.model_copy(update={"utterances": utterances})


def mend(
    utterances: Sequence[Utterance], *, changes_speakers: bool = False
) -> tuple[Utterance, ...]:
    """The mended utterances. Their number and the order of all words stay the same."""
    said = list(utterances)
    for place in range(1, len(said)):
        earlier, later = said[place - 1], said[place]
        count = _words_to_move(earlier, later)
        if count < len(later.text.split()):
            said[place - 1], said[place] = _moved(earlier, later, count)
        elif (
            changes_speakers and place + 1 < len(said) and said[place + 1].speaker == later.speaker
        ):
            said[place] = later.model_copy(update={"speaker": earlier.speaker})
    return tuple(said)


def _words_to_move(earlier: Utterance, later: Utterance) -> int:
    """How many words at the beginning of `later` end the question of `earlier`."""
    if earlier.speaker == later.speaker or _is_closed(earlier.text):
        return 0
    first = later.text.split(maxsplit=MOST_WORDS)[:MOST_WORDS]
    count = next((n for n, word in enumerate(first, 1) if _ends(word)), 0)
    if not count and _is_cut_off(earlier.text, later.text):
        return 0 if len(later.text.split()) < 2 or _is_far(earlier, later, 1) else 1
    end = first[:count]
    if not end or end[-1][-1] in _LOUD_ENDS or not _is_an_end(earlier.text, end):
        return 0
    if later.words and len(later.words) != len(later.text.split()):
        return 0
    return 0 if _is_far(earlier, later, count) else count


def _is_cut_off(question: str, answer: str) -> bool:
    """Whether a question without marks ends with a word such as "the", which needs a noun."""
    words = tokens(question)
    if len(words) < 3 or words[-1] not in _DETERMINERS or _MARKED.search(question + answer):
        return False
    asks = bool(PROMPT.search(question)) or has_question_order(question, anywhere=False)
    return (asks or asks_elsewhere(question)) and tokens(answer)[0] not in _WHOLE


def _is_closed(text: str) -> bool:
    return _CLOSED.search(text) is not None or _asks(text)


def _ends(word: str) -> bool:
    return word[-1] in _ENDS or _asks(word)


def _asks(text: str) -> bool:
    """Whether the last sign is a question mark; a semicolon is one behind Greek."""
    if text[-1:] == ";":
        return ends_with_question_mark(text)
    return text[-1:] in _ASKING


def _is_an_end(question: str, end: Sequence[str]) -> bool:
    """Whether the words `end` complete the question that the other speaker left open."""
    spoken = tokens(" ".join(end))
    if not spoken or spoken[0] in _WHOLE or len(tokens(question)) < 2:
        return False
    whole = f"{question} {' '.join(end)}"
    asks = bool(PROMPT.search(question)) or has_question_order(question, anywhere=True)
    asks = asks or asks_elsewhere(question) or requests_elsewhere(whole)
    # Scripts without capital letters do not show by their first letter that a sentence goes on.
    goes_on = end[0][:1].islower() or end[0][:1].lower() == end[0][:1].upper()
    return (goes_on or asks) if _asks(end[-1]) else (goes_on and asks)


def _is_far(earlier: Utterance, later: Utterance, count: int) -> bool:
    """Whether the pauses show that the first `count` words belong to the answer."""
    if not later.words or earlier.end is None or count >= len(later.words):
        return False
    before = later.words[0].start - earlier.end
    after = later.words[count].start - later.words[count - 1].end
    return before > FAR_SECONDS and before > after


def _moved(earlier: Utterance, later: Utterance, count: int) -> tuple[Utterance, Utterance]:
    if not count:
        return earlier, later
    texts = later.text.split()
    end, rest = later.words[:count], later.words[count:]
    asked = earlier.model_copy(
        update={
            "text": f"{earlier.text} {' '.join(texts[:count])}",
            "words": _joined(earlier, end),
            "end": end[-1].end if end else earlier.end,
        }
    )
    answered = later.model_copy(
        update={
            "text": " ".join(texts[count:]),
            "words": rest,
            "start": rest[0].start if rest else later.start,
        }
    )
    return asked, answered


def _joined(earlier: Utterance, end: tuple[Word, ...]) -> tuple[Word, ...]:
    return (*earlier.words, *end) if earlier.words else ()
