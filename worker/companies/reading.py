"""Reads a sentence as words to compare: forms of a word, and words of one sense, are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import zip_longest

from worker.companies.sentence_words import (
    EMPTY,
    FIRST_TO_THIRD,
    SELF_NOUNS,
    SELF_WORDS,
    SENSES,
    TITLES,
)
from worker.pages.quotes import flat, with_word_replaced

WORD = re.compile(r"[^\W_]++(?:[.+#'’/-][^\W_]++|[+#]++)*")
SELF = "\0self"
_PLURAL_OR_FORM = ("ing", "ers", "ies", "ied", "ed", "er", "es", "ly", "s", "e", "y")
_VERB_FORM = ("ing", "ed", "er", "ers")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def stem(word: str) -> str:
    """The stem of a word, so that `makes` and `making` are equal."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    if any(letter.isdigit() for letter in plain):
        return plain.replace(",", "")
    for ending in _PLURAL_OR_FORM:
        if ending == "ly" and plain.endswith("ply"):
            continue  # "Supply" is no adverb.
        if len(plain) - len(ending) >= 3 and plain.endswith(ending):
            root = plain.removesuffix(ending)
            return _plain_root(root) if ending in _VERB_FORM and len(root) > 3 else root
    return plain


def _plain_root(root: str) -> str:
    """The root of a verb: of `supplying` that of `supplies`, and of `planning` that of `plans`."""
    return root[:-1] if root.endswith("y") or _DOUBLED.search(root) else root


_SENSE: dict[str, str] = {}
for _line in SENSES:
    for _one in _line.split():
        _SENSE.setdefault(stem(_one), _line.split()[0])
_SENSE |= {"built": "make", "made": "make", "sold": "sell", "ran": "run", "found": "found"}


class Reading:
    """The words of a sentence. `tokens` has `SELF` for the company's names and words like "we"."""

    def __init__(self, text: str, names: Sequence[str] = ()) -> None:
        plain = flat(text).replace("%", " percent ")
        for name in sorted(names, key=len, reverse=True):
            if len(name) > 1:
                plain = _with_mark(plain, flat(name), is_exact=name.lower() not in names)
        self.words = [word for word in WORD.findall(plain)]
        pairs = zip_longest(self.words, self.words[1:], fillvalue="")
        self.tokens = [_token(word, other) for word, other in pairs]
        for place, token in enumerate(self.tokens):
            if token == SELF and self._is_title_of_another(place):
                self.tokens[place] = self.words[place].casefold()
        self.text = plain

    def _is_title_of_another(self, place: int) -> bool:
        """Whether it is the "Ltd" of a name that is not the company's."""
        is_title = self.words[place].casefold() in TITLES and place > 0
        return is_title and self.tokens[place - 1] != SELF and self.words[place - 1][0].isupper()

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
            starts.setdefault(word[:2], []).append(word)
        return starts

    def has(self, word: str) -> bool:
        """Whether the content words have the word, another form or a word of the same sense."""
        if _sense(word) in self._senses:
            return True
        return any(_is_form_of(word, other) for other in self._by_start.get(word[:2], ()))


_MARK = "Zzself"
# "L'atelier" is an article and a word.
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un)'(?=\w{3})")


def _with_mark(text: str, name: str, *, is_exact: bool) -> str:
    """The text with a mark for the company's name.

    If `is_exact`, a name with a capital needs a capital: it may be an ordinary word, as "Signal".
    """
    if not is_exact or not name[:1].isupper():
        return with_word_replaced(text, name, f" {_MARK} ")
    return with_word_replaced(text, name, f" {_MARK} ", lambda found: found[0].isupper())


def _token(word: str, after: str = "") -> str:
    if word in ("i", "I"):
        # A writer, in English; "in" or an article elsewhere: "I 2008", "i Odense", "I nostri".
        return "I" if word == "I" and after[:1].islower() and after not in SELF_WORDS else "i"
    plain = _ELIDED.sub("", word.casefold().replace("’", "'"))
    bare = plain.removesuffix("'s").removesuffix("s'")
    if word.startswith(_MARK) or plain in SELF_WORDS or bare in SELF_NOUNS:
        return SELF
    return SELF if plain in TITLES else plain


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
    if _is_third_person(word, other):
        return True
    shared = 6 if word.isascii() and other.isascii() else 4
    least = min(len(word), len(other))
    if least < shared or abs(len(word) - len(other)) > 3 or word.isdigit():
        return False
    common = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), least)
    return common >= shared and common >= least - 2


_STEM = 2
"""The fewest letters before an ending."""


def _is_third_person(word: str, other: str) -> bool:
    """Whether `word` says of "it" what `other` says of "us": "cobra" and "cobramos"."""
    return word[:_STEM] == other[:_STEM] and any(
        other.endswith(first)
        and word.endswith(third)
        and len(other) - len(first) >= _STEM
        and other.removesuffix(first) == word.removesuffix(third)
        for first, third in FIRST_TO_THIRD
    )
