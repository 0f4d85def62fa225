"""Prompts are data: one Markdown file each, versioned by its hash.

A step's checkpoint carries the version, so that editing a prompt makes the step run
again and nothing else does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

VERSION_CHARACTERS = 12


@dataclass(frozen=True)
class Prompt:
    """The file `prompts/<name>.md` in the folder of a package, given by its dotted name."""

    package: str
    name: str

    @cached_property
    def text(self) -> str:
        """What the file says."""
        file = files(self.package).joinpath("prompts", f"{self.name}.md")
        return file.read_text(encoding="utf-8")

    @cached_property
    def version(self) -> str:
        """The first characters of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:VERSION_CHARACTERS]
