"""RDFa of a page as nodes in JSON-LD's shape, by extruct."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
from extruct.rdfa import RDFaExtractor  # type: ignore[import-untyped]  # it ships no types

from worker.steps.positions.schema_posting import Node

# Bounded, or a page of nothing but `typeof=` would be read once for each of them.
_MARKED = re.compile(r"\btypeof\s*=\s{0,20}[\"']?[^\"'>]{0,300}JobPosting", re.IGNORECASE)
MAX_DEPTH = 10
# Nodes that refer to each other would unfold into billions.
MAX_NESTED = 5_000


def rdfa_nodes(html: str, page_url: str) -> list[Node]:
    """Every typed node, the nodes it refers to nested inside; empty for a page without any.

    The reader builds a whole graph, so it runs only where a JobPosting is marked at all.
    """
    if not _MARKED.search(html):
        return []
    # Bytes, because text that declares its encoding, as XHTML does, is refused.
    parser = lxml.html.HTMLParser(encoding="utf-8")
    tree = lxml.html.document_fromstring(html.encode(), parser=parser)
    # HTML+RDFa 1.1 lets `datetime` and `value` stand for `content`, and the reader does not.
    for element in tree.iter("time", "data"):
        stated = element.get("datetime") or element.get("value")
        if stated and element.get("property") and not element.get("content"):
            element.set("content", stated)
    try:
        source = lxml.html.tostring(tree, encoding="unicode")
        graph = RDFaExtractor().extract(source, base_url=page_url)
    except (ValueError, RecursionError, AttributeError):
        return []
    by_id = {str(node.get("@id")): node for node in graph}
    spare = iter(range(MAX_NESTED))
    return [_nested(node, by_id, spare, 0) for node in graph if node.get("@type")]


def _nested(
    node: dict[str, Any], by_id: dict[str, dict[str, Any]], spare: Iterator[int], depth: int
) -> Node:
    plain: Node = {"@type": node.get("@type")}
    for key, values in node.items():
        if key.startswith("@"):
            continue
        found = [_value(value, by_id, spare, depth) for value in values]
        # Other readers hand a single value over as itself, and so does this one.
        plain[re.split(r"[/#]", key)[-1]] = found[0] if len(found) == 1 else found
    return plain


def _value(value: Any, by_id: dict[str, dict[str, Any]], spare: Iterator[int], depth: int) -> Any:
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    target = str(value.get("@id") or "")
    node = by_id.get(target, {})
    # Past either bound a node is named by its id alone.
    if node.get("@type") and depth < MAX_DEPTH and next(spare, None) is not None:
        return _nested(node, by_id, spare, depth + 1)
    return target
