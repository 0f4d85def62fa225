"""What a person marked in saved pages that state no data of their own: `marks.json`.

It has an entry for each pattern of file names. An entry gives the title and the description as
XPath expressions, because they stand in the page, and the company as text, because many pages show
it as a picture only: `{"acme__*": {"job_title": "//h1", "description": "//article",
"company_name": "Acme"}}`. Each value may be left out and is then not judged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import lxml.html
from lxml.etree import strip_elements

from bench.decoded import text_of
from bench.passing import Passing
from bench.positions.truth import Truth

MARKS = "marks.json"
UNSEEN = ("script", "style", "noscript", "template")
_PARSER = lxml.html.HTMLParser(encoding="utf-8")

Marks = dict[str, dict[str, str]]
"""The marks by pattern of file names."""


@dataclass(frozen=True)
class Marked:
    """The title and company of a page, and the words of its description, as a person marked
    them."""

    truth: Truth
    words: list[str]


def marks_in(folder: Path, passing: Passing) -> Marks:
    """The marks of a folder; without the file, or with a broken one, there are none."""
    path = folder / MARKS
    if not path.is_file():
        return {}
    content: Any = None
    with passing.reading(MARKS):
        content = json.loads(text_of(path))
    entries = content.items() if isinstance(content, dict) else ()
    return {pattern: marks for pattern, marks in entries if isinstance(marks, dict)}


def marked(name: str, html: str, marks: Marks) -> Marked | None:
    """What the first pattern that matches the file's name marks in the page; None without one."""
    found = next((each for pattern, each in marks.items() if fnmatchcase(name, pattern)), None)
    if found is None:
        return None
    tree = lxml.html.fromstring(html.encode(), parser=_PARSER)
    strip_elements(tree, *UNSEEN, with_tail=False)
    title = " ".join(_words(tree, found.get("job_title"))) or None
    truth: Truth = {"job_title": title, "company_name": found.get("company_name")}
    shown = {key: value for key, value in truth.items() if value is not None}
    return Marked(shown, _words(tree, found.get("description")))


def _words(tree: lxml.html.HtmlElement, path: str | None) -> list[str]:
    elements = tree.xpath(path) if path else []
    texts = (text for element in elements for text in element.itertext())
    return " ".join(text for text in texts if isinstance(text, str)).split()
