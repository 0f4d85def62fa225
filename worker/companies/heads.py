"""Checks that a claim does not take what a thing is of, or for, for the thing itself."""

from __future__ import annotations

import re
from itertools import islice

from worker.companies.deeds import subject_of, verbs_after
from worker.companies.phrases import Phrases
from worker.companies.relation_words import AUXILIARIES, classes_of, is_joint

_COMPLEMENT = frozenset("orwf")
_PARTITIVE = frozenset({"des", "du"})
_MEASURES = re.compile(
    r"(?:lit(?:er|re|ro|ri|rów|rů)s?|kilos?|kilo(?:gram|gramm)\w{0,20}|kg|tonn?e?s?|tonnellate|toneladas"
    r"|ton|tun|tonnes|met(?:er|re)s?|mètres|metros|metri|hect\w{1,20}|hektar\w{0,20}|pieces|stück|pièces)$"
)
MOST_VERBS = 2


def keeps_heads(claim: Phrases, given: Phrases) -> bool:
    """Whether what the company makes is what it makes in the quote, and no part or material of it.

    "We sell tables of oak" does not say that Acme sells oak.
    """
    subject = subject_of(claim)
    if subject is None:
        return True
    for verb in islice(verbs_after(claim, subject), MOST_VERBS):
        word = claim.parts[verb].word
        if word in AUXILIARIES or classes_of(word, claim.family) & {"have", "employ", "get"}:
            continue
        places = [at for at in range(len(given.parts)) if claim.alike(verb, given, at)]
        if places:
            return any(_is_object_alike(claim, verb, given, at) for at in places)
    return True


def _is_object_alike(claim: Phrases, verb: int, given: Phrases, place: int) -> bool:
    ours = Phrases(claim.reading, claim.family, frozenset({verb}))
    theirs = Phrases(given.reading, given.family, frozenset({place}))
    thing = next((at for at in range(verb + 1, len(ours.parts)) if ours.parts[at].is_content), None)
    if thing is None or ours.parts[thing].lead:
        return True
    there = [at for at in range(place + 1, len(theirs.parts)) if ours.alike(thing, theirs, at)]
    return not there or not all(_has_lost_its_head(ours, theirs, place, at) for at in there)


def _has_lost_its_head(ours: Phrases, theirs: Phrases, verb: int, place: int) -> bool:
    """Whether the word complements a noun behind the verb that the claim leaves out."""
    part = theirs.parts[place]
    start = next(at for at, one in enumerate(theirs.parts) if one.phrase == part.phrase)
    is_material = theirs.family == "romance" and theirs.parts[start].word == "en"
    if not part.lead & _COMPLEMENT and not is_material:
        return False
    if theirs.parts[start].word in _PARTITIVE and _is_listed(theirs, start):
        return False  # "Des lampes et des vases".
    head = next((at for at in range(start - 1, verb, -1) if theirs.parts[at].is_content), None)
    if head is not None and _MEASURES.match(theirs.parts[head].word):
        return False  # "12,000 litres of milk".
    return head is not None and not any(
        ours.alike(at, theirs, head) for at in range(len(ours.parts))
    )


def _is_listed(theirs: Phrases, start: int) -> bool:
    """Whether a comma or a word such as "and" stands before a place."""
    return theirs.has_comma(start) or is_joint(theirs.parts[start - 1].word, theirs.family)
