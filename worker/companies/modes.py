"""Compares the denials, plans, doubts and times of a claim and its quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.clauses import is_denied
from worker.companies.reading import WORD
from worker.companies.sentence_words import MODAL, MODES, PAST_BE, PRESENT_BE
from worker.pages.quotes import flat

_BEFORE = re.compile(
    r"^(?:before|formerly|previously|earlier|once|früher|vorher|zuvor|avant|auparavant|autrefois"
    r"|antes|anteriormente|prima|in passato|vroeger|tidigare|tidligere|dawniej|dříve)\b(?=,|\s)",
    re.IGNORECASE,
)
"""A clause that begins so is about an earlier time."""


def has_same_mode(claim: Sequence[str], given: Sequence[str], text: str, quote: str) -> bool:
    """Whether text and quote agree in denial, and the claim keeps a plan, doubt or future of the
    quote."""
    if is_denied(flat(text)) != is_denied(flat(quote)):
        return False
    if _BEFORE.search(flat(quote)) and not _BEFORE.search(flat(text)):
        return False
    given = [token for token in given if token not in _reflexive(quote)]
    for mode in MODES[:4]:
        kept = mode | PLANNING if mode is FUTURE else mode
        if bool(mode.intersection(given)) and not kept.intersection(claim):
            return False
    is_past = bool(PAST_BE.intersection(given)) and not PRESENT_BE.intersection(given)
    return not (is_past and PRESENT_BE.intersection(claim) and not PAST_BE.intersection(claim))


FUTURE = MODES[2]
PLANNING = frozenset({
    "plans", "planning", "intends", "plant", "planerar", "planlægger", "planlegger",
})  # fmt: skip
"""Words of a claim that say of a plan what "we will" says of it."""
_ITALIAN = re.compile(r"\b(?:di|il|gli|nostr[aoei]|della|dei|sono|nel|nella|è|abbiamo)\b")
_FRENCH_OR_SPANISH = re.compile(r"\b(?:nous|nos|les|est|sont|el|los|las|nuestr[ao]s?|son)\b")


def _reflexive(sentence: str) -> frozenset[str]:
    """The word that is no "if" in the sentence's language: "si trova", "se trouve"."""
    plain = sentence.casefold()
    if _FRENCH_OR_SPANISH.search(plain):
        return frozenset({"se"})
    return frozenset({"si"}) if _ITALIAN.search(plain) else frozenset()


def modes_around(quote: str, around: str) -> list[str]:
    """Words around the quote in its sentence that make it a plan, a doubt or a condition."""
    plain, wanted = flat(around), flat(quote)
    place = plain.find(wanted)
    if place < 0:
        return []
    before = re.split(r"[;:,.!?]", plain[:place])[-1]
    near = [word.casefold() for word in WORD.findall(before)]
    rest = f"{plain[:place]} {plain[place + len(wanted) :]}"
    conditions = [word.casefold() for word in WORD.findall(rest)]
    return [
        *(word for word in near if word in MODAL),
        *(word for word in conditions if word in _CONDITIONS),
    ]


_CONDITIONS = frozenset({"if", "unless", "wenn", "falls"})
