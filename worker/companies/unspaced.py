"""Compares sentences of Chinese, Japanese, Korean and Thai by their characters.

Words are not told apart, so a claim may only leave characters of its quote out: it may not move
them, as an exchange of two names would, and may bring in no others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from worker.companies.clauses import is_denied, is_somebody_elses
from worker.pages.quotes import flat

_WRITERS = re.compile(
    "当社|弊社|わたしたち|私たち|私達|我々|同社|我们|我們|本公司|公司|우리|저희|당사|이 회사는?"
)
_PARTICLES = re.compile(r"^[はがも는은이가、，,\s]+")
_SMALL = frozenset("的了是在于已")
_ENDING = 4
"""The last characters of a claim may end its verb in another way, politely or not."""
_SHARE = 0.9


def says_no_more(quote: str, text: str, names: Sequence[str]) -> bool:
    """Whether the claim's characters stand in the quote in the same order, and close together."""
    if is_denied(flat(text)) != is_denied(flat(quote)):
        return False
    if is_somebody_elses(flat(text)) != is_somebody_elses(flat(quote)):
        return False
    ours, theirs = _plain(text, names), _plain(quote, names)
    return _has_its_pairs(ours, theirs) and _keeps_order(ours, theirs)


def _plain(text: str, names: Sequence[str]) -> str:
    """The text without the company, in whatever words, and the particle behind it."""
    plain = flat(text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        plain = plain.replace(name, "")
    return _PARTICLES.sub("", _WRITERS.sub("", plain))


def _has_its_pairs(ours: str, theirs: str) -> bool:
    own = [one + other for one, other in pairwise(ours) if one.isalnum() and other.isalnum()]
    given = {one + other for one, other in pairwise(theirs)}
    return bool(own) and sum(pair in given for pair in own) >= _SHARE * len(own)


def _keeps_order(ours: str, theirs: str) -> bool:
    """Whether all characters but small ones, and some of the ending, follow one another there."""
    own = [letter for letter in ours if letter.isalnum() and letter not in _SMALL]
    place = 0
    for number, letter in enumerate(own):
        found = theirs.find(letter, place)
        if found < 0:
            return number >= len(own) - _ENDING and not any(map(_is_ideograph, own[number:]))
        place = found + 1
    return True


def _is_ideograph(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff"
