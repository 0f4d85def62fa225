"""Tells whether a page says that its posting no longer accepts applications."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from worker.positions.page_blocks import Block
from worker.positions.words.known import first_in, folded, groups

CLOSED = "posting_expired"
"""The warning that the page says that the posting is closed."""
MAX_NOTICE = 240
"""The most characters of a notice; a longer text may be part of the description."""
MAX_BLOCKS = 2_000


def says_closed(blocks: Iterable[Block]) -> bool:
    """Whether one of the first 2,000 blocks is a short notice that the posting is closed.

    Blocks of mostly links do not count: they are usually about other postings.
    """
    return any(
        _is_notice(folded(block.text))
        for block in islice(blocks, MAX_BLOCKS)
        if len(block.text) <= MAX_NOTICE and 2 * block.linked <= len(block.text)
    )


def _is_notice(text: str) -> bool:
    words = groups("closed")
    found = first_in(text, words["alone"])
    if found is None and first_in(text, words["posting"]):
        found = first_in(text, words["state"])
    return found is not None and not first_in(text[: text.index(found) + 1], words["condition"])
