"""Short postings in many languages, worded as people word them, in three layouts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Posting:
    """A posting. A section is a heading and the items under it."""

    title: str
    intro: str
    sections: list[list[str]]
    button: str


POSTINGS = {
    language: Posting(**stored)
    for language, stored in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    ).items()
}


def in_layout(posting: Posting, layout: str, stated: str) -> str:
    """The posting as a page that states a language."""
    section = {"headings": _with_heading, "labels": _with_label, "sentences": _as_sentence}[layout]
    parts = "".join(section(heading, items) for heading, *items in posting.sections)
    return (
        f'<html lang="{stated}"><title>{posting.title}</title><h1>{posting.title}</h1>'
        f"<main><p>{posting.intro}</p>{parts}<a href='/form'>{posting.button}</a></main></html>"
    )


def _with_heading(heading: str, items: list[str]) -> str:
    return f"<h2>{heading}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _with_label(heading: str, items: list[str]) -> str:
    return f"<p><b>{heading}:</b>{''.join(f'<br>- {item}' for item in items)}</p>"


def _as_sentence(heading: str, items: list[str]) -> str:
    return f"<p>{heading}: {'; '.join(items)}.</p>"
