"""Reads what a sentence says that the company is: "we are a bakery in Ghent with 12 employees"."""

from __future__ import annotations

import re

from worker.companies.phrases import Phrases
from worker.companies.relation_words import (
    CLASS_OF,
    COPULAS,
    LIES,
    PARTS,
    SEATS,
    WE_ARE,
    Kinds,
    is_joint,
    is_site,
    is_staff,
    is_we_form,
)

RELATIVE = frozenset({
    "who", "that", "which", "whose", "where", "die", "der", "das", "qui", "que", "dont", "che",
    "som", "který", "která", "které", "który", "która", "które", "который", "которая", "которые",
    "care",
})  # fmt: skip
"""Words that begin a relative clause."""


_AT = frozenset("ih")
_OF_OTHERS = frozenset("oftgqbe")
_GENITIVE = frozenset({"einer", "eines", "des", "der"})
_PLURAL = {
    "german": re.compile(r"en$"), "dutch": re.compile(r"en$"), "english": re.compile(r"[^s]$"),
    "romance": re.compile(r"(?:n|nt|no|m)$"), "slavic": re.compile(r"(?:ą|jí|ou|[юу]т|[яа]т)$"),
}  # fmt: skip
"""Endings of verbs of several, who are not the company."""


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
    start, relative = copula_of(given), _relative_before(given, place)
    if start is None or relative is None or not _is_only_placed(given, start, relative):
        return False
    plural = _PLURAL.get(given.family)
    if plural is not None and plural.search(given.parts[place].word):
        return False
    between = [part for part in given.parts[relative + 1 : place] if part.is_content]
    return all(part.lead for part in between)


def _relative_before(given: Phrases, place: int) -> int | None:
    """The place of the word such as "that" in "we are a firm that …" before a place."""
    start = copula_of(given)
    if start is None:
        return None
    return next((at for at in range(start + 2, place) if given.parts[at].word in RELATIVE
                 and (given.family != "german" or given.has_comma(at))), None)  # fmt: skip


def is_told_of_others(given: Phrases, place: int) -> bool:
    """Whether it stands in a relative clause that is not about what the company is."""
    is_relative = _relative_before(given, place) is not None
    return is_relative and not is_done_by_what_we_are(given, place)


def _is_only_placed(given: Phrases, start: int, end: int) -> bool:
    """Whether only names of places stand behind prepositions between the two places."""
    return not any(
        part.is_our
        or PARTS.match(part.word)
        or (
            part.is_content
            and part.lead
            and not (_is_of_place(part.lead) and given.reading.words[at][0].isupper())
        )
        for at, part in enumerate(given.parts[start + 1 : end], start + 1)
    )


def _is_of_place(lead: Kinds) -> bool:
    """Whether a preposition is "in", "from" or "with", and surely not "of" or "for".

    The Polish "z" is "from" and "with", and "of" before materials only.
    """
    return bool(lead & frozenset("irw")) and ("w" in lead or not lead & _OF_OTHERS)


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
    is_counted = any(one.word[0].isdigit() for one in (part, given.parts[place - 1]))
    is_listed = bool(withs) and is_counted
    return is_listed and not _is_of_others(given, start, place)


def _is_of_others(given: Phrases, start: int, place: int) -> bool:
    """Whether the company is something for or of others, or another clause has begun."""
    return any(
        part.word in RELATIVE
        or PARTS.match(part.word)
        or (given.family == "german" and part.word in _GENITIVE)
        or is_we_form(part.word, given.family)
        or (part.is_self and at > start + 4)
        or (part.is_content and bool(part.lead) and not _is_of_place(part.lead))
        for at, part in enumerate(given.parts[start + 1 : place], start + 1)
    )


def names_what_it_is(claim: Phrases, given: Phrases, verb: int) -> bool:
    """Whether all that the claim says the company is stands behind "we are" in the quote too."""
    start = copula_of(given)
    if start is None:
        return False
    after = range(start + 1, len(given.parts))
    end = next((at for at in after if _ends_what_we_are(given, at)), len(given.parts))
    ours = [at for at in range(verb + 1, len(claim.parts))
            if claim.parts[at].is_content and not claim.parts[at].lead]  # fmt: skip
    return bool(ours) and all(
        any(claim.alike(at, given, there) and not given.parts[there].lead
            for there in range(start + 1, end))
        for at in ours
    )  # fmt: skip


def _ends_what_we_are(given: Phrases, place: int) -> bool:
    part = given.parts[place]
    is_verb = part.word in RELATIVE or is_we_form(part.word, given.family)
    return is_verb or (is_joint(part.word, given.family) and not part.lead)


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


def lies_there(claim: Phrases, given: Phrases, subject: int) -> bool:
    """Whether the claim says of the company only where it is, and "we are … in …" does so too."""
    start = copula_of(given)
    verb = next((at for at in range(subject + 1, min(subject + 4, len(claim.parts)))
                 if claim.parts[at].word in LIES), None)  # fmt: skip
    if start is None or verb is None:
        return False
    kinds = [part for part in given.parts[start + 1 :] if part.is_self or is_site(part.word)]
    if not kinds or kinds[0].lead:
        return False  # "We are active in Germany".
    rest = [at for at in range(verb + 1, len(claim.parts)) if claim.parts[at].is_content]
    return bool(rest) and all(
        claim.parts[at].lead & frozenset("ih") and any(
            claim.alike(at, given, there) and given.parts[there].lead & frozenset("ih")
            and not _is_of_others(given, start, there)
            for there in range(start + 1, len(given.parts))
        )
        for at in rest
    )  # fmt: skip


def is_told_to_lie(given: Phrases, place: int) -> bool:
    """Whether the quote says where it is: "the offices are located in Leeds"."""
    after = [part for part in given.parts[place + 1 : place + 4] if part.is_content]
    is_ours = any(part.is_self or part.is_our for part in given.parts)
    return is_ours and not given.parts[place].lead and bool(after) and after[0].word in LIES


def is_team_of(given: Phrases, place: int) -> bool:
    """Whether it is told of as the company's team: "a team of 12 joiners works in our shop"."""
    part = given.parts[place]
    if not part.lead & frozenset("or"):
        return False
    first = next(at for at, one in enumerate(given.parts) if one.phrase == part.phrase)
    team = given.parts[first - 1] if first else None
    counted = any(one.word[0].isdigit() for one in given.parts[first : place + 1])
    if team is None or not counted or not (team.is_self or is_staff(team.word)):
        return False
    if any("w" in one.lead for one in given.parts[max(0, first - 3) : first]):
        # "With a team of 12 joiners, we build".
        return any(one.is_self for one in given.parts[place:])
    return _works(given) and any(one.is_our and one.lead & _AT for one in given.parts)


def _works(given: Phrases) -> bool:
    return any("work" in CLASS_OF.get(part.word, ()) for part in given.parts)
