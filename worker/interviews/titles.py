"""Chooses the title of a question: the sentence that asks, with others if needed."""

from __future__ import annotations

from worker.interviews.farewells import acknowledges, closes
from worker.interviews.phrases import brings_topic, greets
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import Utterance, tokens
from worker.interviews.turns import Turn

TITLE_CONTENT = 3
"""A sentence with at least this many words outside `_EMPTY_WORDS` is enough for a title."""

_EMPTY_WORDS = frozenset(
    tokens(
        "a an the and or but so to of in on at for with from by about as is are was were be "
        "been do "
        "does did have has had can could would will should may might i me my we us our you your it "
        "its that this these those they them he she there here what how why when where which who "
        "please tell walk talk take give describe explain share show say through more bit little "
        "just maybe also then now okay well good great yes no not any some one first next last go "
        "on up out if like let's let want know think see get make thing things question"
    )
)


def introduction(turn: Turn, group: list[int]) -> int:
    """How many words a turn has up to the last utterance of `group`, without acknowledgements and
    that utterance's questions."""
    words = 0
    for said in turn.said[: group[-1] + 1]:
        for sentence in sentences(said.text):
            if not acknowledges(sentence) and sentence not in turn.asked.get(group[-1], []):
                words += len(tokens(sentence))
    return words


def has_new_topic(turn: Turn, group: list[int]) -> bool:
    """Whether a sentence before the question, or the question itself, brings up a new topic."""
    first = turn.said[group[0]]
    before = [each for said in turn.said[: group[0]] for each in sentences(said.text)]
    within = sentences(first.text)
    asked = turn.asked.get(group[0], within[-1:])
    place = within.index(asked[0]) if asked and asked[0] in within else 0
    return any(map(brings_topic, before + within[:place])) or any(
        brings_topic(each) for each in asked if len(tokens(each)) > TITLE_CONTENT * 2
    )


def telling(wanted: list[str]) -> str:
    """The first sentence that says enough for a title and does not greet, else the first one."""
    full = [each for each in wanted if not greets(each) and _content(each) >= TITLE_CONTENT]
    return (full or wanted)[0]


def _content(sentence: str) -> int:
    """How many words of a sentence are not in the list of common words."""
    return sum(word not in _EMPTY_WORDS for word in tokens(sentence))


def title_of(said: list[Utterance], wanted: list[str]) -> str:
    """The sentence that asks. If it says too little, sentences before it are added."""
    asked = telling(wanted)
    if _content(asked) >= TITLE_CONTENT or greets(asked):
        return asked
    spoken = [each for one in said for each in sentences(one.text)]
    place = spoken.index(asked) if asked in spoken else 0
    for sentence in reversed(spoken[:place]):
        if acknowledges(sentence) or greets(sentence) or closes(sentence):
            break
        asked = f"{sentence} {asked}"
        if _content(asked) >= TITLE_CONTENT:
            break
    return asked
