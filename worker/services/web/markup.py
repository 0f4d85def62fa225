"""Reads untrusted HTML as a stream of events, for code that looks for a word or a tag.

The tree of a hostile page can take half a minute. Events take time in proportion to the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import lxml.etree

MAX_ELEMENTS = 25_000
"""A `Listener` gets no elements after this number. Ordinary postings have far fewer."""
_PIECE = 16 * 1024


class Listener:
    """Receives the elements and texts of a page in order.

    A subclass sets `is_done` to get no more calls. `is_too_large` is set above `MAX_ELEMENTS`
    elements.
    """

    is_done = False
    is_too_large = False

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called when an element begins."""

    def closes(self, tag: str) -> None:
        """Called when an element ends."""

    def says(self, text: str) -> None:
        """Called with a piece of text between tags; one text may come in several pieces."""


def listen(html: str, listener: Listener) -> None:
    """Parse a page and pass its events to the listener, until `is_done` is set."""
    parser = lxml.etree.HTMLParser(target=_Events(listener), encoding="utf-8")
    page = html.encode(errors="replace")
    # For an empty page, `parser.close` raises `XMLSyntaxError`.
    with suppress(lxml.etree.XMLSyntaxError):
        for start in range(0, len(page), _PIECE):
            parser.feed(page[start : start + _PIECE])
            if listener.is_done:
                return
        parser.close()


class _Events:
    """The parser's target: passes events to the listener until `is_done` is set."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._elements = 0

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        self._elements += 1
        listener = self._listener
        if self._elements > MAX_ELEMENTS:
            listener.is_too_large = listener.is_done = True
        if not listener.is_done:
            listener.opens(str(tag), {str(name): str(value) for name, value in attrib.items()})

    def end(self, tag: str | bytes) -> None:
        if not self._listener.is_done:
            self._listener.closes(str(tag))

    def data(self, data: str | bytes) -> None:
        if not self._listener.is_done:
            self._listener.says(str(data))

    def comment(self, text: str | bytes) -> None:
        """Ignore a comment."""

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        """Ignore a processing instruction, such as `<?php ?>`."""

    def close(self) -> None:
        """Do nothing; the parser requires this method."""
