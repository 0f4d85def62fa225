"""The texts of new files, with the parts that differ filled in."""

from __future__ import annotations

from importlib.resources import files
from string import Template


def filled(name: str, **parts: str) -> str:
    """Return the template with this name, with each `$part` replaced."""
    text = (files(__package__) / "templates" / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(parts)
