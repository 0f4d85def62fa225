"""Checks that a claim attaches no place or time of its quote to another word than the quote does.

"Based in Cork and with an office in Galway" does not say "based in Galway", and "founded in Cork,
we employ 90 people" does not say that these work in Cork.
"""

from __future__ import annotations

from collections.abc import Iterator

from worker.companies.phrases import Phrases, is_year
from worker.companies.relation_words import CLASS_OF, is_joint

_WHERE = frozenset("ih")
MOST_ATTACHED = 6
"""More places are not looked at, because each costs a comparison of all words."""


def keeps_attachments(claim: Phrases, given: Phrases) -> bool:
    """Whether no place or time of the claim belongs, in the quote, to a word that the claim lacks.

    Only where the quote has another place for the claim's word, or begins with the word that the
    claim lacks, as with a participle.
    """
    placed = [at for at, part in enumerate(claim.parts) if part.is_content and part.lead & _WHERE]
    return all(_is_attached_alike(claim, at, given) for at in placed[:MOST_ATTACHED])


def _is_attached_alike(claim: Phrases, at: int, given: Phrases) -> bool:
    there = _places(claim, at, given)
    found = (_places(claim, one, given) for one in _anchors(claim, at))
    anchors = next((places for places in found if places), [])
    if not there or not anchors:
        return True
    return any(
        _is_one_group(given, anchor, place)
        or not (
            _is_of_another(claim, given, anchor, place) or _is_led_in(claim, given, anchor, place)
        )
        for anchor in anchors
        for place in there
    )


def _anchors(claim: Phrases, at: int) -> Iterator[int]:
    """The places of the words that a place may belong to, the nearest before it first."""
    phrase = claim.parts[at].phrase
    before = range(at - 1, -1, -1)
    for place in (*before, *range(at + 1, len(claim.parts))):
        part = claim.parts[place]
        if part.phrase != phrase and part.is_content and not part.word[0].isdigit():
            yield place


def _places(claim: Phrases, at: int, given: Phrases) -> list[int]:
    return [there for there in range(len(given.parts)) if claim.alike(at, given, there)]


def _starts(given: Phrases, place: int) -> bool:
    """Whether a group begins there: behind "and" or a mark such as a comma."""
    return given.has_comma(place) or is_joint(given.parts[place - 1].word, given.family)


def _group(given: Phrases, place: int) -> range:
    start = next((at for at in range(place, 0, -1) if _starts(given, at)), 0)
    ends = (at for at in range(place + 1, len(given.parts)) if _starts(given, at))
    return range(start, next(ends, len(given.parts)))


def _is_one_group(given: Phrases, anchor: int, place: int) -> bool:
    """Whether no group begins between a word and a place behind it."""
    return anchor < place and not any(_starts(given, at) for at in range(anchor + 1, place + 1))


def _is_claimed(claim: Phrases, given: Phrases, there: int) -> bool:
    return any(claim.alike(at, given, there) for at in range(len(claim.parts)))


def _is_of_another(claim: Phrases, given: Phrases, anchor: int, place: int) -> bool:
    """Whether the anchor has a place of its own in its group, and `place` a head that the claim
    lacks."""
    parts, lead = given.parts, given.parts[place].lead & _WHERE
    rivals = [at for at in _group(given, anchor) if at != anchor and parts[at].is_content
              and parts[at].lead & lead and not is_year(parts[at].token)
              and parts[at].phrase != parts[place].phrase]  # fmt: skip
    if not rivals or any(_is_claimed(claim, given, at) for at in rivals):
        return False
    heads = [at for at in _group(given, place) if at < place and not parts[at].is_self
             and parts[at].phrase != parts[place].phrase and _is_head(given, at)]  # fmt: skip
    return bool(heads) and not _is_claimed(claim, given, heads[-1])


def _is_head(given: Phrases, at: int) -> bool:
    part = given.parts[at]
    return part.is_content or bool(CLASS_OF.get(part.word))


def _is_led_in(claim: Phrases, given: Phrases, anchor: int, place: int) -> bool:
    """Whether `place` belongs to a word that begins the quote, or follows the company and a comma,
    as a participle does, and that the claim lacks."""
    parts = given.parts
    if anchor < place:
        return False
    before = [at for at in range(place) if parts[at].is_content and not parts[at].lead
              and not parts[at].word[0].isdigit()]  # fmt: skip
    if not before or _is_claimed(claim, given, before[-1]):
        return False
    head = before[-1]
    starts = head == 0 or (given.has_comma(head) and any(one.is_self for one in parts[:head]))
    return starts and any(one.is_self or one.is_our for one in parts)
