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
_KOREAN_ENDING = re.compile("습니다")
_B, _N = 17, 4
"""The numbers of the final consonants of a syllable, as Unicode counts them."""
_WITH_B = "".join(chr(code) for code in range(0xAC00 + _B, 0xD7A4, 28))
_KOREAN_FORM = re.compile(f"([{_WITH_B}])니다")
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
    return _without_politeness(_PARTICLES.sub("", _WRITERS.sub("", plain)))


def _without_politeness(text: str) -> str:
    """The text with plain Korean verbs: "만든다" for "만듭니다"."""
    text = _KOREAN_ENDING.sub("다", text)
    return _KOREAN_FORM.sub(lambda found: f"{chr(ord(found[1]) - _B + _N)}다", text)


def _has_its_pairs(ours: str, theirs: str) -> bool:
    own = [one + other for one, other in pairwise(ours) if one.isalnum() and other.isalnum()]
    given = {one + other for one, other in pairwise(theirs)}
    return bool(own) and sum(pair in given for pair in own) >= _SHARE * len(own)


def _keeps_order(ours: str, theirs: str) -> bool:
    """Whether all characters but small ones follow one another there."""
    place = 0
    for letter in ours:
        if not letter.isalnum() or letter in _SMALL:
            continue
        place = theirs.find(letter, place) + 1
        if not place:
            return False
    return True
