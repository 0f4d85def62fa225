"""Pages whose only content is the order to go on to another one."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import lxml.etree
import lxml.html

_CONTENT = re.compile(
    r"\s*(\d{1,9})(?:\.\d*)?\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE
)
# Longer waits are for pages that reload themselves while somebody reads them.
MAX_SECONDS = 10
_READ_CHARACTERS = 50_000


def refresh_target(html: str, page_url: str) -> str | None:
    """Where `<meta http-equiv="refresh">` sends a browser, None if it stays.

    The answer is an address like any other and must be checked like one.
    """
    if "refresh" not in html[:_READ_CHARACTERS].lower():
        return None
    try:
        tree = lxml.html.document_fromstring(html[:_READ_CHARACTERS].encode(), parser=_parser())
    except (lxml.etree.ParserError, ValueError):
        return None
    for meta in tree.iter("meta"):
        if str(meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        match = _CONTENT.match(str(meta.get("content") or ""))
        if match and int(match[1]) <= MAX_SECONDS:
            try:
                target = urljoin(page_url, match[2])
            except ValueError:
                return None
            return target if target.partition("#")[0] != page_url.partition("#")[0] else None
    return None


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8")
