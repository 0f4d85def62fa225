"""Prompts are data: one Markdown file each, versioned by its hash.

A step's checkpoint carries the version, so that editing a prompt makes the step run
again and nothing else does.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

VERSION_CHARACTERS = 12


@cache
def prompt(name: str) -> str:
    """The text of `<name>.md` in this folder."""
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")


@cache
def prompt_version(name: str) -> str:
    """The first characters of the SHA-256 of a prompt's text."""
    return hashlib.sha256(prompt(name).encode()).hexdigest()[:VERSION_CHARACTERS]
