"""Whether a text without marks asks for something, for the tests of each group of languages."""

from __future__ import annotations

from collections.abc import Mapping

from worker.interviews.asking_elsewhere import asks_elsewhere, requests_elsewhere


def asks(text: str, code: str) -> bool:
    """Whether the text is a question or a request in the language."""
    return bool(asks_elsewhere(text, code) or requests_elsewhere(text, code))


def pairs(texts: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Each language with each of its texts."""
    return [(code, text) for code, some in texts.items() for text in some]
