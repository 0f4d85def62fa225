"""Reads a page's RDFa as nodes in JSON-LD's form, with extruct."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html
from extruct.rdfa import RDFaExtractor  # type: ignore[import-untyped]  # extruct ships no types

from worker.pages.schema_posting import Node
from worker.pages.tree import accepted_by_lxml, crowd, tree_of

MAX_DEPTH = 10
# Without a limit, nodes that refer to each other could become billions of values.
MAX_NESTED = 20_000
# These limits keep the time of extruct to a few seconds.
MAX_ELEMENTS = 10_000
MAX_MARKS = 1_000
MAX_PREFIXES = 100
MAX_UNDER_PROPERTIES = 100_000
MAX_RELATIONS = 20_000
_MARKS = ("typeof", "property", "vocab", "about", "resource", "inlist")
_LINKS = ("href", "src", "resource", "about", "typeof")
_READ = {*_MARKS, *_LINKS, "rel", "rev", "prefix", "content", "lang", "xml:lang"}


def rdfa_nodes(html: str, page_url: str) -> tuple[list[Node], bool]:
    """The objects with a type in a page's RDFa, and whether the RDFa is too much or unreadable.

    Empty without a JobPosting in RDFa, because extruct is slow.
    """
    if "JobPosting" not in html or "typeof" not in html.lower():
        return [], False
    tree = tree_of(html)
    if not any("JobPosting" in str(one.get("typeof") or "") for one in tree.iter()):
        return [], False
    if _takes_long(tree):
        return [], True
    _prepare(tree)
    try:
        source = lxml.html.tostring(tree, encoding="unicode")
        graph = RDFaExtractor().extract(source, base_url=page_url)
    except (ValueError, RecursionError, AttributeError):
        return [], True
    by_id = {str(node.get("@id")): node for node in graph}
    spare = iter(range(MAX_NESTED))
    return [_nested(node, by_id, spare, 0) for node in graph if node.get("@type")], False


def _takes_long(tree: lxml.html.HtmlElement) -> bool:
    elements = marks = prefixes = relations = 0
    spoken_of = [0]
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            spoken_of.pop()
            continue
        elements += 1
        spoken_of.append(_words(element, "rel", "rev") or spoken_of[-1])
        marks += _words(element, *_MARKS)
        prefixes += _words(element, "prefix") + str(element.attrib.keys()).count("xmlns")
        relations += spoken_of[-1] * any(element.get(name) is not None for name in _LINKS)
        if (
            elements > MAX_ELEMENTS
            or marks > MAX_MARKS
            or prefixes > MAX_PREFIXES
            or relations > MAX_RELATIONS
        ):
            return True
    return crowd(tree, "property") > MAX_UNDER_PROPERTIES


def _words(element: lxml.etree._Element, *names: str) -> int:
    stated = [element.get(name) for name in names]
    return sum(max(1, len(each.split())) for each in stated if each is not None)


def _prepare(tree: lxml.html.HtmlElement) -> None:
    # HTML+RDFa 1.1 allows `datetime` and `value` in place of `content`; extruct does not.
    for element in tree.iter("time", "data"):
        stated = element.get("datetime") or element.get("value")
        if stated and element.get("property") and not element.get("content"):
            element.set("content", accepted_by_lxml(stated))
    # Other attributes only cost time. With `datatype`, a value with markup would be written again
    # for each level around it.
    for element in tree.iter(lxml.etree.Element):
        for name in list(element.attrib):
            if name not in _READ and not name.startswith("xmlns"):
                del element.attrib[name]


def _nested(
    node: dict[str, Any], by_id: dict[str, dict[str, Any]], spare: Iterator[int], depth: int
) -> Node:
    plain: Node = {"@type": node.get("@type")}
    for key, values in node.items():
        if key.startswith("@"):
            continue
        found = [_value(value, by_id, spare, depth) for value in values]
        # A single value is given without a list, as in JSON-LD.
        plain[re.split(r"[/#]", key)[-1]] = found[0] if len(found) == 1 else found
    return plain


def _value(value: Any, by_id: dict[str, dict[str, Any]], spare: Iterator[int], depth: int) -> Any:
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    target = str(value.get("@id") or "")
    node = by_id.get(target, {})
    # If a limit is reached, or if the node has no type, use only its id.
    if node.get("@type") and depth < MAX_DEPTH and _is_room(node, spare):
        return _nested(node, by_id, spare, depth + 1)
    return target


def _is_room(node: dict[str, Any], spare: Iterator[int]) -> bool:
    values = sum(len(each) for each in node.values() if isinstance(each, list))
    return len(list(islice(spare, 1 + values))) > values
