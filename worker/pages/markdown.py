"""Converts HTML to Markdown, without pictures, and with links only to web pages and mail."""

from __future__ import annotations

import re

from bs4 import Tag
from markdownify import MarkdownConverter

from worker.pages.draft import storable
from worker.pages.entities import unescape
from worker.pages.hosts import absolute
from worker.pages.line_breaks import join_lines, part_chips
from worker.pages.search import around, elements, first, strings
from worker.pages.tree import soup_of

_TAG = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
# Tags in the visible text, escaped once too often. Others, such as "<T>", may be real text.
_TORN = re.compile(
    r"</?(?:span|p|div|br|strong|em|ul|ol|li|font|h[1-6]|table|tbody|tr|td|o:p|b|i|u)"
    r"(?:\s[^<>]*+)?/?>|<a\s+href\b[^<>]*+>|</a>",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]*[•·▪◦‣●]\s*", re.MULTILINE)
_SMALL_NUMBER = re.compile(r"[0-9]{1,2}")
_ENDLESS = re.compile(r"\s{100,}")
_ODD_HEADING = re.compile(r"^h\d{2,}")
MAX_INDENTED = 12
MAX_NUMBERED = 1_000
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"(?<![ \t\u00a0])[ \t\u00a0]+$", re.MULTILINE)


class _Converter(MarkdownConverter):
    def __init__(self, base_url: str) -> None:
        super().__init__(
            heading_style="ATX",
            bullets="-",
            escape_asterisks=False,
            escape_underscores=False,
            escape_misc=False,
        )
        self._base_url = base_url

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a Markdown link, or only the text if the link has no usable target."""
        href = str(el.get("href") or "").strip()
        target = href if href.lower().startswith("mailto:") else absolute(href, self._base_url)
        label = text.strip()
        return f"[{label}]({target})" if target and label else text

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return a code block in which long runs of white space are shortened."""
        calm = _calm(text)
        return str(super().convert_pre(el, calm, parent_tags))  # type: ignore[misc]  # the stubs lack this method

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Return no text, because a picture adds nothing to a description."""
        return ""


def to_markdown(element: Tag, base_url: str) -> str:
    """Convert a parsed element to Markdown. This changes the element."""
    part_chips(element)
    join_lines(element)
    _unfold_layout(element)
    _tame_numbers(element)
    for text in [text for text in strings(element) if _ENDLESS.search(text)]:
        text.replace_with(_calm(str(text)))
    for text in [text for text in strings(element) if _TORN.search(text)]:
        if around(text, _KEEPS_TAGS) is None:
            text.replace_with(unescape(_TORN.sub(" ", str(text))).strip())
    return tidy(str(_Converter(base_url).convert_soup(element)))


def _calm(text: str) -> str:
    """Shorten long runs of white space, which make the converter very slow."""
    return _ENDLESS.sub(lambda blanks: "\n" if "\n" in blanks[0] else " ", text)


_BLOCKS = ["h1", "h2", "h3", "h4", "p", "ul", "ol", "table", "div", "section", "article"]
_INDENTED = ("blockquote", "ul", "ol")
_KEEPS_TAGS = ("pre", "code")


def _unfold_layout(element: Tag) -> None:
    """Turn tables with block elements inside into `div`; they usually serve the layout."""
    if element.name in ("td", "th", "tr", "tbody"):
        element.name = "div"
    for table in [each for each in elements(element, "table") if first(each, *_BLOCKS)]:
        for part in [table, *elements(table, "tbody", "thead", "tr", "td", "th")]:
            part.name = "div"


def _tame_numbers(element: Tag) -> None:
    """Change what makes the converter fail or be slow, such as long numbered lists."""
    for part in elements(element, "ol", "td", "th"):
        for name in ("start", "colspan"):
            if part.has_attr(name) and not _SMALL_NUMBER.fullmatch(str(part[name])):
                del part[name]
        # To number one item, the converter counts all items before it.
        if part.name == "ol" and len(part.contents) > MAX_NUMBERED:
            part.name = "ul"
    # The converter rewrites all inner lines at each level, so at most 12 levels are indented.
    for block in elements(element, *_INDENTED):
        if sum(each.name in _INDENTED for each in block.parents) >= MAX_INDENTED:
            block.name = "div"
    for heading in elements(element):
        if _ODD_HEADING.search(heading.name):
            heading.name = "h6"


def description_to_markdown(description: str, base_url: str) -> str:
    """Convert a description to Markdown: plain text, or HTML that may be escaped once or twice.

    Raises `Permanent` with the code `too_large` if the HTML is too complex.
    """
    for _ in range(2):
        if _TAG.search(description):
            break
        description = unescape(description)
    if not _TAG.search(description):
        return tidy(_BULLET.sub("- ", description))
    soup = soup_of(description)
    for element in elements(soup, "script", "style", "iframe", "form", "button", "svg", "noscript"):
        element.decompose()
    return to_markdown(soup, base_url)


def plain(text: str) -> str:
    """The text as one line: entities are decoded twice, and then tags are removed."""
    for _ in range(2):
        text = unescape(text)
    return " ".join(storable(_TAG.sub(" ", text)).split())


def tidy(text: str) -> str:
    """The text with at most one empty line in a row, and without blanks at line ends."""
    text = storable(text).replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()
