"""Reads the text that a page shows as blocks, each with its first link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.etree
import lxml.html

_NOT_SHOWN = {
    "script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "head",
    "select", "option", "textarea", "datalist", "video", "audio",
    "label", "dialog",
}  # fmt: skip
_AROUND = {"nav", "footer", "aside"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
_HIDING_CLASSES = {"hidden", "d-none", "hide", "is-hidden", "visually-hidden", "sr-only"}
_HIDING_STYLE = re.compile(r"display:\s{0,9}none|visibility:\s{0,9}hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text between two breaks, such as a paragraph.

    `href` is the address of its first link, and `linked` its number of characters in links.
    """

    text: str
    href: str | None = None
    linked: int = 0


def blocks_of(tree: lxml.html.HtmlElement) -> list[Block]:
    """The blocks that a page shows, without navigation and hidden parts, for example.

    Labels of forms are left out: "Position no longer available" may be an answer in a form.
    """
    return list(_read(tree))


def _read(tree: lxml.html.HtmlElement) -> Iterator[Block]:
    open_block = _Open()
    links: list[str] = []
    walk = lxml.etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    skipped: lxml.html.HtmlElement | None = None
    for event, element in walk:
        if event in ("start", "end") and element.tag not in _INLINE:
            yield from open_block.close()
        if event == "start" and _is_skipped(element):
            skipped = element
            walk.skip_subtree()
        elif event == "start":
            if element.tag == "a":
                links.append(str(element.get("href") or ""))
            open_block.add(element.text, links)
        else:
            if event == "end" and element.tag == "a" and element is not skipped:
                links.pop()
            open_block.add(element.tail, links)
    yield from open_block.close()


def _is_skipped(element: lxml.html.HtmlElement) -> bool:
    return element.tag in _NOT_SHOWN or element.tag in _AROUND or _hides(element)


def _hides(element: lxml.html.HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.get("role") in ("radio", "option", "dialog", "tooltip"):
        return True
    classes = (element.get("class") or "").split()
    return bool(_HIDING_CLASSES.intersection(classes)) or bool(
        _HIDING_STYLE.search(element.get("style") or "")
    )


class _Open:
    """The block that is being read."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._href: str | None = None
        self._linked = 0

    def add(self, text: str | None, links: list[str]) -> None:
        if not text or text.isspace():
            return
        self._parts.append(text)
        if links and links[-1]:
            self._href = self._href or links[-1]
            self._linked += len(" ".join(text.split()))

    def close(self) -> Iterator[Block]:
        text = " ".join(" ".join(self._parts).split())
        if text:
            yield Block(text, self._href, min(self._linked, len(text)))
        self._parts, self._href, self._linked = [], None, 0
