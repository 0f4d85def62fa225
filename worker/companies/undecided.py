"""Tells which claims the check by structure drops only because they use other words than the quote.

Such a claim may be a true paraphrase.
"""

from __future__ import annotations

from collections.abc import Sequence

from worker.companies.advice_check import has_new_praise_or_event
from worker.companies.clauses import is_somebody_elses
from worker.companies.entailment import MAX_SENTENCE, entails, fits_in_form
from worker.companies.reading import SELF, Reading
from worker.companies.sentence_words import EMPTY
from worker.companies.word_count import ASIAN
from worker.pages.quotes import flat


def is_undecided(quote: str, text: str, *, around: str = "", names: Sequence[str] = ()) -> bool:
    """Whether a claim fails the check only because its quote lacks some ordinary words.

    `around` and `names` are those of `entails`.
    """
    if max(len(text), len(quote)) > MAX_SENTENCE or ASIAN.search(text):
        return False
    claim, given = Reading(text, names), Reading(quote, names)
    missing = missing_words(claim, given)
    if not missing or 2 * len(missing) > len(claim.content):
        return False
    return (
        not entails(quote, text, around=around, names=names)
        and not any(map(_is_hard, missing))
        and is_somebody_elses(flat(text)) == is_somebody_elses(flat(quote))
        and not has_new_praise_or_event(text, quote)
        and fits_in_form(claim, given, quote=quote, text=text, around=around, names=names)
    )


def missing_words(claim: Reading, given: Reading) -> list[str]:
    """The content words of the claim that the quote lacks, as written in the claim."""
    pairs = zip(claim.tokens, claim.words, strict=True)
    content = [word for token, word in pairs if token != SELF and token not in EMPTY]
    return [word for word in content if not given.has(word.casefold().replace("’", "'"))]


def _is_hard(word: str) -> bool:
    """Whether a word may be a number or a name."""
    return word[0].isupper() or any(sign.isdigit() or sign.isupper() for sign in word)
