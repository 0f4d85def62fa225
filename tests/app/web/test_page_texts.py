"""Every text of the page that a person reads is in the tables, and no source has one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.page import WEB

SOURCES = sorted((WEB / "src").glob("*.ts"))
# What is said before there is a language, for who builds the page, and what is no text of the page.
OTHERS = {
    "config.ts": r"No config\.json|VITE_",
    # An example that a person may send; the analysis is in its language.
    "given-transcript.ts": r"",
    "upload.ts": r"Bearer ",
    # The beginning that a worker writes before a fact.
    "brief.ts": r"Open role: $",
}
HOLE = "\0"
SAID = re.compile(
    r'\b(?:aria-label|aria-description|aria-valuetext|title|placeholder|alt)="([^"]*)"'
)
ADDRESS = re.compile(r"https?://")
WORD = re.compile(r"[^\W\d_]")
TEMPLATE = re.compile(r"\b(?:html|svg)`")
# A sentence begins with a capital letter and has a space; names of keys and codes do not.
SENTENCE = re.compile(r"""(["`'])([A-Z][a-z’']*(?: [^"`'\n]*[a-z])[^"`'\n]*)\1""")


def texts_in_templates(source: str) -> Iterator[str]:
    """The texts and the spoken attributes that stand in `html` and `svg` templates themselves."""
    for beginning in TEMPLATE.finditer(source):
        markup = literal(source, beginning.end())
        for tag in re.findall(r"<[^>]*>", markup):
            yield from SAID.findall(tag)
        yield from re.split(r"<[^>]*>", markup)


def literal(source: str, start: int) -> str:
    """The template that begins here, with each expression in it as a hole."""
    parts, at = [], start
    while source[at] != "`":
        if source.startswith("${", at):
            at = after_expression(source, at + 2)
            parts.append(HOLE)
        else:
            parts.append(source[at])
            at += 1
    return "".join(parts)


def after_expression(source: str, at: int) -> int:
    """The place behind the brace that closes the expression; templates in it have their own."""
    while source[at] != "}":
        if source[at] == "{":
            at = after_expression(source, at + 1)
        elif source[at] == "`":
            at = after_template(source, at + 1)
        elif source[at] in "\"'":
            at = source.index(source[at], at + 1) + 1
        else:
            at += 1
    return at + 1


def after_template(source: str, at: int) -> int:
    while source[at] != "`":
        at = after_expression(source, at + 2) if source.startswith("${", at) else at + 1
    return at + 1


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", source, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.stem))
def test_no_template_has_a_text_of_its_own(path: Path) -> None:
    source = without_comments(path.read_text())
    own = [text.strip() for text in texts_in_templates(source)]
    assert [text for text in own if WORD.search(ADDRESS.sub("", text))] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.stem))
def test_no_source_has_a_sentence_of_its_own(path: Path) -> None:
    found = [said for _, said in SENTENCE.findall(without_comments(path.read_text()))]
    other = OTHERS.get(path.name)
    assert [said for said in found if other is None or not re.match(other, said)] == []


def test_a_text_in_a_template_would_be_found() -> None:
    inner = '${list.map(({ id }) => html`<b title="Inner">${id}</b> and`)}'
    found = list(texts_in_templates(f"html`<p aria-label=\"Outer\">${{t('a.b')}} {inner} end</p>`"))
    words = {text.strip(f" {HOLE}") for text in found} - {""}
    assert words == {"Outer", "end", "Inner", "and"}
