"""Gives text the line breaks that a browser shows, not those of the page's source."""

from __future__ import annotations

import re
from itertools import pairwise

from bs4 import NavigableString, Tag
from bs4.element import PreformattedString

from worker.pages.element_names import classes_of
from worker.pages.search import elements, first, whole_text

_WIDE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]")
_KEEPS_STYLE = re.compile(r"white-space\s{0,9}:\s{0,9}(?:pre|break-spaces)", re.IGNORECASE)
_KEEPS_CLASS = re.compile(
    r"(?:^|[\s:_-])(?:whitespace-(?:pre|break)|white-space-pre|pre-?(?:line|wrap)|preformatted)",
    re.IGNORECASE,
)
_KEEPS_TAGS = {"pre", "code", "textarea", "xmp", "listing"}
_FLOWS = ["p", "br", "li", "div", "tr", "section", "article", "h1", "h2", "h3", "h4", "dd"]
_CHIPS = {"span", "b", "strong", "em", "small", "time", "i"}
_AROUND_CHIPS = ["div", "section", "header", "ul", "dl", "a", "article"]
_END = re.compile(r"[^\W_A-Z][)\]%]?\Z")
_BEGIN = re.compile(r"[^\W_]|[$€£¥]")
_IN_SENTENCES = {"a", "em", "i", "code", "abbr", "cite", "q", "sup", "sub", "mark", "time"}
MAX_CHIPS = 40


def join_lines(root: Tag) -> None:
    """Replace line breaks in the source of running text by blanks, as browsers do.

    They are kept in `pre` and where a style or a class says so, and in text without any element
    that breaks lines, because that was written to be shown with its breaks.
    """
    if first(root, *_FLOWS) is None and root.name not in _FLOWS:
        return
    known: dict[int, bool] = {}
    for element in [root, *elements(root)]:
        for place, text in enumerate(element.contents):
            if type(text) is NavigableString and _has_lines(text) and not _keeps_lines(text, known):
                replace_text(text, place, _in_one_line(text))


def replace_text(text: NavigableString, place: int, by: str) -> None:
    """Replace a text whose place among the children of its parent is known.

    `replace_with` searches the place from the first child on, so that many texts with one parent
    would take time with the square of their number.
    """
    parent, new = text.parent, NavigableString(by)
    if parent is None:
        return
    before = text.previous_element if place else parent
    # With a parent, `setup` takes a text without a previous sibling for the parent's last child.
    new.setup(None, before, text.next_element, text.previous_sibling, text.next_sibling)
    new.parent = parent
    parent.contents[place] = new


def _has_lines(text: str) -> bool:
    return ("\n" in text or "\r" in text) and bool(text.strip())


def _in_one_line(element: NavigableString) -> str:
    """The lines joined by blanks, but not between two letters of a script without blanks.

    A break at the start or the end becomes a blank beside a link or the like in the same sentence;
    elsewhere it is kept, because it may stand between a label and its value.
    """
    text = str(element)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joined = lines[0]
    for line in lines[1:]:
        has_no_blanks = _WIDE.match(joined[-1]) and _WIDE.match(line[0])
        joined += line if has_no_blanks else f" {line}"
    first, last = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if first and _is_in_sentence(element.previous_sibling):
        first = " "
    if last and _is_in_sentence(element.next_sibling):
        last = " "
    return first + joined + last


def _is_in_sentence(beside: object) -> bool:
    return isinstance(beside, Tag) and beside.name in _IN_SENTENCES


def _keeps_lines(text: NavigableString, known: dict[int, bool]) -> bool:
    unknown: list[Tag] = []
    each = text.parent
    while each is not None and id(each) not in known:
        unknown.append(each)
        each = each.parent
    keeps = each is not None and known[id(each)]
    for one in reversed(unknown):
        keeps = known[id(one)] = keeps or _is_kept(one)
    return keeps


def _is_kept(element: Tag) -> bool:
    if element.name in _KEEPS_TAGS or _KEEPS_STYLE.search(str(element.get("style") or "")):
        return True
    return _KEEPS_CLASS.search(" ".join(classes_of(element))) is not None


def part_chips(root: Tag) -> None:
    """Put a line break between elements such as `span` that a page sets apart by its style only.

    They stand side by side with nothing between them, and together would read as one word:
    "BerlinTeilzeit38.000 €".
    """
    for around in elements(root, *_AROUND_CHIPS):
        parts = [part for part in around.contents if not _is_void(part)]
        chips = [part for part in parts if isinstance(part, Tag)]
        if not 2 <= len(chips) == len(parts) <= MAX_CHIPS:
            continue
        if any(chip.name not in _CHIPS for chip in chips):
            continue
        for chip, following in pairwise(chips):
            if chip.next_sibling is following and _are_two_words(chip, following):
                chip.insert_after(Tag(name="br"))


def _is_void(part: object) -> bool:
    return isinstance(part, PreformattedString) or (
        isinstance(part, NavigableString) and not part.strip()
    )


def _are_two_words(left: Tag, right: Tag) -> bool:
    """Whether a new word seems to begin in the second element; single letters are parts of one."""
    before, behind = whole_text(left).rstrip(), whole_text(right).lstrip()
    if min(len(before), len(behind)) < 2 or behind[0].islower():
        return False
    return bool(_BEGIN.match(behind) and _END.search(before))
