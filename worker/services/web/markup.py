"""Strangers' HTML heard as it goes by, for who looks for a word or a tag and needs no tree.

A tree of a few hundred kilobytes can take half a minute to build and to walk; what is heard
takes time in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import lxml.etree

MAX_ELEMENTS = 25_000
"""Far more than any posting seen has; the rest of a larger page is not heard, nor a tree built."""
_PIECE = 16 * 1024


class Listener:
    """Hears elements and text in their order, broken markup mended; names are in lower case.

    Set `is_done` to hear no more. `is_too_large` says that there was more than is ever heard.
    """

    is_done = False
    is_too_large = False

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def closes(self, tag: str) -> None:
        """An element ends."""

    def says(self, text: str) -> None:
        """A piece of text; it may go on in the next piece."""


def listen(html: str, listener: Listener) -> None:
    """Have a page heard, or as much of it as the listener wants."""
    parser = lxml.etree.HTMLParser(target=_Events(listener), encoding="utf-8")
    page = html.encode(errors="replace")
    # A page without any element is an error to the parser, and silence to a listener.
    with suppress(lxml.etree.XMLSyntaxError):
        for start in range(0, len(page), _PIECE):
            parser.feed(page[start : start + _PIECE])
            if listener.is_done:
                return
        parser.close()


class _Events:
    """Target of a parser: passes on what it tells, until the listener has heard enough."""

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
        """Says nothing to a reader."""

    def pi(self, target: str | bytes, data: str | bytes | None = None) -> None:
        """Says nothing to a reader."""

    def close(self) -> None:
        """Nothing is kept."""
