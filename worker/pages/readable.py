"""Extracts the part of a page that is about the posting, without the rest of the page."""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import BeautifulSoup, Comment, Tag

from worker.pages.markdown import to_markdown

_NEVER_TEXT = ["script", "style", "noscript", "template", "svg", "iframe", "object", "canvas"]
_AROUND = ["nav", "footer", "aside", "form", "button", "dialog", "select", "input", "textarea"]
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"}
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|subscribe|related|similar|recommended"
    r"|breadcrumbs?|sidebar|modal|popup|skip|navbar|navigation|footer|share|social|menu"
    r"|(?:more|other)[_-]jobs)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHER_POSTINGS = re.compile(
    r"^(?:similar|related|more|other|recommended|latest|further|weitere|[äa]hnliche)\b.{0,30}"
    r"\b(?:jobs?|roles?|positions?|openings?|vacanc(?:y|ies)|opportunities|stellen\w*)\b"
    r"|^you (?:may|might) also like|^jobs you|^people also viewed",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_DESCRIPTION_NAME = re.compile(r"job-?description", re.IGNORECASE)
ENOUGH_CHARACTERS = 200


def readable(soup: BeautifulSoup, base_url: str) -> str:
    """The main content as Markdown. This removes elements from the given tree."""
    strip(soup)
    return to_markdown(_main(soup), base_url)


def strip(soup: BeautifulSoup) -> None:
    """Remove what is not the posting: scripts, navigation, cookie bars, forms, other postings."""
    for element in soup(_NEVER_TEXT):
        element.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    body = soup.body or soup
    total = len(body.get_text(" ", strip=True)) or 1
    for element in list(body.find_all(True)):
        if not _is_gone(element) and _is_around(element) and not _is_shell(element, total):
            element.decompose()
    for heading in list(body.find_all(["h2", "h3", "h4"])):
        if not _is_gone(heading) and _OTHER_POSTINGS.search(heading.get_text(" ", strip=True)):
            _remove_block(heading, total)


def _is_gone(element: Tag) -> bool:
    """Whether it was removed with an outer element.

    `decomposed` would search through its content.
    """
    return "parent" not in vars(element)


def _is_around(element: Tag) -> bool:
    if element.name in _AROUND:
        return True
    if element.name == "header":
        return element.find("h1") is None
    if element.has_attr("hidden") or element.get("aria-hidden") == "true":
        return True
    if str(element.get("role") or "") in _AROUND_ROLES:
        return True
    if _HIDDEN.search(str(element.get("style") or "")):
        return True
    names = " ".join(str(name or "") for name in _names(element))
    return bool(names.strip()) and bool(_AROUND_NAMES.search(names))


def _names(element: Tag) -> list[object]:
    classes = element.get("class")
    return [*(classes if isinstance(classes, list) else [classes]), element.get("id")]


def _is_shell(element: Tag, total: int) -> bool:
    """Whether an element contains the page itself, such as a form around everything."""
    if element.name in ("html", "body", "main") or element.find("h1") is not None:
        return True
    return len(element.get_text(" ", strip=True)) > total / 2


def _remove_block(heading: Tag, total: int) -> None:
    """Remove a heading and what belongs to it: its section, or all up to the next such heading."""
    section = heading.find_parent(["section", "div", "ul"])
    if (
        section is not None
        and section.find(["h1", "h2", "h3", "h4"]) is heading
        and not _is_shell(section, total)
    ):
        section.decompose()
        return
    # One sibling at a time: making a list of all siblings for each heading would take too long.
    while (sibling := heading.find_next_sibling()) is not None:
        if isinstance(sibling, Tag) and sibling.name in ("h1", "h2", heading.name):
            break
        sibling.extract()
    heading.decompose()


def _main(soup: BeautifulSoup) -> Tag:
    for is_main in _MAIN:
        found: list[Tag] = list(soup.find_all(is_main))
        # Several elements of a kind are a list of postings or teasers, not the posting.
        if len(found) == 1 and len(found[0].get_text(" ", strip=True)) >= ENOUGH_CHARACTERS:
            return found[0]
    return soup.body or soup


def _is_named_description(element: Tag) -> bool:
    return any(_DESCRIPTION_NAME.search(str(name or "")) for name in _names(element))


# Plain functions instead of CSS selectors, whose parser does not run on Python before 3.11.5
# (https://github.com/python/cpython/issues/106052).
_MAIN: tuple[Callable[[Tag], bool], ...] = (
    lambda element: element.get("itemprop") == "description",
    _is_named_description,
    lambda element: element.name == "main",
    lambda element: element.get("role") == "main",
    lambda element: element.name == "article",
    lambda element: element.get("id") in ("content", "main"),
)
