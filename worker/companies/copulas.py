"""Reads what a sentence says that the company is: "we are a bakery in Ghent with 12 employees"."""

from __future__ import annotations

from worker.companies.phrases import Phrases
from worker.companies.relation_words import CLASS_OF, COPULAS, SEATS, WE_ARE, is_joint, is_we_form

RELATIVE = frozenset({
    "who", "that", "which", "whose", "where", "die", "der", "das", "qui", "que", "dont", "che",
    "som", "který", "která", "které", "który", "która", "które", "который", "которая", "которые",
    "care",
})  # fmt: skip
"""Words that begin a relative clause."""


def copula_of(phrases: Phrases) -> int | None:
    """The place of "are" in "we are …", or None if the sentence does not begin so."""
    for at, part in enumerate(phrases.parts[:4]):
        if part.word in WE_ARE:
            return at
        if part.word in COPULAS and at and phrases.parts[at - 1].is_self:
            return at
        if part.is_content:
            return None
    return None


def is_done_by_what_we_are(given: Phrases, place: int) -> bool:
    """Whether the word stands in a relative clause about what the company is.

    "We are a firm that builds boats". In "We are a supplier of firms that build boats", others do
    it. The name of a place may stand between: "a firm in Ghent that".
    """
    start = copula_of(given)
    relative = next((at for at in range(place) if given.parts[at].word in RELATIVE
                     and start is not None and at > start + 1), None)  # fmt: skip
    if start is None or relative is None or not _is_only_placed(given, start, relative):
        return False
    between = [part for part in given.parts[relative + 1 : place] if part.is_content]
    return all(part.lead for part in between)


def _is_only_placed(given: Phrases, start: int, end: int) -> bool:
    """Whether only names of places stand behind prepositions between the two places."""
    return not any(
        part.is_our
        or (
            part.is_content
            and part.lead
            and not (part.lead & frozenset("ir") and given.reading.words[at][0].isupper())
        )
        for at, part in enumerate(given.parts[start + 1 : end], start + 1)
    )


def is_with_what_we_are(given: Phrases, place: int) -> bool:
    """Whether the word stands behind "with" and tells of the company: "we are a firm with a shop".

    "We are a partner for firms with shops" tells of others.
    """
    start = copula_of(given)
    if start is None or start >= place:
        return False
    before = given.parts[start + 1 : place]
    withs = [at for at, part in enumerate(before) if "w" in part.lead and part.is_content]
    part = given.parts[place]
    if "w" in part.lead:
        return not _is_of_others(given, start, place)
    is_listed = bool(withs) and part.word[0].isdigit() | given.parts[place - 1].word[0].isdigit()
    return is_listed and not _is_of_others(given, start, place)


def _is_of_others(given: Phrases, start: int, place: int) -> bool:
    """Whether the company is something for or of others, or another clause has begun."""
    return any(
        part.word in RELATIVE
        or is_we_form(part.word, given.family)
        or (part.is_self and at > start + 4)
        or (part.is_content and bool(part.lead) and not part.lead & frozenset("irw"))
        for at, part in enumerate(given.parts[start + 1 : place], start + 1)
    )


def names_what_it_is(claim: Phrases, given: Phrases, verb: int) -> bool:
    """Whether all that the claim says the company is stands behind "we are" in the quote too."""
    start = copula_of(given)
    if start is None:
        return False
    end = next((at for at in range(start + 1, len(given.parts))
                if given.parts[at].word in RELATIVE or is_we_form(given.parts[at].word, given.family)
                or is_joint(given.parts[at].word, given.family) and not given.parts[at].lead),
               len(given.parts))  # fmt: skip
    ours = [at for at in range(verb + 1, len(claim.parts))
            if claim.parts[at].is_content and not claim.parts[at].lead]  # fmt: skip
    return bool(ours) and all(
        any(claim.alike(at, given, there) and not given.parts[there].lead
            for there in range(start + 1, end))
        for at in ours
    )  # fmt: skip


def is_seat(claim: Phrases, place: int, given: Phrases) -> bool:
    """Whether the claim's "from Ghent" is "with its seat in Ghent" or "based in Ghent" there."""
    if not claim.parts[place].lead & frozenset("ri"):
        return False
    return any(
        claim.alike(place, given, there)
        and "i" in part.lead
        and any(one.word in SEATS for one in given.parts[max(0, there - 2) : there])
        for there, part in enumerate(given.parts)
    )


def is_team_of(given: Phrases, place: int) -> bool:
    """Whether it is told of as the company's team: "a team of 12 joiners works in our shop"."""
    part = given.parts[place]
    if not part.lead & frozenset("or"):
        return False
    first = next(at for at, one in enumerate(given.parts) if one.phrase == part.phrase)
    team = given.parts[first - 1] if first else None
    is_counted = any(one.word[0].isdigit() for one in given.parts[first:place])
    is_ours = any(one.is_our for one in given.parts)
    return team is not None and team.is_self and is_counted and is_ours and _works(given)


def _works(given: Phrases) -> bool:
    return any("work" in CLASS_OF.get(part.word, ()) for part in given.parts)
