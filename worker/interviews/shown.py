"""Writes what was said in the form in which a model sees it."""

from __future__ import annotations

from collections.abc import Iterable

from worker.interviews.transcript import Role, Utterance
from worker.pages.enclosed import enclosed


def as_data(text: str) -> str:
    """The text as data for a model, between two lines that the text cannot contain."""
    return enclosed("transcript", text)


def numbered(utterances: Iterable[Utterance], roles: dict[int, Role]) -> str:
    """One line per utterance: `[id] speaker n, role: text`."""
    return "\n".join(
        f"[{said.index}] speaker {said.speaker}, {roles.get(said.speaker, 'unknown')}: "
        f"{' '.join(said.text.split())}"
        for said in utterances
    )
