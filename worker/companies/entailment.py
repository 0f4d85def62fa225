"""Checks by words and their order whether a sentence says no more than a quote.

Sense is not understood, so a true sentence in very different words fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from worker.companies import japanese, unspaced
from worker.companies.adjuncts import movable, names_fit_their_years
from worker.companies.attachments import keeps_attachments
from worker.companies.bound_numbers import counts_alike
from worker.companies.canonical import canonical
from worker.companies.clause_parts import parts_of, without_what_lacks
from worker.companies.clause_words import is_past
from worker.companies.clauses import is_somebody_elses
from worker.companies.deeds import keeps_agents, keeps_tense
from worker.companies.heads import keeps_heads
from worker.companies.modes import has_same_mode, modes_around
from worker.companies.parallels import keeps_parts
from worker.companies.paraphrase import has_what_it_claims, is_called_so, is_paraphrase
from worker.companies.phrases import Phrases
from worker.companies.reading import SELF, WORD, Reading, is_same, stem
from worker.companies.relation_words import family_of
from worker.companies.reservations import keeps_reservations
from worker.companies.sentence_words import (
    BREAKS,
    CONCLUDES,
    EMPTY,
    FOLLOWING,
    LIMITS,
    MODAL,
    NOW,
    RELATIONS,
    SAME_AMOUNT,
    SUBJECTS,
    THAN,
    WEIGHTY,
)
from worker.companies.subjects import follows_in_inversion, is_subject, says_it_of_itself
from worker.companies.word_count import ASIAN
from worker.pages.quotes import flat

MAX_SENTENCE = 1_000
"""Longer sentences and quotes are refused, because comparing them takes too long."""


def entails(quote: str, text: str, *, around: str = "", names: Sequence[str] = ()) -> bool:
    """Whether `text` says no more than `quote`, as far as the checks can tell.

    `around` is the sentence of the source around the quote. `names` are the company's names.
    """
    if max(len(text), len(quote)) > MAX_SENTENCE or _is_put_in_another_order(quote, text):
        return False
    if not keeps_reservations(text, quote, around, names):
        return False
    if ASIAN.search(text):
        return bool(Reading(text, names).content) and (
            unspaced.says_no_more(quote, text, names)
            or japanese.says_no_more(flat(quote), flat(text), names)
        )
    quote, text, around = (canonical(one, names) for one in (quote, text, around))
    if _says_no_more(quote, text, around, names):
        return True
    parts = [*parts_of(quote, names), *without_what_lacks(quote, text)]
    return any(_says_no_more(part, text, around or quote, names) for part in parts)


def _is_put_in_another_order(quote: str, text: str) -> bool:
    """Whether the small word with a capital that begins the quote stands inside the claim, as in
    "garden wells A quiet pump"."""
    first = next(iter(WORD.findall(quote)), "")
    is_small = first[:1].isupper() and first.casefold() in EMPTY and first not in ("I", "O", "E")
    if not is_small:
        return False
    before, *rest = text.split(f" {first} ")
    return bool(rest) and any(part[-1:].isalpha() for part in (before, *rest[:-1]))


def _says_no_more(quote: str, text: str, around: str, names: Sequence[str]) -> bool:
    claim, given = Reading(text, names), Reading(quote, names)
    if not claim.content:
        return False
    if not _fits_in_kind(claim, given, quote, text, around, names):
        return False
    family = family_of(claim.words, given.words)
    phrases, theirs = Phrases(claim, family), Phrases(given, family)
    checks = (
        counts_alike, keeps_tense, keeps_agents, keeps_heads, keeps_parts, keeps_attachments,
        has_what_it_claims,
    )  # fmt: skip
    if not is_called_so(claim, given) or not all(keeps(phrases, theirs) for keeps in checks):
        return False
    if (
        is_somebody_elses(flat(text)) == is_somebody_elses(flat(quote))
        and is_past(flat(text)) == is_past(flat(quote))
        and names_fit_their_years(claim, given)
        and is_paraphrase(claim, given)
    ):
        return True
    if is_past(flat(quote)) and not is_past(flat(text)):
        return False
    return all(given.has(word) for word in claim.content if word not in NOW) and _is_related_alike(
        claim, given
    )


def _fits_in_kind(
    claim: Reading, given: Reading, quote: str, text: str, around: str, names: Sequence[str]
) -> bool:
    return (
        has_same_mode(claim.tokens, [*given.tokens, *modes_around(quote, around)], text, quote)
        and _has_same_amounts(claim, given)
        and _has_same_subject(claim, given, quote, around, names)
    )


def _is_related_alike(claim: Reading, given: Reading) -> bool:
    return _has_same_order(claim, given) and says_it_of_itself(claim, given)


def fits_in_form(
    claim: Reading, given: Reading, *, quote: str, text: str, around: str, names: Sequence[str]
) -> bool:
    """Whether denials, plans, doubts, amounts, subject and order of a claim fit its quote.

    `claim` and `given` are the readings of `text` and `quote`.
    """
    return _fits_in_kind(claim, given, quote, text, around, names) and _is_related_alike(
        claim, given
    )


def speaks_of_itself(text: str, names: Sequence[str] = ()) -> bool:
    """Whether a sentence holds a name of the company or a word such as "we" or "team"."""
    return SELF in Reading(text, names).tokens


def follows(quote: str, source: str, text: str, *, names: Sequence[str] = ()) -> bool:
    """Whether the conclusion `text` may be drawn from the quote and its source.

    At most half of its content words may be missing in the source, and only words of `CONCLUDES`.
    In scripts without spaces, nothing is concluded.
    """
    if max(len(text), len(quote)) > MAX_SENTENCE:
        return False
    claim, given, whole = Reading(text, names), Reading(quote, names), Reading(source, names)
    if ASIAN.search(text):
        return unspaced.says_no_more(quote, text, names)
    missing = [word for word in claim.content if not whole.has(word)]
    return (
        any(given.has(word) for word in claim.content)
        and all(word in CONCLUDES for word in missing)
        and 2 * len(missing) <= len(claim.content)
        and has_same_mode(claim.tokens, given.tokens, text, quote)
        and _has_same_amounts(claim, given)
        and _has_same_order(claim, given)
    )


def _has_same_amounts(claim: Reading, given: Reading) -> bool:
    """Whether the quote has the claim's words of amount and rank, as "over" before a number, and
    the claim those of the quote that limit its words, as "almost"."""
    said = {*given.tokens, *_same_amounts(given.tokens)}
    if any(word in WEIGHTY and word not in said for word in claim.tokens):
        return False
    if not _keeps_limits(claim, given):
        return False
    return all(
        _before_number(claim.tokens, place) == _before_number(given.tokens, other)
        for place, word in enumerate(claim.tokens)
        if word[0].isdigit()
        for other in [_place_of(word, given.tokens)]
        if other is not None
    )


def _same_amounts(tokens: Sequence[str]) -> Iterator[str]:
    for line in map(str.split, SAME_AMOUNT):
        if not set(line).isdisjoint(tokens):
            yield from line


def _keeps_limits(claim: Reading, given: Reading) -> bool:
    return all(
        token in claim.tokens
        or not any(is_same(own, _limited(given.tokens, place)) for own in claim.content)
        for place, token in enumerate(given.tokens)
        if token in LIMITS
    )


def _limited(tokens: Sequence[str], place: int) -> list[str]:
    """The next word that is no small word, after a limiting one."""
    return [token for token in tokens[place + 1 :] if token not in EMPTY and token != SELF][:1]


def _place_of(word: str, tokens: Sequence[str]) -> int | None:
    root = stem(word)
    return next((place for place, token in enumerate(tokens) if stem(token) == root), None)


def _before_number(tokens: Sequence[str], place: int) -> frozenset[str]:
    near = tokens[max(0, place - 2) : place]
    return frozenset(near).intersection(
        {"over", "under", "more", "less", "least", "most", "up", "nearly", "almost", "about",
         "around", "only"}
    )  # fmt: skip


def _has_same_order(claim: Reading, given: Reading) -> bool:
    """Whether neighbouring words of the claim stand close together in the quote, in the same order.

    Words that the quote lacks are passed over.
    """
    return (
        all(_stand_so(one, other, given) for one, other in _neighbours(claim, given))
        and all(
            _is_related_so(relation, word, claim, given)
            for relation, word in _relations(claim.tokens)
        )
        and _compares_alike(claim, given)
        and names_fit_their_years(claim, given)
    )


def _compares_alike(claim: Reading, given: Reading) -> bool:
    """Whether the two sides of a comparison have the same words: "nights pay more than days"."""
    passed = movable(claim, given)
    own = [token for place, token in enumerate(claim.tokens) if place not in passed]
    ours = next((place for place, token in enumerate(own) if token in THAN), None)
    theirs = next((place for place, token in enumerate(given.tokens) if token in THAN), None)
    if ours is None or theirs is None:
        return True
    sides = ((own[:ours], given.tokens[:theirs]), (own[ours + 1 :], given.tokens[theirs + 1 :]))
    return all(
        any(_fits(token, other) for other in there)
        for here, there in sides
        for token in here
        if token not in EMPTY and token not in NOW and token != SELF
    )


_FAR = 6


def _relations(tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of a preposition and the next word; one small word between them is skipped."""
    found = []
    for place, token in enumerate(tokens[:-1]):
        after = tokens[place + 1]
        if after in EMPTY and after not in RELATIONS and place + 2 < len(tokens):
            after = tokens[place + 2]
        if token in RELATIONS and after not in EMPTY and after != SELF:
            found.append((token, after))
    return found


def _is_related_so(relation: str, word: str, claim: Reading, given: Reading) -> bool:
    """Whether the preposition fits the word in the quote. True if the quote lacks the word.

    Without a preposition there, the word must follow a word of the claim.
    """
    tokens = given.tokens
    places = [place for place, token in enumerate(tokens) if is_same(word, [token])]
    for place in places:
        before = RELATIONS.intersection(tokens[max(0, place - _FAR) : place])
        if relation in before or (not before and _follows_word_of(claim, tokens[:place])):
            return True
    return not places


def _follows_word_of(claim: Reading, before: Sequence[str]) -> bool:
    content = [token for token in before if token not in EMPTY]
    return not content or content[-1] == SELF or claim.has(content[-1])


def _neighbours(claim: Reading, given: Reading) -> list[tuple[str, str]]:
    """Pairs of neighbouring words of content, without what may stand elsewhere in the quote."""
    found: list[tuple[str, str]] = []
    before: str | None = None
    passed = movable(claim, given)
    for place, token in enumerate(claim.tokens):
        if place in passed:
            continue
        if token in BREAKS or token in RELATIONS:
            before = None
        elif token not in EMPTY and token not in NOW:
            if before is not None:
                found.append((before, token))
            before = token
    return found


_NEAR = 4


def _stand_so(one: str, other: str, given: Reading) -> bool:
    """Whether `one` stands shortly before `other`. True if one of them is missing.

    A subject of its own between them, or right behind `other`, makes `other` say something of that
    subject.
    """
    tokens = given.tokens
    firsts = [place for place, token in enumerate(tokens) if _fits(one, token)]
    seconds = [place for place, token in enumerate(tokens) if _fits(other, token)]
    if not firsts or not seconds:
        return True
    return any(
        0 < second - first <= _NEAR and not _has_subject(given, first, second)
        for first in firsts
        for second in seconds
    ) or (
        any(_follows_its_verb(given, first) and first - 1 in seconds for first in firsts)
        or follows_in_inversion(one, other, given)
    )


def _has_subject(given: Reading, first: int, second: int) -> bool:
    """Whether the second word belongs to another subject than the first: "like them, we sell".

    A subject behind the first word is its own: "today use we".
    """
    start = first + 1 + _follows_its_verb(given, first + 1)
    is_foreign = any(
        given.words[place].casefold() in SUBJECTS and is_subject(given, place)
        for place in range(start, second)
    )
    return is_foreign or (_follows_its_verb(given, second + 1) and given.tokens[first] != SELF)


def _follows_its_verb(given: Reading, place: int) -> bool:
    return given.words[place : place + 1] != [] and given.words[place].casefold() in FOLLOWING


def _fits(word: str, token: str) -> bool:
    return word == token if SELF in (word, token) else is_same(word, [token])


def _has_same_subject(
    claim: Reading, given: Reading, quote: str, around: str, names: Sequence[str]
) -> bool:
    """False if the claim begins with the company, but the quote seems to be about somebody else."""
    if not claim.tokens or claim.tokens[0] != SELF:
        return True
    before = _subject_before(quote, around)
    if before is None:
        return True
    subject = Reading(before, names)
    others = [token for token in subject.content if token not in MODAL]
    if SELF in subject.tokens and not others:
        return True
    if not names:
        # Without known names, a capitalised word may be the company's name.
        others = [
            token
            for token, word in zip(subject.tokens, subject.words, strict=True)
            if token in others and word[0].islower()
        ]
    return not others


def _subject_before(quote: str, around: str) -> str | None:
    """The words before the quote, after the last mark such as a comma."""
    plain, wanted = flat(around), flat(quote)
    place = plain.find(wanted)
    if place <= 0:
        return None
    part = re.split(r"[,;:.!?]", plain[:place])[-1].strip()
    return part or None
