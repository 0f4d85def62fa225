"""Texts for which a pattern may need more time than is linear in their length.

They are built from the pattern's own parse tree. The content of each repetition is repeated, alone
and after the text that leads to it, with an ending that cannot match. In addition there is a list
of pieces that have made patterns of other projects slow.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

import pytest

PIECES = (
    " ", "\n", " \n", "\t", "\r\n", "\u00a0", "\u2003", "\u200b", "\u200d", "\ufeff", "\x85",
    "0", "0.", "0,", "0 ", "1,000 ", "00:", "$1 ", "1-", "1 - ", "0x", "٣", "²",
    "a", "a ", "A", "A ", "Aa", "a.", "a. ", "a, ", "a-", "a_", "a'", "A.", "a\n", "Aa. ",
    "é", "e\u0301", "\u0301", "ß", "İ", "\u017f", "Ⅷ", "中", "א", "\u202e", "👩\u200d💻", "🇩🇪",
    ".", ". ", ",", ", ", ";", ":", "!", "?", "? ", "-", "- ", "--", "_", "__", "*", "**", "* ",
    "#", "# ", "/", "//", "\\", "|", "| ", "@", "&", "&amp;", "%", "%20", "+", "=", "~", "`", "^",
    "'", '"', "\u2019", "\u201c", "(", ")", "[", "]", "{", "}", "()", "[]", "{}", "<", ">", "<a ",
    "</", "<!--", "<![CDATA[", "http://", "https://a/", "a@", "[a](", "![", "\x00", "oh yeah ",
    "so and ", "you know ", "I ", "Tell me ",
)  # fmt: skip
"""Repeated by themselves: spaces, numbers, words, marks, brackets, scripts, joined emoji."""
TAILS = ("", "\x00", "zq", "\nzq")
"""Endings that make a match fail at its end; one of them works for each pattern."""
EACH = pytest.mark.parametrize(
    "of", [pytest.param(10, id="a tenth"), pytest.param(1, id="all", marks=pytest.mark.thorough)]
)
"""The usual run tries a tenth of the pieces that do not come from a pattern itself."""
MOST_CHOICES = 8
MOST_IN_REPEATED = 64
MOST_PUMPS = 90

_CATEGORIES = {
    "CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a",
    "CATEGORY_NOT_DIGIT": "a", "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_WORD": "-",
}  # fmt: skip
_PROBES = "a0 .-A_\n/,:'\"<>#*\x00é"


def some(pieces: Sequence[str], name: str, of: int) -> Sequence[str]:
    """Each `of`-th piece. By its name each pattern or function begins at another one, so that
    together they meet all pieces."""
    return pieces[zlib.crc32(name.encode(errors="replace")) % of :: of]


def pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """Pairs of a beginning and a piece to repeat after it, taken from the pattern itself."""
    words = pattern.pattern
    text = words.decode("latin-1") if isinstance(words, bytes) else words
    parser: Any = re._parser  # type: ignore[attr-defined]  # not in the stubs
    tree = list(parser.parse(text, pattern.flags & ~re.UNICODE))
    found: dict[tuple[str, str], None] = {}
    for before, piece in _repeated(tree, ""):
        if piece:
            found[before, piece] = found["", piece] = found["", before + piece] = None
    for upto in range(1, len(tree) + 1):
        for piece in _texts(tree[:upto]):
            if piece:
                found["", piece] = None
    pieces = [piece for _, piece in found if len(piece) <= 12]
    for first, second in pairwise(pieces):
        found["", first + second] = None
    return _spread(list(found))


def _spread(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A sample from all parts of the pattern."""
    step = max(1, len(found) // MOST_PUMPS)
    return found[::step]


def _repeated(tree: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """The content of each repetition, in several forms, with the shortest text that leads to it."""
    for place, (op, value) in enumerate(tree):
        start = before + _shortest(tree[:place])
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            body = list(value[2])
            if value[1] > 1:
                for text in islice(_texts(body, MOST_IN_REPEATED), MOST_IN_REPEATED):
                    yield start, text
            yield from _repeated(body, start)
        elif name == "SUBPATTERN":
            yield from _repeated(list(value[3]), start)
        elif name == "ATOMIC_GROUP":
            yield from _repeated(list(value), start)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _repeated(list(branch), start)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repeated(list(value[1]), start)


def _shortest(tree: list[Any]) -> str:
    return next(_texts(tree), "")


def _texts(tree: list[Any], most: int = MOST_CHOICES) -> Iterator[str]:
    """Some texts that a part of a pattern matches, or almost matches."""
    choices = [list(islice(_choices(op, value, most), most)) for op, value in tree]
    yield "".join(some[0] for some in choices)
    for place, some in enumerate(choices):
        for other in some[1:]:
            parts = [each[0] for each in choices]
            parts[place] = other
            yield "".join(parts)
    yield "".join(some[-1] for some in choices)


def _choices(op: Any, value: Any, most: int) -> Iterator[str]:
    name = str(op)
    if name == "LITERAL":
        yield chr(value)
    elif name == "NOT_LITERAL":
        yield from (probe for probe in _PROBES if ord(probe) != value)
    elif name == "ANY":
        yield from "a .0"
    elif name == "IN":
        yield from _members(value)
    elif name == "BRANCH":
        for branch in value[1]:
            yield from islice(_texts(list(branch)), 2)
    elif name == "SUBPATTERN":
        yield from _texts(list(value[3]), most)
    elif name == "ATOMIC_GROUP":
        yield from _texts(list(value), most)
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        yield from _times(value)
    else:  # a position, a look-around or a reference: nothing to repeat
        yield ""


def _times(value: Any) -> Iterator[str]:
    least, most, body = value
    few = max(int(least), 1)
    for text in islice(_texts(list(body)), MOST_CHOICES - 2):
        yield text * few
    yield _shortest(list(body)) * int(least)
    yield _shortest(list(body)) * min(int(most), few + 2)


def _members(value: Any) -> Iterator[str]:
    """Characters of a set, its own ones first."""
    is_negated = bool(value) and str(value[0][0]) == "NEGATE"
    if is_negated:
        inner = set(_members(value[1:]))
        yield from (probe for probe in _PROBES if probe not in inner)
        return
    for op, item in value:
        name = str(op)
        if name == "LITERAL":
            yield chr(item)
        elif name == "RANGE":
            yield chr(item[0])
        else:
            yield _CATEGORIES.get(str(item), "a")
