"""Shows a transcript to a model as data, between two lines that no speech can imitate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from worker.interviews.transcript import Role, Utterance


def fenced(text: str) -> str:
    """The text between two lines that contain its own hash."""
    fence = f"=====transcript-{hashlib.sha256(text.encode()).hexdigest()[:16]}====="
    return f"{fence}\n{text}\n{fence}"


def numbered(utterances: Iterable[Utterance], roles: dict[int, Role]) -> str:
    """One line per utterance: `[id] speaker n, role: text`."""
    return "\n".join(
        f"[{said.index}] speaker {said.speaker}, {roles.get(said.speaker, 'unknown')}: "
        f"{' '.join(said.text.split())}"
        for said in utterances
    )
