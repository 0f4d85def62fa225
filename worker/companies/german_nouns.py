"""Tells nouns from names in German, where both have a capital letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST_WORDS = 2
MOST_ADJECTIVES = 2
_GERMAN = frozenset({
    "sie", "ihr", "ihre", "ihren", "ihrem", "ihrer", "ihnen", "der", "die", "das", "den", "dem",
    "des", "und", "ein", "eine", "einen", "einem", "einer", "wie", "warum", "welche", "ist", "sind",
    "im", "mit", "du", "dir", "dein", "deine", "deiner", "deinen", "was", "noch", "einmal", "nach",
    "in", "drei", "für", "auf", "über", "nicht", "sich", "zu", "bei", "wenn", "haben", "werden",
})  # fmt: skip
# After one of these, and up to two adjectives, stands a noun.
_BEFORE_NOUNS = re.compile(
    r"(?:d(?:er|ie|as|en|em|es)|(?:k?ein|mein|dein|sein|ihr|unser|euer)(?:e[mnrs]?)?|dies\w*|jed\w*"
    r"|welch\w*|im|am|zum|zur|vom|beim|ins|ans|zwei|drei|vier|fünf|sechs|zehn|\d+|einige\w*"
    r"|mehrere\w*|viele\w*|alle\w*|beide\w*|konkrete\w*|eigene\w*|typische\w*|mögliche\w*)"
)
_NOUN_ENDS = re.compile(
    r"(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|tät|täten|nis|nisse|nissen"
    r"|enz|anz|ismus|tum|ment|lehre|technik|arbeit|wesen|zeit|recht|kunde|fragen?|beispielen?"
    r"|kenntnissen?|stärken|schwächen)$"
)
# After these stands seldom a place, so a plural such as "Kunden" is no name.
_SET_PHRASES = frozenset(
    {"Ruhe", "Ordnung", "Beispiel", "Beispiele", "Hause", "Fragen", "Form", "Bezug"}
)
_BEFORE_PLURALS = frozenset({"mit", "ohne", "für", "gegen", "zwischen", "trotz", "wegen", "an"})
_FORMAL = frozenset({"Sie", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Ihres", "Ihnen"})


def german_nouns(words: Sequence[str]) -> frozenset[int]:
    """The places of capitalised words of a German sentence that seem to be no names.

    Empty if the sentence is not German.
    """
    if sum(word.casefold() in _GERMAN for word in words) < LEAST_WORDS:
        return frozenset()
    found: set[int] = set()
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        is_joined = before in ("und", "oder", "sowie") and place - 2 in found
        is_plural = word.endswith("n") and before in _BEFORE_PLURALS
        is_noun = (
            word in _FORMAL
            or _NOUN_ENDS.search(word)
            or is_joined
            or is_plural
            or word in _SET_PHRASES
        )
        if is_noun or _has_article(words, place):
            found.add(place)
    return frozenset(found)


def _has_article(words: Sequence[str], place: int) -> bool:
    """Whether a word such as "the", "your" or "three" stands before, with adjectives between."""
    for before in reversed(words[max(0, place - MOST_ADJECTIVES - 1) : place]):
        if _BEFORE_NOUNS.fullmatch(before.casefold()):
            return True
        if not before.islower():
            return False
    return False
