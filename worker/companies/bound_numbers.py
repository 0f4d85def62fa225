"""Checks that a number counts the same things in a claim and in its quote."""

from __future__ import annotations

from collections.abc import Iterator

from worker.companies.phrase_words import NUMBERS
from worker.companies.phrases import Part, Phrases, is_year
from worker.companies.relation_words import COPULAS, PEOPLE


def counts_alike(claim: Phrases, given: Phrases) -> bool:
    """Whether all numbers of the claim count what they count in the quote, and all of it."""
    places = range(len(claim.parts))
    return all(binds_alike(claim, at, given) for at in places) and keeps_lists(claim, given)


def binds_alike(claim: Phrases, place: int, given: Phrases) -> bool:
    """Whether what the number at this place counts is counted by the same number in the quote.

    True if the word is no number, or counts nothing.
    """
    part = claim.parts[place]
    if not part.word[0].isdigit():
        return True
    ours = next(_counted(claim, place), None)
    if ours is None:
        return True
    there = [at for at, one in enumerate(given.parts) if one.word == part.word]
    if is_year(part.token):
        return not _is_counted_otherwise(claim, ours, given, part.word)
    return not there or any(
        claim.alike(ours, given, other) or _are_people(claim.parts[ours], given.parts[other])
        for at in there
        for other in _counted(given, at)
    )


def _are_people(one: Part, other: Part) -> bool:
    """Whether both words say "people" or "employees", of which a company has the same number."""
    return one.word in PEOPLE and other.word in PEOPLE


def _counted(phrases: Phrases, place: int) -> Iterator[int]:
    """The places of the words of content behind a number, up to the next number or joint."""
    if any(sign.isalpha() for sign in phrases.parts[place].word):
        return
    for at in range(place + 1, len(phrases.parts)):
        part = phrases.parts[at]
        if part.chunk != phrases.parts[place].chunk or part.word[0].isdigit():
            return
        if part.is_content:
            yield at
    before = phrases.parts[:place]
    if before and before[-1].word in COPULAS:  # "Our employees are 27".
        yield from (at for at, part in enumerate(before) if part.is_content and not part.lead)


def _is_counted_otherwise(claim: Phrases, ours: int, given: Phrases, number: str) -> bool:
    """Whether another number of the quote counts these things, and this one does not."""
    counting = {
        part.word
        for at, part in enumerate(given.parts)
        if part.word[0].isdigit()
        for other in _counted(given, at)
        if claim.alike(ours, given, other)
    }
    return bool(counting) and number not in counting


def keeps_lists(claim: Phrases, given: Phrases) -> bool:
    """Whether a claim with a number names all members of a list, or none.

    "45 people in Leeds and Porto" does not tell how many are in Leeds.
    """
    if not any(_is_number(part) or part.word in NUMBERS for part in claim.parts):
        return True
    return all(_names_all_or_none(claim, given, members) for members in _lists(given))


def _lists(given: Phrases) -> Iterator[list[list[int]]]:
    """The members of each list behind a preposition, and of each list of names."""
    for phrase in dict.fromkeys(part.phrase for part in given.parts if part.lead):
        places = [at for at, part in enumerate(given.parts) if part.phrase == phrase]
        yield _members(given, places)
    if given.family != "german":
        yield from _rows_of_names(given)


def _members(given: Phrases, places: list[int]) -> list[list[int]]:
    chunks: dict[int, list[int]] = {}
    for at in places:
        if given.parts[at].is_content:
            chunks.setdefault(given.parts[at].chunk, []).append(at)
    return list(chunks.values())


def _rows_of_names(given: Phrases) -> Iterator[list[list[int]]]:
    """Capitalised words that only a comma or a joint parts: "Leeds and Porto"."""
    row: list[list[int]] = []
    for at, part in enumerate(given.parts):
        is_named = part.is_content and given.reading.words[at][0].isupper()
        if is_named and row and part.chunk > given.parts[row[-1][0]].chunk:
            row.append([at])
        elif is_named:
            row = [[at]]
        elif part.is_content:
            if len(row) > 1:
                yield row
            row = []
    if len(row) > 1:
        yield row


def _names_all_or_none(claim: Phrases, given: Phrases, members: list[list[int]]) -> bool:
    counted = any(_is_number(given.parts[at]) or given.parts[at].word in NUMBERS
                  for member in members for at in member)  # fmt: skip
    named = [
        any(claim.alike(at, given, there) for there in member for at in range(len(claim.parts)))
        for member in members
    ]
    return counted or len(set(named)) < 2


def _is_number(part: Part) -> bool:
    return part.word[0].isdigit() and not is_year(part.token)
