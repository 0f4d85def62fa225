"""The same interview as other settings of a speech service would have written it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from bench.interviews.script import Line, Script

_QUESTION_MARKS = re.compile(r"[?\uff1f\u061f]")
_MARKS = re.compile(r"[^\w\s'\u2019]|_")


def as_written(script: Script) -> Script:
    """The interview as it is."""
    return script


def without_question_marks(script: Script) -> Script:
    """A full stop in place of each question mark; the opening one of Spanish is left out."""
    return _changed(script, lambda text: _QUESTION_MARKS.sub(".", text.replace("\u00bf", "")))


def without_format(script: Script) -> Script:
    """Lower case without punctuation, as with `smart_format` off."""
    return _changed(script, lambda text: " ".join(_MARKS.sub(" ", text).lower().split()))


def last_word_slipped(script: Script) -> Script:
    """The last word before each change from an interviewer to the candidate is the candidate's.

    A line of one word keeps it.
    """
    lines = list(script.lines)
    for number, (line, after) in enumerate(pairwise(script.lines)):
        words = line.text.split()
        if line.speaker != script.candidate and after.speaker == script.candidate and words[1:]:
            lines[number] = replace(line, text=" ".join(words[:-1]))
            lines[number + 1] = replace(after, text=f"{words[-1]} {after.text}")
    return replace(script, lines=lines)


VARIANTS: dict[str, Callable[[Script], Script]] = {
    "as written": as_written,
    "no question marks": without_question_marks,
    "lower case, no marks": without_format,
    "last word slipped": last_word_slipped,
}


def _changed(script: Script, change: Callable[[str], str]) -> Script:
    lines: list[Line] = [replace(line, text=change(line.text)) for line in script.lines]
    return replace(script, lines=lines)
