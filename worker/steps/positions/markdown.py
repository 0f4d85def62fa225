"""HTML of a posting as Markdown: headings, lists, emphasis and safe links, nothing else."""

from __future__ import annotations

import html as entities
import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from worker.steps.positions.draft import storable
from worker.steps.positions.hosts import absolute

_TAG = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]*[•·▪◦‣●]\s*", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"(?<![ \t\u00a0])[ \t\u00a0]+$", re.MULTILINE)


class _Converter(MarkdownConverter):
    """Keeps a link only if it leads to the web or to a mailbox."""

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
        """One link, or its bare text."""
        href = str(el.get("href") or "").strip()
        target = href if href.lower().startswith("mailto:") else absolute(href, self._base_url)
        label = text.strip()
        return f"[{label}]({target})" if target and label else text

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Pictures say nothing in a description."""
        return ""


def to_markdown(element: Tag, base_url: str) -> str:
    """Markdown of a parsed element. Tables that only lay out a page become what they hold."""
    _unfold_layout(element)
    return tidy(str(_Converter(base_url).convert_soup(element)))


_BLOCKS = ["h1", "h2", "h3", "h4", "p", "ul", "ol", "table", "div", "section", "article"]


def _unfold_layout(element: Tag) -> None:
    """Turn table cells that hold blocks into blocks; a table of facts has none."""
    if element.name in ("td", "th", "tr", "tbody"):
        element.name = "div"
    for table in [table for table in element.find_all("table") if table.find(_BLOCKS)]:
        for part in [table, *table.find_all(["tbody", "thead", "tr", "td", "th"])]:
            part.name = "div"


def description_to_markdown(description: str, base_url: str) -> str:
    """Markdown of a description field: HTML, HTML escaped once or twice, or plain text."""
    for _ in range(2):
        if _TAG.search(description):
            break
        description = entities.unescape(description)
    if not _TAG.search(description):
        return tidy(_BULLET.sub("- ", description))
    soup = BeautifulSoup(description, "lxml")
    for element in soup(["script", "style", "iframe", "form", "button", "svg", "noscript"]):
        element.decompose()
    return to_markdown(soup, base_url)


def plain(text: str) -> str:
    """One line of text out of a field that may contain entities or tags."""
    for _ in range(2):
        text = entities.unescape(text)
    return " ".join(storable(_TAG.sub(" ", text)).split())


def tidy(text: str) -> str:
    """Line ends unified, trailing blanks and runs of empty lines removed."""
    text = storable(text).replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()
