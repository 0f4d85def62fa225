"""Checks by words and their order whether a sentence says no more than a quote.

Sense is not understood, so a true sentence in very different words fails. In scripts without
spaces, only pairs of characters are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from worker.companies.clauses import is_denied
from worker.companies.sentence_words import (
    BREAKS,
    CONCLUDES,
    EMPTY,
    MODES,
    PAST_BE,
    PRESENT_BE,
    RELATIONS,
    SELF_NOUNS,
    SELF_WORDS,
    SENSES,
    TITLES,
    WEIGHTY,
)
from worker.companies.word_count import ASIAN
from worker.pages.quotes import flat, with_word_replaced

WORD = re.compile(r"[^\W_]++(?:[.+#'’/-][^\W_]++|[+#]++)*")
SELF = "\0self"
MAX_SENTENCE = 1_000
"""Longer sentences and quotes are refused, because comparing them takes too long."""
_MODAL = frozenset(word for mode in MODES[:3] for word in mode)
_PLURAL_OR_FORM = ("ing", "ers", "ies", "ed", "er", "es", "ly", "s", "e", "y")


def stem(word: str) -> str:
    """The stem of a word, so that `makes` and `making` are equal."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    if any(letter.isdigit() for letter in plain):
        return plain.replace(",", "")
    for ending in _PLURAL_OR_FORM:
        if len(plain) - len(ending) >= 3 and plain.endswith(ending):
            return plain.removesuffix(ending)
    return plain


_SENSE: dict[str, str] = {}
for _line in SENSES:
    for _one in _line.split():
        _SENSE.setdefault(stem(_one), _line.split()[0])
_SENSE |= {"built": "make", "made": "make", "sold": "sell", "ran": "run", "found": "found"}


class Reading:
    """The words of a sentence. `tokens` has `SELF` for the company's names and words like "we"."""

    def __init__(self, text: str, names: Sequence[str] = ()) -> None:
        plain = flat(text)
        for name in sorted(names, key=len, reverse=True):
            if len(name) > 1:
                plain = _with_mark(plain, flat(name), is_exact=name.lower() not in names)
        self.words = [word for word in WORD.findall(plain)]
        self.tokens = [_token(word) for word in self.words]
        self.text = plain

    @cached_property
    def content(self) -> list[str]:
        """The tokens that are neither `SELF` nor small words such as "the"."""
        return [token for token in self.tokens if token != SELF and token not in EMPTY]

    @cached_property
    def _senses(self) -> frozenset[str]:
        return frozenset(map(_sense, self.content))

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        starts: dict[str, list[str]] = {}
        for word in dict.fromkeys(self.content):
            starts.setdefault(word[:4], []).append(word)
        return starts

    def has(self, word: str) -> bool:
        """Whether the content words have the word, another form or a word of the same sense."""
        if _sense(word) in self._senses:
            return True
        return any(_is_form_of(word, other) for other in self._by_start.get(word[:4], ()))


_MARK = "Zzself"


def _with_mark(text: str, name: str, *, is_exact: bool) -> str:
    """The text with a mark for the company's name.

    If `is_exact`, a name with a capital needs a capital: it may be an ordinary word, as "Signal".
    """
    if not is_exact or not name[:1].isupper():
        return with_word_replaced(text, name, f" {_MARK} ")
    return with_word_replaced(text, name, f" {_MARK} ", lambda found: found[0].isupper())


def _token(word: str) -> str:
    plain = word.casefold().replace("’", "'")
    bare = plain.removesuffix("'s").removesuffix("s'")
    if word.startswith(_MARK) or plain in SELF_WORDS or bare in SELF_NOUNS:
        return SELF
    return SELF if plain in TITLES else plain


def entails(quote: str, text: str, *, around: str = "", names: Sequence[str] = ()) -> bool:
    """Whether `text` says no more than `quote`, as far as the checks can tell.

    `around` is the sentence of the source around the quote. `names` are the company's names.
    """
    if max(len(text), len(quote)) > MAX_SENTENCE:
        return False
    claim, given = Reading(text, names), Reading(quote, names)
    if not claim.content:
        return False
    if ASIAN.search(text):
        return _is_within(text, quote)
    return all(given.has(word) for word in claim.content) and fits_in_form(
        claim, given, quote=quote, text=text, around=around, names=names
    )


def fits_in_form(
    claim: Reading, given: Reading, *, quote: str, text: str, around: str, names: Sequence[str]
) -> bool:
    """Whether denials, plans, doubts, amounts, subject and order of a claim fit its quote.

    `claim` and `given` are the readings of `text` and `quote`.
    """
    return (
        _has_same_mode(claim.tokens, [*given.tokens, *_modes_around(quote, around)], text, quote)
        and _has_same_amounts(claim, given)
        and _has_same_order(claim, given)
        and _has_same_subject(claim, given, quote, around, names)
    )


def speaks_of_itself(text: str, names: Sequence[str] = ()) -> bool:
    """Whether a sentence holds a name of the company or a word such as "we" or "team"."""
    return SELF in Reading(text, names).tokens


def _is_within(text: str, quote: str) -> bool:
    """For scripts without spaces: whether the quote has at least 90 % of the text's pairs of
    letters."""
    own = [a + b for a, b in pairwise(flat(text)) if a.isalnum() and b.isalnum()]
    given = {a + b for a, b in pairwise(flat(quote))}
    return bool(own) and sum(pair in given for pair in own) >= 0.9 * len(own)


def is_same(word: str, others: Iterable[str]) -> bool:
    """Whether any of `others` is `word`, another form of it or a word of its sense."""
    own = _sense(word)
    return any(own == _sense(other) or _is_form_of(word, other) for other in others)


@lru_cache(maxsize=4_096)
def _sense(word: str) -> str:
    root = stem(word)
    return _SENSE.get(word) or _SENSE.get(root) or root


def _is_form_of(word: str, other: str) -> bool:
    """Whether two words begin alike and differ only in a short ending."""
    shared = 6 if word.isascii() and other.isascii() else 4
    least = min(len(word), len(other))
    if least < shared or abs(len(word) - len(other)) > 3 or word.isdigit():
        return False
    common = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), least)
    return common >= shared and common >= least - 2


def follows(quote: str, source: str, text: str, *, names: Sequence[str] = ()) -> bool:
    """Whether the conclusion `text` may be drawn from the quote and its source.

    At most half of its content words may be missing in the source, and only words of `CONCLUDES`.
    """
    if max(len(text), len(quote)) > MAX_SENTENCE:
        return False
    claim, given, whole = Reading(text, names), Reading(quote, names), Reading(source, names)
    if ASIAN.search(text):
        return _is_within(text, source)
    missing = [word for word in claim.content if not whole.has(word)]
    return (
        any(given.has(word) for word in claim.content)
        and all(word in CONCLUDES for word in missing)
        and 2 * len(missing) <= len(claim.content)
        and _has_same_mode(claim.tokens, given.tokens, text, quote)
        and _has_same_amounts(claim, given)
        and _has_same_order(claim, given)
    )


def _has_same_mode(claim: Sequence[str], given: Sequence[str], text: str, quote: str) -> bool:
    """Whether text and quote agree in denial, and the claim keeps a plan, doubt or future of the
    quote."""
    if is_denied(flat(text)) != is_denied(flat(quote)):
        return False
    for mode in MODES[:3]:
        if bool(mode.intersection(given)) and not mode.intersection(claim):
            return False
    is_past = bool(PAST_BE.intersection(given)) and not PRESENT_BE.intersection(given)
    return not (is_past and PRESENT_BE.intersection(claim) and not PAST_BE.intersection(claim))


def _modes_around(quote: str, around: str) -> list[str]:
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
        *(word for word in near if word in _MODAL),
        *(word for word in conditions if word in _CONDITIONS),
    ]


_CONDITIONS = frozenset({"if", "unless", "wenn", "falls"})


def _has_same_amounts(claim: Reading, given: Reading) -> bool:
    """Whether the quote has the claim's words of amount and rank, as "over" before a number."""
    if any(word in WEIGHTY and word not in given.tokens for word in claim.tokens):
        return False
    return all(
        _before_number(claim.tokens, place) == _before_number(given.tokens, other)
        for place, word in enumerate(claim.tokens)
        if word[0].isdigit()
        for other in [_place_of(word, given.tokens)]
        if other is not None
    )


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
    return all(
        _stand_so(one, other, given.tokens) for one, other in _neighbours(claim.tokens)
    ) and all(
        _is_related_so(relation, word, given.tokens) for relation, word in _relations(claim.tokens)
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


def _is_related_so(relation: str, word: str, tokens: Sequence[str]) -> bool:
    """Whether the preposition fits the word in the quote. True if the quote lacks the word."""
    for place, token in enumerate(tokens):
        if not is_same(word, [token]):
            continue
        before = RELATIONS.intersection(tokens[max(0, place - _FAR) : place])
        if not before or relation in before:
            return True
    return not any(is_same(word, [token]) for token in tokens)


def _neighbours(tokens: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    before: str | None = None
    for token in tokens:
        if token in BREAKS:
            before = None
        elif token not in EMPTY:
            if before is not None:
                found.append((before, token))
            before = token
    return found


_NEAR = 4


def _stand_so(one: str, other: str, tokens: Sequence[str]) -> bool:
    """Whether `one` stands shortly before `other`. True if one of them is missing."""
    firsts = [place for place, token in enumerate(tokens) if _fits(one, token)]
    seconds = [place for place, token in enumerate(tokens) if _fits(other, token)]
    if not firsts or not seconds:
        return True
    return any(0 < second - first <= _NEAR for first in firsts for second in seconds)


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
    others = [token for token in subject.content if token not in _MODAL]
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
