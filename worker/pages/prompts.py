"""Prompts are data: one Markdown file per prompt, with its hash as its version.

The version is part of a step's checkpoint, so editing a prompt makes exactly that step run again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

VERSION_CHARACTERS = 12


@dataclass(frozen=True)
class Prompt:
    """The file `prompts/<name>.md` in a package, which is given by its dotted name."""

    package: str
    name: str

    @cached_property
    def text(self) -> str:
        """The content of the file."""
        file = files(self.package).joinpath("prompts", f"{self.name}.md")
        return file.read_text(encoding="utf-8")

    @cached_property
    def version(self) -> str:
        """The first characters of the text's SHA-256 in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:VERSION_CHARACTERS]
