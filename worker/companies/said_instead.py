"""Shows the source's own sentence in place of a claim that is neither confirmed nor refuted.

A claim in other words than its quote may be a true paraphrase or a lie, and no check by structure
can tell which. The sentence that it cites is true in either case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from worker.companies.advice_check import has_new_praise_or_event
from worker.companies.canonical import canonical
from worker.companies.clause_parts import without_what_lacks
from worker.companies.clauses import is_denied
from worker.companies.entailment import MAX_SENTENCE
from worker.companies.filler import is_filler
from worker.companies.german_nouns import german_nouns
from worker.companies.own_words import is_greeting, is_prose
from worker.companies.phrases import Phrases
from worker.companies.reading import SELF, Reading
from worker.companies.relation_words import family_of, is_we_form
from worker.companies.sentence_words import BE, EMPTY
from worker.companies.word_count import ASIAN, words_of
from worker.pages.quotes import flat

MANY_WORDS = 7
LEAST_WORDS = 4
"""A sentence shorter than `MANY_WORDS` may be a tile or a slogan, so it must say "we" or "our"."""
LEAST_NAME = 6
"""A shorter first word is taken for a small one, such as "nello"."""
_STEM = 5
"""Words that begin with the same letters, so many, may be forms of one word."""
_ABBREVIATED = 4
"""A word of at least so many letters may be short for a longer one: "Mich."."""
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_NO_STATEMENT = re.compile(r"[?？؟…:：]\W{0,20}$|^\W{0,20}[\"\u201c\u201e\u00ab\u2018\u201a「『]")
"""A question, what only leads to something else, or the words of a customer."""


def may_stand_for(sentence: str, text: str, *, names: Sequence[str] = ()) -> bool:
    """Whether a sentence of the source may be shown for the claim `text` about it.

    `names` are the company's names.
    """
    said = flat(sentence)
    if max(len(said), len(text)) > MAX_SENTENCE or not _tells(said, names):
        return False
    return not is_refuted(said, text, names)


def is_refuted(said: str, text: str, names: Sequence[str] = ()) -> bool:
    """Whether a claim tells something else than the sentence that it cites.

    It does if it has another number or a new name, exchanges names, denies what is said, praises,
    differs only in its first word, or shares less than half of its words with the sentence. A plan
    told as a fact does not matter, because the sentence tells that it is a plan.
    """
    claim, given = (Reading(canonical(one, names), names) for one in (text, said))
    known = "\n".join([said, *names])
    if not _numbers(text) <= _numbers(said) or has_new_praise_or_event(text, known):
        return True
    if any(not _is_said(word, given) for word in _names_in(claim)):
        return True
    if is_denied(flat(text)) != is_denied(said) and not _lacks_alike(said, text):
        return True
    if ASIAN.search(text):
        ours, theirs = _pairs(text, names), frozenset(_pairs(said, names))
        return 2 * sum(pair in theirs for pair in ours) < len(ours)
    content = [token for token in claim.tokens if token != SELF and token not in EMPTY]
    missing = [word for word in content if not _is_said(word, given)]
    is_exchanged = not missing and _exchanges_names(claim, given)
    return is_exchanged or _has_other_subject(claim, missing) or 2 * len(missing) > len(content)


def _has_other_subject(claim: Reading, missing: Sequence[str]) -> bool:
    """Whether only the first word is new, and may be a name.

    "Stormdesk runs a network of piers" is so, where the sentence says "we run a network of piers".
    """
    if len(missing) != 1 or missing != claim.tokens[:1] or len(claim.words) <= LEAST_WORDS:
        return False
    return claim.words[0][0].isupper() and len(claim.words[0]) >= LEAST_NAME


def _exchanges_names(claim: Reading, given: Reading) -> bool:
    """Whether two names stand in the other order: "Pier bought Gull" for "Gull bought Pier".

    "Gull was bought by Pier" may say the same as "Pier bought Gull".
    """
    is_turned = BE.isdisjoint(claim.tokens) != BE.isdisjoint(given.tokens)
    if is_turned or german_nouns(claim.words):
        return False
    capital = {token for token, word in zip(given.tokens, given.words, strict=True)
               if word[0].isupper() and given.tokens.count(token) == 1}  # fmt: skip
    named = [token for token, word in zip(claim.tokens, claim.words, strict=True)
             if word[0].isupper() and token in capital]  # fmt: skip
    places = [given.tokens.index(token) for token in named]
    return places != sorted(places)


def _tells(said: str, names: Sequence[str]) -> bool:
    """Whether it is a sentence of prose that is about the company, as far as its form tells."""
    if said[:1].islower() or _NO_STATEMENT.search(said) or not is_prose(said):
        return False
    if is_filler(said) or is_greeting(said):
        return False
    long_enough = words_of(said) >= MANY_WORDS
    return long_enough or (words_of(said) >= LEAST_WORDS and _is_of_us(said, names))


def _is_of_us(said: str, names: Sequence[str]) -> bool:
    reading = Reading(said, names)
    parts = Phrases(reading, family_of(reading.words)).parts
    return any(part.is_self or part.is_our for part in parts) or any(
        is_we_form(part.word, "slavic") or is_we_form(part.word, "romance") for part in parts
    )


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", number) for number in _NUMBER.findall(flat(text)))


def _lacks_alike(said: str, text: str) -> bool:
    """Whether only a phrase such as "without a break" denies, which the claim leaves out."""
    return not is_denied(flat(text)) and any(
        not is_denied(part) for part in without_what_lacks(said, text)
    )


def _is_said(word: str, given: Reading) -> bool:
    """Whether the sentence has the word or, as far as its beginning tells, a form of it."""
    plain = word.casefold()
    return (
        plain in given.tokens
        or given.has(plain)
        or any(token[:_STEM] == plain[:_STEM] for token in given.tokens if len(token) >= _STEM)
        or any(len(token) >= _ABBREVIATED and plain.startswith(token) for token in given.tokens)
    )


def _names_in(claim: Reading) -> list[str]:
    """The words with a capital inside the claim; none in German, where all nouns have one."""
    if german_nouns(claim.words):
        return []
    pairs = list(zip(claim.words, claim.tokens, strict=True))[1:]
    return [word for word, token in pairs if word[0].isupper() and token != SELF]


def _pairs(text: str, names: Sequence[str]) -> list[str]:
    """Neighbouring characters of words, for scripts without spaces."""
    for name in names:
        text = text.replace(name, " ")
    return [one + other for one, other in pairwise(text) if one.isalnum() and other.isalnum()]
