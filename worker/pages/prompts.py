"""Reads prompts: each prompt is one Markdown file, and the start of its hash is its version.

A step that declares the version reuses no checkpoint made with another version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

VERSION_CHARACTERS = 12


@dataclass(frozen=True)
class Prompt:
    """The file `prompts/<name>.md` in the package with the dotted name `package`."""

    package: str
    name: str

    @cached_property
    def text(self) -> str:
        """The content of the prompt file."""
        file = files(self.package).joinpath("prompts", f"{self.name}.md")
        return file.read_text(encoding="utf-8")

    @cached_property
    def version(self) -> str:
        """The first 12 characters of the SHA-256 of the prompt's text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:VERSION_CHARACTERS]
