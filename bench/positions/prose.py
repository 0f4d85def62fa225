"""The description of a posting as HTML, as Markdown and as plain text."""

from __future__ import annotations

from html import escape

from bench.positions.posting import Posting, Section


def as_html(posting: Posting, heading: str = "h3") -> str:
    """The description with HTML headings, paragraphs and lists."""
    return "\n".join(_section_html(section, heading) for section in posting.sections)


def _section_html(section: Section, heading: str) -> str:
    parts = [f"<{heading}>{escape(section.heading)}</{heading}>"] if section.heading else []
    parts += [f"<p>{escape(text)}</p>" for text in section.paragraphs]
    if section.items:
        parts.append(
            "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in section.items) + "</ul>"
        )
    return "\n".join(parts)


def as_text(posting: Posting) -> str:
    """The description as plain text with bullets, as if copied from a window."""
    lines: list[str] = []
    for section in posting.sections:
        lines += [section.heading, ""] if section.heading else []
        lines += [*section.paragraphs, *(f"• {item}" for item in section.items), ""]
    return "\n".join(lines)


def words(posting: Posting) -> list[str]:
    """Every word of the description, in order."""
    return " ".join(
        " ".join(filter(None, [section.heading, *section.paragraphs, *section.items]))
        for section in posting.sections
    ).split()
