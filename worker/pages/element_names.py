"""The names that a page gives to its elements: classes, ids and other attributes."""

from __future__ import annotations

import re

from bs4 import Tag

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def classes_of(element: Tag) -> list[str]:
    """The classes of an element, in their order."""
    classes = element.get("class")
    if isinstance(classes, list):
        return [str(name) for name in classes if name]
    return [str(classes)] if classes else []


def names_of(element: Tag, *attributes: str) -> list[str]:
    """The classes of an element, and the values of those attributes that it has."""
    others = (element.get(attribute) for attribute in attributes)
    return [*classes_of(element), *(str(other) for other in others if other)]


def split_names(element: Tag) -> str:
    """The classes and the id of an element as one text, with `siteFooter` as `site-Footer`."""
    return _CAMEL.sub("-", " ".join(names_of(element, "id")))
