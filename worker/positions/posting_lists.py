"""Tells a page that lists several postings from a page that is one posting.

A list has many links of one pattern with little text between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias
from urllib.parse import urlsplit

from worker.positions.page_blocks import Block
from worker.positions.words.known import first_in, folded, groups

IS_LIST = 3
"""A page with at least this many signs is taken for a list."""
MANY = 5
"""From this many links of one pattern on, the share `MOSTLY` of the text is enough."""
FEW = 3
MOSTLY, NEARLY_ALL = 0.5, 0.7
"""The least share of a list's text in links of one pattern: for `MANY` links, and for `FEW`
links."""
# "(m/w/d)", "H/F", "K/M": marks in a job title that say that the job is for people of all genders.
FOR_ALL = re.compile(
    r"(?<![\w/])\(?[mwfhkvdžž]\s?[/|]\s?(?:[mwfhkvdxižž]|in|gn)(?:\s?[/|]\s?[a-zž*]{1,6})?\)?(?![\w/])",
    re.IGNORECASE,
)
_MAX_BETWEEN = 600
"""The most characters that count from one link to the next; they may be about the first link's
posting."""
_MAX_LINKS = 3_000
_NEAR_THE_TOP = 400
_LINK = re.compile(r"\[([^\[\]]{1,400})\]\(([^()\s]{1,2000})\)")
_AMOUNT = re.compile(r"(?<![\w.,])\d{1,3}(?:[ .,'\u00a0\u202f]?\d{3}){0,2}\+?(?![\w.,]\d)")
_WORDS_AFTER_AMOUNT = 4
_END_OF_PHRASE = re.compile(r"[|:;.!?()\[\]\n\u2013\u2014\u00b7]")

Pattern: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class _Link:
    start: int
    end: int
    target: str
    label: str


def list_signs(text: str, heading: str, blocks: Iterable[Block]) -> int:
    """How many signs of a list of postings a page has (see `IS_LIST`).

    `text` is the main content as Markdown, and `heading` the page's title and `h1` headings.
    """
    signs = IS_LIST if _is_mostly_links(_links_in(text), len(text)) else 0
    signs += _is_mostly_links(*_links_of(blocks))
    signs += 2 * _counts_postings(f"{heading}\n{text[:_NEAR_THE_TOP]}")
    signs += 2 * (_titles_for_all(text) >= MANY)
    return signs + (first_in(folded(heading), groups("posting")["vacancies"]) is not None)


def _is_mostly_links(links: Iterable[_Link], total: int) -> bool:
    found = list(links)
    return repeated(found, total, MANY) >= MOSTLY or repeated(found, total, FEW) >= NEARLY_ALL


def _titles_for_all(text: str) -> int:
    """A posting usually has only one line with a mark such as "(m/f/d)"."""
    lines = {line.strip() for line in without_addresses(text).splitlines() if len(line) <= 200}
    return sum(FOR_ALL.search(line) is not None for line in lines)


def own_characters(text: str) -> int:
    """How many characters of a Markdown text are not links.

    A Chinese, Japanese or Korean one counts as three, because it says about as much as three
    letters.
    """
    shown = _LINK.sub("", text)
    return len(shown) + 2 * sum("\u2e80" <= letter <= "\ud7ff" for letter in shown)


def without_addresses(text: str) -> str:
    """A Markdown text in which each link is replaced by its label."""
    return _LINK.sub(r"\1", text)


def repeated(links: Iterable[_Link], total: int, least: int) -> float:
    """The largest share of a text in links of one pattern, with the text between them.

    `total` is the text's number of characters. A pattern needs at least `least` different links.
    """
    of_pattern: dict[Pattern, list[_Link]] = {}
    for link in links:
        pattern = _pattern(link.target)
        if pattern is not None:
            of_pattern.setdefault(pattern, []).append(link)
    alike = [
        found
        for pattern, found in of_pattern.items()
        # Fewer than five links to pages at the top level of a site are taken for a menu.
        if _different(found) >= (MANY if len(pattern) == 1 else least)
    ]
    return max((_covered(found) / max(total, 1) for found in alike), default=0.0)


def _different(links: list[_Link]) -> int:
    return min(len({link.target for link in links}), len({link.label for link in links}))


def _covered(links: list[_Link]) -> int:
    between = sum(min(after.start - link.start, _MAX_BETWEEN) for link, after in pairwise(links))
    return between + links[-1].end - links[-1].start


def _links_in(text: str) -> Iterator[_Link]:
    for count, match in enumerate(_LINK.finditer(text)):
        if count >= _MAX_LINKS:
            return
        label = match[1].strip("#*_ \n")
        if _is_title(label):
            yield _Link(match.start(), match.end(), _address(match[2]), label)


def _links_of(blocks: Iterable[Block]) -> tuple[list[_Link], int]:
    links: list[_Link] = []
    place = 0
    for block in blocks:
        if block.href and _is_title(block.text) and len(links) < _MAX_LINKS:
            end = place + len(block.text)
            links.append(_Link(place, end, _address(block.href), block.text))
        place += len(block.text)
    return links, place


def _address(target: str) -> str:
    return target.partition("#")[0].partition("?")[0]


def _is_title(label: str) -> bool:
    """Whether a link's text can be a posting's title, by its length and spaces."""
    return 6 <= len(label) <= 300 and (" " in label or label[0] >= "\u2e80")


def _pattern(target: str) -> Pattern | None:
    """What the addresses of a site's postings usually have in common; None if it looks like a
    menu's.
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments or (len(segments) == 1 and not _is_individual(segments[0])):
        return None
    fixed = ["*" if _is_individual(segment) else segment for segment in segments[:-1]]
    return (parts.netloc, *fixed)


def _is_individual(segment: str) -> bool:
    return segment.count("-") >= 2 or any(letter.isdigit() for letter in segment)


def _counts_postings(text: str) -> bool:
    """Whether a text counts several postings: "43 jobs", "1 178 welder jobs"."""
    counted = groups("posting")["counted"]
    for match in _AMOUNT.finditer(text):
        if match[0] in ("0", "1"):
            continue
        after = _END_OF_PHRASE.split(text[match.end() : match.end() + 80], maxsplit=1)[0]
        words = " ".join(folded(after).split()[:_WORDS_AFTER_AMOUNT])
        if first_in(f" {words} ", counted):
            return True
    return False
