"""Encloses untrusted text in a prompt, so that a model can tell the text from its instructions."""

from __future__ import annotations

import hashlib


def enclosed(name: str, text: str) -> str:
    """Return the text between two equal lines, each with `name` and a hash of the text.

    The text's writer cannot forge the last line, because adding the line would change the hash.
    """
    line = f"====={name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}====="
    return f"{line}\n{text}\n{line}"
