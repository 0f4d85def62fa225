"""Patterns for what stands at the beginning of a sentence."""

from __future__ import annotations

_GAP = r"[\s,.;:!\u2026\u2014\u2013\u00bf\u060c\u061b\"'-]*+"


def led(lead: str, asked: str) -> str:
    """A pattern for `asked` at the beginning of a sentence, after at most six words of `lead`."""
    return rf"^\W*+(?:(?:{lead})(?!\w){_GAP}){{0,6}}+(?:{asked})"
