"""Counts the words of a text, also in scripts that have no spaces between words."""

from __future__ import annotations

import re

ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""A character of Japanese, Chinese, Korean or Thai."""


def words_of(text: str) -> int:
    """The number of words; two characters of `ASIAN` count as one word."""
    return len(ASIAN.sub(" ", text).split()) + len(ASIAN.findall(text)) // 2
