"""Checks that a claim mixes no two things of a quote, and takes no part for the whole.

"Open in Raahe on Mondays and in Oulu on Tuesdays" tells nothing of Oulu on Mondays, "we make cake
bases" nothing of cakes, and "they care like all their rivals" nothing of what rivals do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from worker.companies.phrases import Phrases, is_year
from worker.companies.relation_words import BE_VERBS, CLASS_OF, is_joint, is_we_form

_LIKE = frozenset({"like", "wie", "zoals", "som", "comme", "como", "come", "jak", "jako", "как"})
_ALL = frozenset({
    "all", "other", "many", "most", "every", "alle", "allen", "andere", "viele", "jede", "jeder",
    "jedes", "veel", "elke", "alla", "andra", "många", "varje", "andre", "mange", "hver", "tous",
    "toutes", "autres", "todos", "todas", "otros", "otras", "tutti", "tutte", "altri", "altre",
    "outros", "outras", "wszyscy", "wszystkie", "inni", "všichni", "jiní", "все", "другие",
})  # fmt: skip
_LEAST_COMPOUND = 4
MOST_REPEATED = 4
"""More repeated words are not looked at, because each costs a comparison of all words."""


def keeps_parts(claim: Phrases, given: Phrases) -> bool:
    """Whether the claim keeps the groups, comparisons, compounds and doers of the quote apart."""
    checks = (
        _keeps_groups, _keeps_places, _keeps_names, _keeps_pairs, _keeps_last_word,
        _keeps_comparisons, _keeps_compounds, _keeps_doer, _keeps_beginning,
    )  # fmt: skip
    return all(keeps(claim, given) for keeps in checks)


def _keeps_groups(claim: Phrases, given: Phrases) -> bool:
    """Whether the claim's words do not stand in two groups of the quote that have a word twice.

    "Monday" belongs to the first group of "in the Raahe area on Mondays and in the Oulu area on
    Tuesdays". Words before the first group belong to both.
    """
    for first, second in islice(_repeated(given), MOST_REPEATED):
        start = _group_start(given, second)
        begin = max(0, first - (second - start))
        if begin >= start or not _has(claim, given, first):
            continue
        one, other = set(range(begin, start)), set(range(start, len(given.parts)))
        if _has_own(claim, given, one, other) and _has_own(claim, given, other, one):
            return False
    return True


def _repeated(given: Phrases) -> Iterator[tuple[int, int]]:
    """The places of words that stand in the quote just twice, in different groups."""
    places: dict[str, list[int]] = {}
    for at, part in enumerate(given.parts):
        if part.is_content and not part.word[0].isdigit():
            places.setdefault(part.token, []).append(at)
    for found in places.values():
        if len(found) == 2 and _group_start(given, found[1]) > found[0]:
            yield found[0], found[1]


def _group_start(given: Phrases, place: int) -> int:
    """The place behind the last "and" or mark before a place; 0 if there is none."""
    for at in range(place, 0, -1):
        if given.has_comma(at) or is_joint(given.parts[at - 1].word, given.family):
            return at
    return 0


def _keeps_places(claim: Phrases, given: Phrases) -> bool:
    """Whether a number and a place of the claim stand in one group of the quote.

    "We employ 30 people in Sundsvall and a dozen in Örebro" does not say 30 of Örebro.
    """
    numbers = [
        part.word for part in claim.parts if part.word[0].isdigit() and not is_year(part.word)
    ]
    for number in numbers:
        at = next((at for at, part in enumerate(given.parts) if part.word == number), None)
        if at is None:
            continue
        start, end = _group_start(given, at), _group_end(given, at)
        for place in _led_inside(claim):
            there = [one for one, _ in enumerate(given.parts) if claim.alike(place, given, one)]
            lead = claim.parts[place].lead & frozenset("ih")
            if there and all(one >= end and given.parts[one].lead & lead for one in there):
                rivals = range(start, end)
                if any(given.parts[one].lead & lead and given.parts[one].is_content
                       and not _has_word(claim, given, one) for one in rivals):  # fmt: skip
                    return False
    return True


def _keeps_names(claim: Phrases, given: Phrases) -> bool:
    """Whether each name behind a preposition stands behind one of that kind in the quote too.

    "The seat of Rakai in Uganda" does not say "the seat of Uganda in Rakai".
    """
    if claim.family == "german":
        return True
    for at, part in enumerate(claim.parts):
        if not part.is_content or not part.lead or not claim.reading.words[at][0].isupper():
            continue
        there = [one for place, one in enumerate(given.parts) if claim.alike(at, given, place)]
        if there and not any(not one.lead or one.lead & part.lead for one in there):
            return False
    return True


def _keeps_pairs(claim: Phrases, given: Phrases) -> bool:
    """Whether no two names behind prepositions were exchanged between two words.

    "The seat is in Arlington and the workshop in Paris" does not say "the seat is in Paris and the
    workshop in Arlington".
    """
    named = [
        at for at, part in enumerate(claim.parts)
        if part.is_content and part.lead and claim.reading.words[at][0].isupper()
    ]  # fmt: skip
    for one, other in pairwise(named):
        heads = (_word_before(claim, one), _word_before(claim, other))
        if heads[0] is None or heads[1] is None or heads[1] < one:
            continue
        if not claim.parts[one].lead & claim.parts[other].lead:
            continue
        first, second = _place(claim, one, given), _place(claim, other, given)
        told = [_place(claim, head, given) for head in heads if head is not None]
        if first > second >= 0 and 0 <= told[0] < told[1]:
            return False
    return True


def _word_before(phrases: Phrases, place: int) -> int | None:
    """The place of the last word of content before the preposition of this one."""
    phrase = phrases.parts[place].phrase
    before = range(place - 1, -1, -1)
    return next(
        (
            at
            for at in before
            if phrases.parts[at].is_content and phrases.parts[at].phrase != phrase
        ),
        None,
    )


def _place(claim: Phrases, at: int, given: Phrases) -> int:
    """The first place of a word of the claim in the quote, or -1."""
    return next((one for one in range(len(given.parts)) if claim.alike(at, given, one)), -1)


def _keeps_last_word(claim: Phrases, given: Phrases) -> bool:
    """Whether a small word that ends the claim, as "up" or "down", stands in the quote too."""
    last = claim.parts[-1]
    return last.is_content or last.is_self or any(one.token == last.token for one in given.parts)


def _led_inside(claim: Phrases) -> Iterator[int]:
    """The places of words that say where: "in Örebro"."""
    yield from (
        at for at, part in enumerate(claim.parts) if part.is_content and part.lead & frozenset("ih")
    )


def _group_end(given: Phrases, place: int) -> int:
    """The place of the next "and" or mark behind a place, or the end."""
    for at in range(place + 1, len(given.parts)):
        if given.has_comma(at) or is_joint(given.parts[at].word, given.family):
            return at
    return len(given.parts)


def _has_word(claim: Phrases, given: Phrases, place: int) -> bool:
    return any(claim.alike(at, given, place) for at in range(len(claim.parts)))


def _keeps_doer(claim: Phrases, given: Phrases) -> bool:
    """Whether no others do to the company what "we" do in the quote, by the form of its verb.

    In Slavic languages the order of words does not tell who does what.
    """
    first = next((part for part in claim.parts if part.is_content or part.is_self), None)
    selves = [at for at, part in enumerate(claim.parts) if part.is_self]
    if first is None or first.is_self or first.lead or not selves:
        return True
    if any(part.word in BE_VERBS for part in claim.parts):
        return True
    verbs = [at for at in range(1, selves[0]) if claim.parts[at].is_content]
    if claim.family == "german" and verbs and claim.parts[verbs[0] - 1].is_content:
        return not any(claim.alike(verbs[-1], given, there) and _is_beside_us(given, there)
                       for there in range(len(given.parts)))  # fmt: skip
    return not any(
        claim.alike(at, given, there) and is_we_form(given.parts[there].word, "slavic")
        for at in verbs[-1:]
        for there in range(len(given.parts))
    )


def _is_beside_us(given: Phrases, place: int) -> bool:
    near = given.parts[max(0, place - 1) : place + 2]
    return any(part.word == "wir" for part in near)


def _keeps_beginning(claim: Phrases, given: Phrases) -> bool:
    """Whether nothing stands before the company that a preposition leads in the quote.

    "Farms who need it Acme makes pumps" is no order of "Acme makes pumps for farms who need it".
    """
    if claim.family not in ("english", "romance", "dutch", "nordic"):
        return True
    first = next((at for at, part in enumerate(claim.parts) if part.is_content), None)
    start = next(
        (at for at, (part, after) in enumerate(pairwise(claim.parts))
         if part.is_self and not part.lead and after.is_content), None,
    )  # fmt: skip
    if first is None or start is None or first > start or claim.parts[first].lead:
        return True
    there = [part for at, part in enumerate(given.parts) if claim.alike(first, given, at)]
    return not there or any(not part.lead for part in there)


def _has(claim: Phrases, given: Phrases, place: int) -> bool:
    return any(
        part.is_content and claim.alike(at, given, place) for at, part in enumerate(claim.parts)
    )


def _has_own(claim: Phrases, given: Phrases, inside: set[int], outside: set[int]) -> bool:
    """Whether a word of the claim stands in one group of the quote and nowhere else."""
    for at, part in enumerate(claim.parts):
        if not part.is_content:
            continue
        there = {place for place in range(len(given.parts)) if claim.alike(at, given, place)}
        if there and there <= inside and not there & outside:
            return True
    return False


def _keeps_comparisons(claim: Phrases, given: Phrases) -> bool:
    """Whether no word of the claim stands in the quote only behind "like all …"."""
    start = next(
        (
            at
            for at in range(len(given.parts) - 1)
            if given.parts[at].word in _LIKE
            and any(part.word in _ALL for part in given.parts[at + 1 : at + 3])
        ),
        None,
    )
    if start is None or any(part.word in _LIKE for part in claim.parts):
        return True
    return all(
        not part.is_content
        or any(claim.alike(at, given, place) for place in range(start))
        or not any(claim.alike(at, given, place) for place in range(start, len(given.parts)))
        for at, part in enumerate(claim.parts)
    )


def _keeps_compounds(claim: Phrases, given: Phrases) -> bool:
    """Whether no thing of an English claim is, in the quote, only what another thing is for."""
    if claim.family != "english":
        return True
    return not any(
        part.is_content and _ends_its_words(claim, at) and _is_always_cut(claim, at, given)
        for at, part in enumerate(claim.parts)
    )


def _ends_its_words(phrases: Phrases, place: int) -> bool:
    after = phrases.parts[place + 1 : place + 2]
    return not after or not after[0].is_content or after[0].chunk != phrases.parts[place].chunk


def _is_always_cut(claim: Phrases, at: int, given: Phrases) -> bool:
    """Whether the word, in the plural, stands in the quote before a plural that the claim lacks."""
    word = claim.parts[at].word
    there = [
        place for place in range(len(given.parts)) if given.parts[place].word in (word, word[:-1])
    ]
    return word.endswith("s") and any(_leads_a_plural(claim, given, place) for place in there)


def _leads_a_plural(claim: Phrases, given: Phrases, place: int) -> bool:
    part, after = given.parts[place], given.parts[place + 1 : place + 2]
    return (
        bool(after)
        and not part.word.endswith("s")
        and after[0].is_content
        and after[0].chunk == part.chunk
        and not given.has_comma(place + 1)
        and len(after[0].word) > _LEAST_COMPOUND
        and after[0].word.endswith("s")
        and not CLASS_OF.get(after[0].word)
        and not _has(claim, given, place + 1)
    )
