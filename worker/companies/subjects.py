"""Tells whether a quote says of the company itself what a claim says of it.

"Growers use drones" and "our growers use drones" say nothing about what the company uses, and "we
were sued" does not say that it sued anybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from worker.companies.reading import SELF, Reading, is_same
from worker.companies.sentence_words import (
    BE,
    CLITICS,
    EMPTY,
    FOLLOWING,
    LIMITS,
    MODAL,
    NOW,
    OBJECTS,
    OWNERS,
    RELATIONS,
    SUBJECTS,
)

_FAR = 6
# "Nous avons", "nos dedicamos", "ci occupiamo": the ending tells that "we" do it.
_WITHOUT_WE = re.compile(
    r"(?:\b\w{2,}(?:mos|iamo|áme|íme|eme|amy|emy|imy|ymy|yoruz)|siamo|somos|jsme|jesteśmy)$"
)
# French names its subject: "nous avons". Alone, words such as "maisons" end so too.
_OF_US = re.compile(rf"\b\w{{2,}}ons$|sommes$|{_WITHOUT_WE.pattern}")
_OTHERS = frozenset({
    "parent", "sister", "partner", "rival", "client", "customer", "other", "another", "holding",
    "insurance", "shipping",
})  # fmt: skip
_MAY_BE_OBJECT = frozenset({"nous", "nos"})


def says_it_of_itself(claim: Reading, given: Reading) -> bool:
    """Whether the company does in `given` what it does in `claim`, and in the same voice and tense.

    True if the claim does not say what the company does.
    """
    deed = _deed(claim)
    if deed is None:
        return True
    places = [place for place, token in enumerate(given.tokens) if is_same(deed[1], [token])]
    return not places or any(
        _is_own(given, place, claim.tokens[: deed[0]])
        and is_done_alike(claim, deed[0], given, place)
        for place in places
    )


def is_subject(reading: Reading, place: int) -> bool:
    """Whether a word for the company may be the subject: not "us", "our" or "by it"."""
    word = reading.words[place].casefold()
    after = [one.casefold() for one in reading.words[place + 1 :]]
    if place and reading.tokens[place - 1] in RELATIONS | _OTHERS:
        return False
    if word in _MAY_BE_OBJECT:
        verb = next((one for one in after if one not in CLITICS), "")
        return _OF_US.search(verb) is not None
    return word not in OBJECTS and word not in OWNERS and after[:1] != ["s"]


def _deed(claim: Reading) -> tuple[int, str] | None:
    """The first word of content behind the company's name, if that is a subject, and its place."""
    for place, token in enumerate(claim.tokens):
        if token == SELF and is_subject(claim, place):
            rest = enumerate(claim.tokens[place + 1 :], place + 1)
            return next(
                (
                    (there, word)
                    for there, word in rest
                    if word not in EMPTY and word not in NOW and word != SELF and word not in MODAL
                ),
                None,
            )
        if token not in EMPTY and token not in NOW:
            return None
    return None


def _is_own(given: Reading, place: int, led: Sequence[str]) -> bool:
    """Whether the company, or nobody who is named, is the subject of the word at this place.

    `led` are the claim's words before its own one.
    """
    tokens, words = given.tokens, [word.casefold() for word in given.words]
    if words[place + 1 : place + 2] and words[place + 1] in FOLLOWING:
        return True
    near = range(place - 1, max(-1, place - 1 - _FAR), -1)
    own = next((one for one in near if tokens[one] == SELF and is_subject(given, one)), None)
    if own is not None:
        return not any(word in SUBJECTS for word in words[own + 1 : place])
    if any(map(_WITHOUT_WE.search, words[max(0, place - 2) : place + 1])):
        return True
    if any(_is_object(given, one) for one in range(place)):
        return False
    return not any(_may_be_somebody(token, led) for token in _named_before(tokens, place))


def _is_object(given: Reading, place: int) -> bool:
    """Whether something is done to the company here: "uns beliefern", "nos vendieron"."""
    word = given.words[place].casefold()
    is_led = place > 0 and given.tokens[place - 1] in RELATIONS
    return word in OBJECTS | _MAY_BE_OBJECT and not is_led and not is_subject(given, place)


def _named_before(tokens: Sequence[str], place: int) -> list[str]:
    """The words before a place, without what belongs to a preposition: "in Spain"."""
    found: list[str] = []
    for number, token in enumerate(tokens[:place]):
        before = tokens[max(0, number - 2) : number]
        is_led = any(word in RELATIONS for word in before[-1:]) or (
            len(before) == 2 and before[0] in RELATIONS and before[1] in EMPTY
        )
        if not is_led:
            found.append(token)
    return found


def _may_be_somebody(token: str, led: Sequence[str]) -> bool:
    is_small = token in EMPTY or token in NOW or token in MODAL or token in LIMITS
    return not (is_small or token == SELF or token[0].isdigit() or is_same(token, led))


def is_done_alike(claim: Reading, deed: int, given: Reading, place: int) -> bool:
    """Whether voice and tense are the same: "we were sued", "we tested"."""
    ours, theirs = claim.tokens[deed], given.tokens[place]
    if theirs.endswith("ing"):
        return True
    is_passive = not BE.isdisjoint(_close_before(given.tokens, place))
    if is_passive and BE.isdisjoint(_close_before(claim.tokens, deed)):
        return False
    is_over = len(theirs) > 4 and theirs.endswith("ed") and not theirs.endswith("eed")
    helped = any(word in _HELPERS for word in _close_before(given.tokens, place))
    return not (is_over and not helped and _is_present_form(ours, theirs))


_HELPERS = BE | {"has", "have", "had", "having", "being", "get", "got"}


def _is_present_form(word: str, past: str) -> bool:
    root = past.removesuffix("ed")
    return word in (root, f"{root}s", f"{root}e", f"{root}es", f"{root[:-1]}y", f"{root[:-1]}ies")


def _close_before(tokens: Sequence[str], place: int) -> list[str]:
    """The words right before a place, back to the subject, at most three."""
    return list(takewhile(lambda token: token != SELF, reversed(tokens[max(0, place - 3) : place])))


def follows_in_inversion(subject: str, deed: str, given: Reading) -> bool:
    """Whether `subject` does `deed` in a sentence such as "Bei uns arbeiten 19 Menschen".

    The company must be named only behind a preposition, and nobody before the deed.
    """
    tokens = given.tokens
    if deed not in tokens or subject not in tokens[tokens.index(deed) :]:
        return False
    place = tokens.index(deed)
    end = tokens.index(subject, place)
    around = [one for one in range(end) if one != place]
    selves = [one for one in around if tokens[one] == SELF]
    is_plain = all(
        tokens[one] == SELF or tokens[one] in EMPTY | NOW | RELATIONS or tokens[one][0].isdigit()
        for one in around
    )
    ends = end + 1 == len(tokens) or tokens[end + 1] in RELATIONS
    return bool(selves) and is_plain and ends and not any(is_subject(given, one) for one in selves)
