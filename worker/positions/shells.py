"""Recognises pages that a script fills in a browser, so that their source shows little text."""

from __future__ import annotations

import re

import lxml.html

# Ids of elements that a framework may fill: `<div id="root">`.
_MOUNT = re.compile(
    r"^[_-]{0,3}(?:react-?|vue-?|svelte-?|ember-?|ng-?)?"
    r"(?:root|app|next|nuxt|gatsby|mount|application|main|content|page|view|outlet|spa)"
    r"(?:[_-]{1,3}(?:root|app|mount|container|wrapper|content|view|outlet))?$",
    re.IGNORECASE,
)
_CONTAINERS = {"div", "main", "section", "article"}
_MAX_INNER = 12
"""An element with more elements inside is not empty; a few may show that something is loading."""


def is_shell(tree: lxml.html.HtmlElement) -> bool:
    """Whether the page has a script, and an empty element that the script may fill."""
    has_program = next(tree.iter("script"), None) is not None
    return has_program and any(_is_empty_mount(element) for element in tree.iter())


def _is_empty_mount(element: lxml.html.HtmlElement) -> bool:
    name = element.tag
    if not isinstance(name, str):
        return False
    is_main = name == "main" or (name in _CONTAINERS and _is_named_mount(element))
    # A script usually fills an element such as `<app-root>`, and seldom another custom element.
    is_root = name.endswith(("-root", "-app"))
    return (is_main or is_root) and _shows_nothing(element)


def _is_named_mount(element: lxml.html.HtmlElement) -> bool:
    return _MOUNT.match(str(element.get("id") or "")) is not None


def _shows_nothing(element: lxml.html.HtmlElement) -> bool:
    for count, inner in enumerate(element.iter()):
        if count > _MAX_INNER:
            return False
        if not isinstance(inner.tag, str) or inner.tag in (
            "script",
            "style",
            "template",
            "noscript",
        ):
            text = None
        else:
            text = inner.text
        tail = inner.tail if inner is not element else None
        if (text and not text.isspace()) or (tail and not tail.isspace()):
            return False
    return True
