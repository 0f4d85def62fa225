"""Reads untrusted HTML as a stream of events, for code that looks for a word or a tag.

Building and walking a tree of a few hundred kilobytes can take half a minute. Reading events takes
time proportional to the length of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import lxml.etree

MAX_ELEMENTS = 25_000
"""Far more than any known posting has. The rest of a larger page is not read, and no tree is
built."""
_PIECE = 16 * 1024


class Listener:
    """Receives elements and text in order; broken markup is repaired and names are lower case.

    Set `is_done` to stop reading. `is_too_large` is set if the page had too many elements.
    """

    is_done = False
    is_too_large = False

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called when an element begins."""

    def closes(self, tag: str) -> None:
        """Called when an element ends."""

    def says(self, text: str) -> None:
        """Called with a piece of text; a text may come in several pieces."""


def listen(html: str, listener: Listener) -> None:
    """Read a page to the listener, until it is done."""
    parser = lxml.etree.HTMLParser(target=_Events(listener), encoding="utf-8")
    page = html.encode(errors="replace")
    # The parser raises an error for a page without any element; for a listener it is just empty.
    with suppress(lxml.etree.XMLSyntaxError):
        for start in range(0, len(page), _PIECE):
            parser.feed(page[start : start + _PIECE])
            if listener.is_done:
                return
        parser.close()


class _Events:
    """Target of the parser: passes its events to the listener until the listener is done."""

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
        """Comments are ignored."""

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        """Processing instructions are ignored."""

    def close(self) -> None:
        """Nothing needs to be closed."""
