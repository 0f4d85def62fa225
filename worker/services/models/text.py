"""Finds JSON values in a model's text, and separates the model's thinking from its answer.

Values in thinking may be drafts, so values outside count first. A broken list or object is mostly
skipped as a whole, because its parts are not the answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_VALUES = 1_000
"""If a text has more values than this, all of them are ignored."""

MAX_BROKEN_THOUGHTS = 20
"""How often in a text `_leave_broken` may count a broken value as part of a thought."""

_WORDS = (
    r"(?:\w{1,20}:)?(?:think|thinking|thought|thoughts|reason|reasoning|reflection|scratch_?pad"
    r"|cot|chain_of_thought|(?:inner|internal)_(?:monologue|thoughts?))"
)
_OPENS = re.compile(
    rf"<\s*{_WORDS}(?:\s[^<>]{{0,200}})?>|\[\s*(?:THINK|THINKING|REASONING)\s*\]|◁think▷"
    r"|<\|(?:begin_of_thought|begin_of_thinking|think|thinking)\|>|<unused94>\s*thought"
    r"|<\|channel>\s*thought"
    r"|<\|channel\|>\s*(?:analysis|commentary)[^<>]{0,100}<\|message\|>",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    rf"<\s*/\s*{_WORDS}\s*>|\[\s*/\s*(?:THINK|THINKING|REASONING)\s*\]|◁/think▷"
    r"|<\|(?:end_of_thought|end_of_thinking|/think|/thinking)\|>|<unused95>|<channel\|>"
    r"|<\|channel\|>\s*final[^<>]{0,100}<\|message\|>|assistantfinal(?=\s*[\[{`])"
    r"|\.\.\.done thinking\.",
    re.IGNORECASE,
)
_REMARK = r"//|/\*"
_START = re.compile(
    rf'\{{(?=\s*+(?:["}}]|{_REMARK}))|\[(?=\s*+(?:["\[{{\]0-9-]|true|false|null|{_REMARK}))'
)
_PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_SLACK = re.compile(
    r'("(?:[^"\\]++|\\.)*+"?)|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|,(?=\s*+[}\]])'
    r"|[^\S \t\r\n]++",
    re.DOTALL,
)
_FENCE = re.compile(r"(?:```|~~~)[ \t]*+(?:json\w{0,10}|javascript|js|text)?[ \t]*+", re.IGNORECASE)
_ENDS_A_THOUGHT = re.compile(r"[\s`~.]*+(?:</?\w{1,20}>[\s`~.]*+)?")
_VALUE_SIGN = "…"
_EDGES = "\ufeff\u200b\u2060 \t\r\n"
_MAX_DIGITS = 4_000


@dataclass(slots=True)
class Values:
    """The values in a text: `said` outside of the model's thinking, `thought` inside.

    `is_alone`: apart from thinking and Markdown fences, the text is one value.
    """

    said: list[Any] = field(default_factory=list)
    thought: list[Any] = field(default_factory=list)
    is_alone: bool = False


def load(text: str) -> Any:
    """The value of a text that is JSON as a whole; raises `ValueError` for any other text."""
    try:
        return _DECODER.decode(text.strip(_EDGES))
    except RecursionError:
        raise ValueError("the text is nested too deeply") from None


def _load_slack(text: str) -> Any:
    """Like `load`, but allows comments, unusual spaces and a comma after the last element."""
    try:
        return load(text)
    except ValueError:
        return load(_SLACK.sub(lambda match: match[1] or "", text))


def values_in(text: str) -> Values:
    """The JSON objects and lists in a text that is not JSON as a whole.

    If there is none outside of the thinking, other values may count (see `_whole_strings`,
    `_last`).
    """
    walk = _Walk(text)
    walk.run()
    found = Values(said=walk.values, is_alone=_bare(walk.visible) == _VALUE_SIGN)
    if not found.said:
        found.said += _whole_strings(walk.visible)
    if not found.said and walk.thought and (walk.is_open or not _bare(walk.visible)):
        found.thought += _last(walk.thought)
    return found


class _Walk:
    """Reads a text from start to end; collects the values and the text outside of thoughts."""

    def __init__(self, text: str, *, knows_tags: bool = True) -> None:
        self._text = text
        self._tags = _tags(text) if knows_tags else []
        self._next_tag = 0
        self._position = 0
        self._thoughts = 0
        self._shown: list[str] = []
        self.values: list[Any] = []
        self.end_of_last = 0
        self._thought = slice(0, 0)
        self._start: re.Match[str] | None = _START.search(text)
        self.is_open = False

    @property
    def thought(self) -> str:
        """The text of the last thought; empty if no thought was found."""
        return self._text[self._thought]

    @property
    def visible(self) -> str:
        """The text outside of thoughts, with `_VALUE_SIGN` in place of each value."""
        return "".join(self._shown)

    def run(self) -> None:
        """Read the text; stop at the first value or thought that never ends."""
        while not self.is_open and len(self.values) <= MAX_VALUES:
            tag = self._tag()
            start = self._next_start()
            if tag is not None and (start is None or tag.start <= start.start()):
                self._pass(tag)
                continue
            self._show(start.start() if start else len(self._text))
            if start is None:
                break
            end = _balanced_end(self._text, self._position)
            is_value = end is not None and self._take(end)
            if not is_value and not self._leave_broken(end):
                break
        if len(self.values) > MAX_VALUES:
            self.values = []

    def _tag(self) -> _Tag | None:
        while self._next_tag < len(self._tags):
            tag = self._tags[self._next_tag]
            if tag.start >= self._position:
                return tag
            self._next_tag += 1
        return None

    def _next_start(self) -> re.Match[str] | None:
        # Search again only after the last match was passed: a search may run to the text's end.
        if self._start is not None and self._start.start() < self._position:
            self._start = _START.search(self._text, self._position)
        return self._start

    def _show(self, end: int) -> None:
        self._shown.append(self._text[self._position : end])
        self._position = end

    def _pass(self, tag: _Tag) -> None:
        """Skip the thought that `tag` starts or ends.

        Everything before an end tag counts as thought.
        """
        if tag.closes:
            self._thought = slice(tag.start)
            self._shown.clear()
            self.values.clear()
            self._position = tag.end
            return
        self._show(tag.start)
        close = tag.partner
        self.is_open = close is None
        self._thought = slice(tag.end, close.start if close else len(self._text))
        self._position = close.end if close else len(self._text)

    def _take(self, end: int) -> bool:
        """Keep the value in the text from here to `end`; False if this text is not JSON."""
        try:
            self.values.append(_load_slack(self._text[self._position : end]))
        except ValueError:
            return False
        self._position = self.end_of_last = end
        self._shown.append(_VALUE_SIGN)
        return True

    def _leave_broken(self, end: int | None) -> bool:
        """Move on after a broken value; False if reading must stop."""
        within = len(self._text) if end is None else end
        close = next((tag for tag in self._tags[self._next_tag :] if tag.closes), None)
        if close is not None and close.start < within and self._thoughts < MAX_BROKEN_THOUGHTS:
            self._thoughts += 1
            self._pass(close)
            return True
        self._position = within
        return end is not None


@dataclass(slots=True)
class _Tag:
    start: int
    end: int
    word: str
    closes: bool
    partner: _Tag | None = None


def _tags(text: str) -> list[_Tag]:
    """All tags that start or end a thought, in order. A start tag's partner is its end tag."""
    tags = [_Tag(*match.span(), _word(match[0]), False) for match in _OPENS.finditer(text)]
    tags += [_Tag(*match.span(), _word(match[0]), True) for match in _CLOSES.finditer(text)]
    tags.sort(key=lambda tag: tag.start)
    nearest: _Tag | None = None
    by_word: dict[str, _Tag] = {}
    for tag in reversed(tags):
        if tag.closes:
            nearest = by_word[tag.word] = tag
        else:
            tag.partner = by_word.get(tag.word, nearest)
    return tags


def _word(tag: str) -> str:
    match = re.search(r"[a-z_]+", tag.lower())
    return match[0].removeprefix("begin_").removeprefix("end_") if match else ""


def _balanced_end(text: str, start: int) -> int | None:
    depth = 0
    for piece in _PIECE.finditer(text, start):
        first = piece[0][0]
        if first in "{[":
            depth += 1
        elif first in "}]":
            depth -= 1
            if depth == 0:
                return piece.end()
    return None


def _bare(visible: str) -> str:
    return _FENCE.sub("", visible).strip(_EDGES)


def _whole_strings(visible: str) -> Iterator[Any]:
    """The content of a text that is one JSON string, for instance a JSON object inside a string."""
    bare = _bare(visible)
    if bare.startswith(('{\\"', '[{\\"')):
        bare = f'"{bare}"'
    if bare.startswith('"'):
        try:
            yield load(bare)
        except ValueError:
            return


def _last(thought: str) -> Iterator[Any]:
    """The last value of a thought; yields nothing if other words follow this value."""
    walk = _Walk(thought, knows_tags=False)
    walk.run()
    if walk.values and _ENDS_A_THOUGHT.fullmatch(thought, walk.end_of_last):
        yield walk.values[-1]


def _integer(digits: str) -> int | str:
    """The number; its text if the text is too long, because `int` refuses very long texts."""
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _real(digits: str) -> float | None:
    """The number; None if it is too large for a float, because JSON has no infinity."""
    number = float(digits)
    return number if math.isfinite(number) else None


# Not strict, because models write unescaped line breaks into strings.
_DECODER = json.JSONDecoder(
    strict=False, parse_int=_integer, parse_float=_real, parse_constant=lambda _: None
)
