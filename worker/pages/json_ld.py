"""Reads a page's JSON-LD and microdata, and chooses the page's own JobPosting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
from extruct import (  # type: ignore[import-untyped]  # extruct ships no types
    JsonLdExtractor,
    MicrodataExtractor,
)

from liverows import get_logger
from worker.pages.draft import one_line
from worker.pages.schema_posting import Node, text_of, types_of
from worker.pages.tree import accepted_by_lxml, crowd

log = get_logger(__name__)

MAX_NODES = 5_000
MAX_DEPTH = 20
MAX_MARKS = 2_000
MAX_REFERENCES = 20
MAX_UNDER_MARKS = 50_000
_WRAPPING = re.compile(
    r"<!--|-->|(?:(?://|/\*)\s{0,20})?<!\[CDATA\[\s{0,20}(?:\*/)?"
    r"|(?:(?://|/\*)\s{0,20})?\]\]>\s{0,20}(?:\*/)?"
)
_JSON_LD = "application/ld+json"
_MARKED = lxml.etree.XPath("descendant-or-self::*[@itemscope or @itemprop or @itemref]")


def json_ld_nodes(tree: lxml.html.HtmlElement) -> tuple[list[Node], bool]:
    """The objects with an `@type` in a page's JSON-LD scripts, at most 5,000.

    The second value is True if a script that is not empty could not be read.
    """
    nodes: list[Node] = []
    unreadable = False
    for script in tree.iter("script"):
        if _JSON_LD not in str(script.get("type") or "").lower():
            continue
        # Read the scripts one by one, so that a broken script does not hide the others.
        copy = lxml.html.Element("script", type=_JSON_LD)
        text = accepted_by_lxml(_unstored(script.text_content()))
        copy.text = _WRAPPING.sub("", text).strip().rstrip(";")
        try:
            items = JsonLdExtractor().extract_items(copy)
        except (ValueError, IndexError, RecursionError):
            unreadable = unreadable or bool(copy.text)
            continue
        for item in items:
            nodes += _walk(item)
    return nodes[:MAX_NODES], unreadable


def microdata_nodes(tree: lxml.html.HtmlElement, base_url: str) -> tuple[list[Node], bool]:
    """At most 5,000 objects with a type from a page's microdata, in the form of JSON-LD.

    No objects and True if there is too much microdata, or if reading it fails.
    """
    nodes: list[Node] = []
    marked = _marked(tree)
    if not marked:
        return nodes, False
    if _takes_long(tree, marked):
        return nodes, True
    try:
        items = MicrodataExtractor(add_html_node=False).extract_items(tree, base_url)
        for item in items:
            nodes += _walk(_as_json_ld(item))
    except (ValueError, RecursionError):
        return [], True
    return nodes[:MAX_NODES], False


def _marked(tree: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """The elements with an attribute of microdata."""
    found = _MARKED(tree)
    # By the stubs, an expression may also give a number or a text.
    elements = found if isinstance(found, list) else []
    return [one for one in elements if isinstance(one, lxml.html.HtmlElement)]


def _takes_long(tree: lxml.html.HtmlElement, marked: list[lxml.html.HtmlElement]) -> bool:
    """Whether the page has too much microdata, for which extruct would take too long."""
    scopes = sum(one.get("itemscope") is not None for one in marked)
    return (
        scopes + _words(marked, "itemprop") > MAX_MARKS
        or _words(marked, "itemref") > MAX_REFERENCES
        or crowd(tree, "itemscope", "itemprop") > MAX_UNDER_MARKS
    )


def _words(marked: list[lxml.html.HtmlElement], attribute: str) -> int:
    return sum(len(str(one.get(attribute) or "").split()) for one in marked)


def postings(nodes: list[Node]) -> list[Node]:
    """The JobPosting nodes among these nodes, without duplicates."""
    found: dict[str, Node] = {}
    for node in nodes:
        if "JobPosting" in types_of(node):
            # As JSON, because comparing all pairs would be slow.
            found.setdefault(json.dumps(node, sort_keys=True, default=str), node)
    return list(found.values())


def choose(found: list[Node], page_url: str, heading: str) -> Node | None:
    """The posting that the page is about; None if there is none, or if it is uncertain which.

    Of several, one whose URL has the page's path is preferred to one whose title is `heading`.
    """
    if len(found) <= 1:
        return found[0] if found else None
    path = urlsplit(page_url).path.rstrip("/")
    for node in found:
        address = text_of(node.get("url") or node.get("@id")) or ""
        if path and _path_of(address) == path:
            return node
    named = [node for node in found if heading and _title(node) == one_line(heading).casefold()]
    return named[0] if len(named) == 1 else None


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _title(node: Node) -> str:
    return (text_of(node.get("title") or node.get("name")) or "").casefold()


def _unstored(text: str) -> str:
    return text.replace("\x00", "").replace("\ufeff", "")


def _walk(value: Any, depth: int = 0) -> Iterator[Node]:
    """Yield each object that has an `@type`, down to 20 levels of objects and lists."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        if value.get("@type"):
            yield value
        for inner in value.values():
            if isinstance(inner, (dict, list)):
                yield from _walk(inner, depth + 1)


def _as_json_ld(item: Any) -> Any:
    if isinstance(item, list):
        return [_as_json_ld(each) for each in item]
    if not isinstance(item, dict):
        return item
    if "properties" not in item:
        return {key: _as_json_ld(value) for key, value in item.items()}
    properties = {key: _as_json_ld(value) for key, value in item["properties"].items()}
    return {"@type": item.get("type"), **properties}
