"""Finds where a page signs with its owner's name, such as copyright lines."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urlsplit

from bs4 import Tag

from worker.companies.identity import site_key
from worker.pages.draft import one_line
from worker.pages.hosts import absolute
from worker.pages.page_index import PageIndex
from worker.pages.search import around, whole_text

MAX_LINE = 160
MAX_HEADING = 60
MAX_ANCHORS = 60
MOST = 12
_RIGHTS = re.compile(r"©|\(c\)\s?\d{4}|\bcopyright\b", re.IGNORECASE)


def signatures(page: PageIndex, url: str) -> list[str]:
    """At most twelve texts that may hold the owner's name."""
    found = [*_rights(page), *_home_links(page, url)]
    return list(dict.fromkeys(text for text in found if 1 < len(text) <= MAX_LINE))[:MOST]


def main_heading(page: PageIndex) -> str | None:
    """The text of the first `h1` or of its picture; None if that is not usable."""
    heading = page.first("h1")
    if heading is None:
        return None
    text = _label(heading)
    return text if 1 < len(text) <= MAX_HEADING else None


def _rights(page: PageIndex) -> list[str]:
    lines = []
    signed = (string for string in page.strings if _RIGHTS.search(string))
    for string in islice(signed, 4):
        if around(string, ("script", "style", "title")) is None and string.parent is not None:
            lines.append(one_line(whole_text(string.parent, " ")[: 2 * MAX_LINE]))
    return lines


def _home_links(page: PageIndex, url: str) -> list[str]:
    labels = []
    for anchor in page.links[:MAX_ANCHORS]:
        target = absolute(str(anchor["href"]), url)
        if target and site_key(target) == site_key(url):
            path = urlsplit(target).path.strip("/")
            if not path or re.fullmatch(r"index\.\w{1,5}", path):
                labels.append(_label(anchor))
    return labels


def _label(element: Tag) -> str:
    text = one_line(whole_text(element, " ")[: 2 * MAX_LINE])
    picture = element.find("img", alt=True)
    return text or (one_line(str(picture["alt"])) if isinstance(picture, Tag) else "")
