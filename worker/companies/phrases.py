"""Reads a sentence as phrases: the preposition that leads each word, and what stands together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.companies.phrase_words import DEFINITE, INDEFINITE, OUR, WHERE
from worker.companies.reading import SELF, WORD, Reading, is_same
from worker.companies.relation_words import (
    AUXILIARIES,
    CLASS_OF,
    FREE_TIMES,
    OF_THE_FIRM,
    PREPOSITIONS,
    Kinds,
    classes_of,
    is_joint,
    is_same_place_or_staff,
    is_staff,
    is_we_form,
)
from worker.companies.sentence_words import EMPTY, NOW, WEIGHTY
from worker.companies.subjects import is_subject

NONE: Kinds = frozenset()
_MARK = re.compile(r"[,;:()\u2013\u2014]")
_OBLIQUE = "\u00a7"
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_OF = {"d'": "or", "dell'": "or", "all'": "it", "nell'": "i", "dall'": "rsb", "sull'": "i"}


_OUR_ENDING = re.compile(
    r"[ıiuü]m[ıiuü]z(?:$|[dtınyiuü]\w{0,3}$)"
    r"|(?:ünk|unk|ink)(?:ben|ban|nak|nek|et|at|ből|re|ra|höz|hoz)$"
    r"|\w{4}mme$"
)
_ELISION = re.compile(r"^(?:[ld]|qu|dell|all|dall|nell|sull|un)'(?=\w{3})")
_AMBIGUOUS = frozenset({"a", "on", "es", "ha", "er", "je", "son"})
_NOT_OURS = frozenset({"de", "on"})
_RECIPIENT = frozenset("tf")


def _is_small_start(word: str) -> bool:
    return word in DEFINITE or word in INDEFINITE or (word[0].isdigit() and not is_year(word))


@dataclass(frozen=True, slots=True)
class Part:
    """One word. `lead` has the kinds of the preposition before it, empty for none; words with the
    same `chunk` stand together, and those with the same `phrase` have the same preposition."""

    word: str
    token: str
    lead: Kinds
    chunk: int
    phrase: int
    is_content: bool
    is_self: bool
    is_our: bool


class Phrases:
    """The words of a sentence with their phrases. Behind a word of `verbs` a new phrase begins."""

    def __init__(self, reading: Reading, family: str, verbs: frozenset[int] = frozenset()) -> None:
        self.reading = reading
        self.family = family
        self._lead: Kinds = NONE
        self._chunk = self._phrase = 0
        self._starts_small = False
        self._verbs = verbs
        self.parts: list[Part] = []
        self._gaps = _gaps(reading)
        for place in range(len(reading.words)):
            self.parts.append(self._part(place, self._gaps[place], is_verb=place in verbs))

    def _part(self, place: int, gap: str, *, is_verb: bool) -> Part:
        token, word = self.reading.tokens[place], self.reading.words[place].casefold()
        kinds = self._kinds(place, word)
        if kinds and self._belongs_to_verb(place):
            kinds = NONE
        self._end_phrase(place, gap, word)
        is_self = self._is_self(place, gap)
        is_our = (word in OUR and not is_self) or self._is_ours_by_ending(word)
        word = _ELISION.sub("", word) or word
        ends = is_verb or self._ends_phrase(place, gap, word, kinds, is_self=is_self)
        if _MARK.search(gap) or is_joint(word, self.family) or kinds or ends:
            self._chunk += 1
        if kinds:
            self._lead = kinds
            self._phrase += 1
            after = self.reading.words[place + 1 : place + 2]
            self._starts_small = bool(after) and _is_small_start(after[0].casefold())
        elif ends:
            self._lead = NONE
            self._phrase += 1
        is_small = (
            is_self or (word in OUR) or token == SELF or word in EMPTY or token in NOW
            or word in WHERE or is_joint(word, self.family)
            or (kinds and not word.startswith(tuple(_OF)))
        )  # fmt: skip
        part = Part(
            word, token, self._lead, self._chunk, self._phrase, not is_small, is_self, is_our
        )
        if ends:
            self._chunk += 1
        elif is_self and self._lead:
            self._lead = NONE  # "The fitters of Acme | repair pumps".
            self._phrase += 1
            self._chunk += 1
        return part

    def _ends_phrase(self, place: int, gap: str, word: str, kinds: Kinds, *, is_self: bool) -> bool:
        """Whether a word belongs to no preposition before it, such as a subject or some verbs."""
        is_free = word in WHERE or (word in AUXILIARIES and not kinds and word not in _AMBIGUOUS)
        return (
            (is_free and bool(self._lead))
            or word in FREE_TIMES
            or "work" in CLASS_OF.get(word, ())
            or (is_self and self.may_lead(place))
            or self._is_participle(place, gap)
            or self._is_verb_of_next_clause(word)
            or is_we_form(word, self.family)
        )

    def _kinds(self, place: int, word: str) -> Kinds:
        follows_self = self.reading.tokens[place + 1 : place + 2] == [SELF]
        if place == 0 and follows_self and len(word) == 1:
            return NONE  # An article: "O Drewmet", "A cég".
        for start, kinds in _OF.items():
            if word.startswith(start) and len(word) > len(start):
                return frozenset(kinds)
        if self.family == "german" and word in ("der", "des") and self._is_led(place):
            return NONE  # An article: "in der Werkstatt".
        return PREPOSITIONS[self.family].get(word, NONE)

    def _is_led(self, place: int) -> bool:
        return bool(PREPOSITIONS[self.family].get(self._word_before(place)))

    def _belongs_to_verb(self, place: int) -> bool:
        """Whether a preposition stands right behind a verb such as "dispose de"."""
        before = self.reading.words[place - 1].casefold() if place else ""
        if place - 1 not in self._verbs:
            return False
        is_article = self.family == "romance" and self._is_partitive(place)
        return is_article or bool(CLASS_OF.get(before, NONE) & {"have", "get", "consist"})

    def _is_partitive(self, place: int) -> bool:
        """Whether it is the article of "du miel" or "de la cire", if it stands behind a verb."""
        word, *after = [one.casefold() for one in self.reading.words[place : place + 2]]
        return word in ("du", "des") or (word == "de" and after == ["la"])

    def _end_phrase(self, place: int, gap: str, word: str) -> None:
        """End the phrase before an article or a number that begins another one.

        "À nos apprentis | un tuteur", "of leave and | a budget".
        """
        if not self.parts or not self._lead or PREPOSITIONS[self.family].get(word):
            return
        before = self.parts[-1]
        is_bare = before.is_content and not gap.strip() and not before.word[0].isdigit()
        is_joined = is_joint(before.word, self.family) and not self._starts_small
        starts = _is_small_start(word) and (
            (is_bare and before.token not in WEIGHTY) or (is_joined and word not in DEFINITE)
        )
        starts = starts or self._is_second_noun(place, is_bare=is_bare)
        # "Sinds 2018 | machines": a year takes no noun.
        is_germanic = self.family in ("dutch", "german", "nordic")
        starts = starts or (is_germanic and is_year(before.token) and not gap.strip())
        is_told = is_bare and is_staff(before.word) and bool(self._lead & _RECIPIENT)
        if starts or (is_told and not is_joint(word, self.family)):
            self._lead = NONE
            self._phrase += 1
            self._chunk += 1

    def _is_verb_of_next_clause(self, word: str) -> bool:
        """Whether it is "has" or "employs" behind "and": "is in Ghent and today has 12 people"."""
        if word in NOW and self.parts and is_joint(self.parts[-1].word, self.family):
            return True
        if not CLASS_OF.get(word, NONE) & {"have", "employ", "give", "get"}:
            return False
        before = next((part for part in reversed(self.parts) if part.token not in NOW), None)
        return before is not None and is_joint(before.word, self.family) and word not in _AMBIGUOUS

    def _is_participle(self, place: int, gap: str) -> bool:
        """Whether a participle begins a clause without a subject: "in Hull, making stairs"."""
        if self.family != "english" or "," not in gap:
            return False
        after = self._gaps[place + 1 : place + 2]
        next_word = self.reading.words[place + 1 : place + 2]
        return (
            self.reading.words[place].endswith("ing")
            and after == [" "]
            and not is_joint(next_word[0].casefold(), self.family)
        )

    def _is_second_noun(self, place: int, *, is_bare: bool) -> bool:
        """Whether a German noun follows one with an article: "in der Werkstatt | Gläser"."""
        is_noun = self.reading.words[place][0].isupper()
        return (
            self.family == "german" and is_bare and is_noun and self._starts_small
            and self.reading.words[place - 1][0].isupper()
        )  # fmt: skip

    def _is_ours_by_ending(self, word: str) -> bool:
        return self.family == "other" and _OUR_ENDING.search(word) is not None

    def _is_self(self, place: int, gap: str) -> bool:
        token, word = self.reading.tokens[place], self.reading.words[place].casefold()
        is_function_word = bool(PREPOSITIONS[self.family].get(word)) or (
            word in _NOT_OURS and self.family != "romance"
        )
        return token == SELF and word not in OUR and not is_function_word

    def may_lead(self, place: int) -> bool:
        """Whether the company may be the subject at this place."""
        before = self._word_before(place)
        is_led = bool(before) and bool(PREPOSITIONS[self.family].get(before))
        return is_subject(self.reading, place) and not is_led and not self.is_oblique(place)

    def _word_before(self, place: int) -> str:
        return self.reading.words[place - 1].casefold() if place else ""

    def is_oblique(self, place: int) -> bool:
        """Whether the company's name, or a word such as "firm", is no subject by its ending."""
        is_owner = self.family == "slavic" and self.reading.words[place].casefold() in OF_THE_FIRM
        return _OBLIQUE in self._gaps[place] or (is_owner and place > 0)

    def has_comma(self, place: int) -> bool:
        """Whether a mark such as a comma stands before a place."""
        return place < len(self._gaps) and _MARK.search(self._gaps[place]) is not None

    def alike(self, place: int, other: Phrases, there: int) -> bool:
        """Whether two words are the same, forms of one word, or of one sense."""
        ours, theirs = self.parts[place], other.parts[there]
        if ours.is_self or theirs.is_self:
            return False
        if is_same(ours.token, [theirs.token]):
            return True
        if self.family in _COMPOUNDING and _is_head_of(ours.word, theirs.word):
            return True
        shared = classes_of(ours.word, self.family) & classes_of(theirs.word, self.family)
        if shared or is_same_place_or_staff(ours.word, theirs.word):
            return True
        return self.family == "other" and _is_inflected(ours.word, theirs.word)


_COMPOUNDING = frozenset({"german", "dutch", "nordic"})
_HEAD_LETTERS = 6


def _is_head_of(word: str, compound: str) -> bool:
    """Whether a compound is a kind of what the word names: "systemer", "alarmsystemer"."""
    return len(word) >= _HEAD_LETTERS and compound.endswith(word)


def _is_inflected(one: str, other: str) -> bool:
    """Whether two words of a language with long endings begin alike."""
    common = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                  min(len(one), len(other)))  # fmt: skip
    return common >= 5 and common >= min(len(one), len(other)) - 3


def _gaps(reading: Reading) -> list[str]:
    """What stands before each word."""
    gaps, end = [], 0
    for found in WORD.finditer(reading.text):
        gaps.append(reading.text[end : found.start()])
        end = found.end()
    return gaps


def is_year(token: str) -> bool:
    """Whether a word is a year from 1800 to 2099."""
    return _YEAR.fullmatch(token) is not None
