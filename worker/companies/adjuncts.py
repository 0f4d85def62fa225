"""Finds the phrases of a claim that may stand elsewhere in its quote: "in Ghent", "2016"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.companies.reading import SELF, Reading
from worker.companies.sentence_words import RELATIONS

_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_NEXT = frozenset({
    "next", "nächstes", "nächsten", "volgend", "nästa", "næste", "neste", "příští", "przyszłym",
    "следующем", "gelecek",
})  # fmt: skip
_TIMES = frozenset({
    "year", "month", "spring", "summer", "autumn", "winter", "jahr", "jaar", "år", "rok", "roku",
    "году", "yıl",
})  # fmt: skip
_YEAR_WORDS = frozenset({"year", "jahr", "año", "anno", "roce", "roku", "году", "року"})
_FIXED = frozenset({"without", "against", "gegen", "by"})
"""With these a phrase does not move: who does something is more than where it is done."""


def movable(claim: Reading, given: Reading) -> frozenset[int]:
    """The places in the claim of phrases of a preposition and a name or year, and of bare years.

    The quote `given` must have the same phrase, and no second one with that preposition.
    """
    return frozenset(place for span in _phrases(claim, given) for place in span)


def _phrases(claim: Reading, given: Reading) -> Iterator[range]:
    has_one_year = len(years(given)) == 1
    for place, token in enumerate(claim.tokens):
        if has_one_year and _YEAR.fullmatch(token) and token in given.tokens:
            yield range(place, place + 1)
        pair = claim.tokens[place : place + 2]
        is_time = len(pair) == 2 and token in _NEXT and pair[1] in _TIMES
        if is_time and _has_in_a_row(given.tokens, pair):
            yield range(place, place + 2)
        if token not in RELATIONS or token in _FIXED or given.tokens.count(token) != 1:
            continue
        end = place + 1
        while end < len(claim.words) and _is_name(claim, end):
            end += 1
        while end > place + 1 and not _has_in_a_row(given.tokens, claim.tokens[place:end]):
            end -= 1  # In German, the next word may be a noun, and no part of the name.
        if end > place + 1:
            yield range(place, end)


def _is_name(reading: Reading, place: int) -> bool:
    word = reading.words[place]
    return reading.tokens[place] != SELF and (
        word[0].isupper() or word in _YEAR_WORDS or _YEAR.fullmatch(word) is not None
    )


def _has_in_a_row(tokens: list[str], wanted: list[str]) -> bool:
    return any(
        tokens[place : place + len(wanted)] == wanted
        for place, token in enumerate(tokens)
        if token == wanted[0]
    )


def years(reading: Reading) -> list[int]:
    """The places of the years of a sentence."""
    return [place for place, token in enumerate(reading.tokens) if _YEAR.fullmatch(token)]


def names_fit_their_years(claim: Reading, given: Reading) -> bool:
    """Whether each name of the claim stands next to the year that it stands next to in the quote.

    "In Ghent in 2016 and in Liège in 2019" tells of two years.
    """
    ours, theirs = years(claim), years(given)
    if len(theirs) < 2 or not ours:
        return True
    return all(
        _nearest_years(claim, token, ours) & _nearest_years(given, token, theirs)
        for token, word in zip(claim.tokens[1:], claim.words[1:], strict=True)
        if word[0].isupper() and token != SELF and token in given.tokens
    )


def _nearest_years(reading: Reading, name: str, places: list[int]) -> set[str]:
    """The years next to a name. Of two as near, the one behind it counts."""
    return {
        reading.tokens[min(places, key=lambda year: (abs(year - place), year < place))]
        for place, token in enumerate(reading.tokens)
        if token == name
    }
