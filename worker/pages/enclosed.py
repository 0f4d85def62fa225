"""Shows a stranger's text to a model as data and not as instructions."""

from __future__ import annotations

import hashlib


def enclosed(name: str, text: str) -> str:
    """The text between two lines that have its `name` and a hash of it.

    No text can contain its own closing line, because it would have to contain its own hash.
    """
    line = f"====={name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}====="
    return f"{line}\n{text}\n{line}"
