"""Compares Japanese sentences by their words of content and the particles behind them.

There are no spaces between words, but words of content are written in kanji, katakana, letters or
digits, and what tells their role in hiragana.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.clauses import is_denied, is_somebody_elses

KANA = re.compile(r"[\u3040-\u309f]")
_RUN = re.compile(r"([^\u3040-\u309f\s、。，．]+)([\u3040-\u309f]*)([、，]?)")
_WRITERS = ("当社", "弊社", "わたしたち", "私たち", "私達", "我々", "同社")
_POLITE = tuple((re.compile(f"{polite}(?=[。、]|$)"), plain) for polite, plain in (
    ("しています", "している"), ("ています", "ている"), ("でいます", "でいる"),
    ("いました", "いた"),
    ("しました", "した"), ("します", "する"), ("あります", "ある"), ("おります", "いる"),
    ("います", "いる"), ("ました", "た"), ("です", "だ"), ("である", "だ"), ("であり", "だ"),
))  # fmt: skip
_PLANNED = re.compile("予定|計画|目指")
# "There are 120 people, and …"
_COUNTED_PEOPLE = re.compile(r"(?<=\d[名人])で(?=、)")
_CONTINUED = frozenset({"した", "している", "する"})
"""What "し" before another clause may stand for."""
_AND = ("", "や", "と", "の", "及び", "および")


def says_no_more(quote: str, text: str, names: Sequence[str]) -> bool:
    """Whether each word of the claim stands in the quote with the same particle, in that order.

    The particle of a list stands behind its last word, and the words for "we" and the company's
    names are one.
    """
    if is_somebody_elses(quote) != is_somebody_elses(text):
        return False
    if is_denied(quote) != is_denied(text) or not KANA.search(quote):
        return False
    if _PLANNED.search(quote) and not _PLANNED.search(text):
        return False
    ours, theirs = _runs(text, names), _runs(quote, names)
    place = 0
    for word, particle in ours:
        found = next(
            (at for at in range(place, len(theirs)) if _fits(word, particle, theirs, at)), None
        )
        if found is None:
            return False
        place = found
    return bool(ours) and _counts_whole_lists(ours, theirs)


def _runs(text: str, names: Sequence[str]) -> list[tuple[str, str]]:
    for own in filter(None, (*_WRITERS, *sorted(names, key=len, reverse=True))):
        for particle in ("では", "には", "は", "が", "も", ""):
            text = text.replace(own + particle, "")
    for polite, plain in _POLITE:
        text = polite.sub(plain, text)
    text = _COUNTED_PEOPLE.sub("だ", text)
    return [
        (part, found[2] if number == last else "、")
        for found in _RUN.finditer(text)
        for parts in [found[1].split("・")]
        for last in [len(parts) - 1]
        for number, part in enumerate(parts)
        if part
    ]


def _fits(word: str, particle: str, theirs: list[tuple[str, str]], at: int) -> bool:
    """Whether the quote has the word at this place, in the same role."""
    other = theirs[at][0]
    is_word = other == word or (len(word) > 1 and other.endswith(word) and not word[0].isdigit())
    if not is_word or (other != word and any(sign.isdigit() for sign in other)):
        return False
    return bool({particle, *_roles([(word, particle)], 0)} & _roles(theirs, at))


def _roles(runs: list[tuple[str, str]], at: int) -> set[str]:
    """The particles that count for a word: its own, and in a list that of the last member."""
    roles = {runs[at][1]}
    for _, particle in runs[at:]:
        roles.add(particle)
        if particle not in ("、", *_AND):
            break
    if runs[at][1] == "し":
        roles |= _CONTINUED
    return roles | {role.removesuffix("は") for role in roles if len(role) > 1}


def _counts_whole_lists(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> bool:
    """Whether a claim with a number names all places of a list, or none."""
    if not any(word[0].isdigit() or "約" in word for word, _ in ours):
        return True
    named = {word for word, _ in ours}
    for at, (word, particle) in enumerate(theirs[:-1]):
        pair = {word, theirs[at + 1][0]}
        if particle in ("と", "や") and len(pair & named) == 1:
            return False
    return True
