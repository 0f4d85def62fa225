"""Extracts the main content of a page, without navigation and other postings."""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import BeautifulSoup, Comment, Tag

from worker.pages.element_names import names_of, split_names
from worker.pages.markdown import to_markdown
from worker.pages.search import (
    around,
    elements,
    first,
    has_more_text,
    iter_elements,
    strings,
    stripped_text,
)

_NEVER_TEXT = ["script", "style", "noscript", "template", "svg", "iframe", "object", "canvas"]
_AROUND = ["nav", "footer", "aside", "form", "button", "dialog", "select", "input", "textarea"]
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"}
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|subscribe|related|similar|recommended"
    r"|breadcrumbs?|sidebar|skip|navbar|navigation|footer|share|sharing|social|menu"
    r"|(?:more|other)[_-]jobs)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Words in classes and ids of elements that lie over a page, such as a pop-up.
_OVERLAY_NAMES = re.compile(
    r"(?:^|[\s_-])(?:modal|popup|dialog|lightbox|cookies?[_-]?(?:banner|bar|notice|consent)|cc-banner"
    r"|cc-window|(?:sign|log)-?(?:in|up)-(?:form|modal|box|panel|wall))(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHER_POSTINGS = re.compile(
    r"^(?:similar|related|more|other|recommended|latest|further|weitere|[äa]hnliche|andere|passende"
    r"|autres|d['\u2019]autres|similaires|otr[ao]s|m[áa]s|outr[ao]s|mais|altr[ie]|vergelijkbare"
    r"|meer|podobn[eéý]|inne|więcej|další|ďalšie|liknande|fler|andra|lignende|flere|andre|muita"
    r"|hasonló|további|alte|benzer|diğer|похожие|другие|схожі|інші)\b.{0,30}"
    r"(?:\b(?:jobs?|roles?|positions?|openings?|vacanc(?:y|ies)|opportunities|stellen\w*|anzeigen"
    r"|jobangebote|offres|postes|emplois|ofertas|empleos|vagas|offerte|annunci|lavori|vacatures"
    r"|banen|oferty|ogłoszenia|nabídky|pozice|ponuky|pracovní|jobb|tjänster|stillinger|työpaikkoja"
    r"|állások|joburi|anunțuri|ilanlar|вакансии|вакансії)\b)"
    r"|^(?:offres|ofertas|vagas|offerte) (?:similaires|similares|semelhantes|relacionad[ao]s"
    r"|simili)"
    r"|^you (?:may|might) also like|^jobs you|^people also viewed"
    r"|^.{0,12}(?:似ている求人|関連する求人|类似职位|相似职位|相關職缺|비슷한 채용)",
    re.IGNORECASE,
)
_OTHER_READING = re.compile(
    r"^\W*+(?:read (?:next|also|more|this next)|more (?:reads?|articles|posts|stories)"
    r"|more from (?:the|our) blog|related (?:posts?|articles?|reading|stories)"
    r"|(?:recent|latest) (?:posts?|articles?)|from (?:the|our) blog|lesen sie auch"
    r"|das könnte (?:dich|sie) auch interessieren"
    r"|neueste beiträge|(?:à )?lire aussi|articles? (?:similaires?|liés|récents)"
    r"|entradas (?:recientes|relacionadas)|artículos relacionados|leggi anche|articoli correlati"
    r"|leia também|artigos relacionados|lees ook|czytaj (?:także|też|również)|čtěte (?:také|dále)"
    r"|läs också|læs også|les også|читайте также|читайте також)\W*+$",
    re.IGNORECASE,
)
_SECTIONS = {"section", "div", "ul"}
_NEVER_OUTSIDE = {"[document]", "html", "body", "form", "button"}
_OVERLAY_ROLES = {"dialog", "alertdialog"}
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_DESCRIPTION_NAME = re.compile(r"job-?description", re.IGNORECASE)
ENOUGH_CHARACTERS = 200


def readable(soup: BeautifulSoup, base_url: str) -> str:
    """The main content of a page as Markdown. This removes elements from the given tree."""
    strip(soup)
    return to_markdown(_main(soup), base_url)


def strip(soup: BeautifulSoup) -> None:
    """Remove parts around the main content, such as scripts, navigation, forms and other
    postings."""
    for element in elements(soup, *_NEVER_TEXT):
        element.decompose()
    for comment in [text for text in strings(soup) if isinstance(text, Comment)]:
        comment.extract()
    body = soup.body or soup
    total = len(stripped_text(body)) or 1
    for element in elements(body):
        if not _is_gone(element) and _is_around(element) and not _is_shell(element, total):
            element.decompose()
    for heading in elements(body, "h2", "h3", "h4"):
        if not _is_gone(heading) and _heads_other_pages(stripped_text(heading)):
            _remove_block(heading, total)


def _heads_other_pages(text: str) -> bool:
    return _OTHER_POSTINGS.search(text) is not None or _OTHER_READING.match(text) is not None


def _is_gone(element: Tag) -> bool:
    """Whether `decompose` removed the element. Beautiful Soup's `decomposed` is slow for large
    ones."""
    return "parent" not in vars(element)


def _is_around(element: Tag) -> bool:
    if element.name in _AROUND:
        return True
    if element.name == "header":
        return first(element, "h1") is None
    if str(element.get("role") or "") in _AROUND_ROLES or _is_overlay(element):
        return True
    return bool(_AROUND_NAMES.search(split_names(element)))


def _is_overlay(element: Tag) -> bool:
    """Whether an element is hidden or lies over the page, such as a dialogue."""
    if element.name == "dialog" or str(element.get("role") or "") in _OVERLAY_ROLES:
        return True
    if element.has_attr("hidden") or element.get("aria-hidden") == "true":
        return True
    if _HIDDEN.search(str(element.get("style") or "")):
        return True
    return bool(_OVERLAY_NAMES.search(split_names(element)))


class Surroundings:
    """Tells whether an element is in a part of the page such as a menu or a dialogue.

    Forms and buttons do not count as such parts, although `strip` removes them.
    """

    def __init__(self, soup: BeautifulSoup) -> None:
        self._total = len(stripped_text(soup.body or soup)) or 1
        self._known: dict[int, bool] = {}

    def contain(self, element: Tag) -> bool:
        """Whether the element, or an element around it, is a part such as a menu."""
        unknown: list[Tag] = []
        each: Tag | None = element
        while each is not None and id(each) not in self._known:
            unknown.append(each)
            each = each.parent
        outside = each is not None and self._known[id(each)]
        for one in reversed(unknown):
            outside = self._known[id(one)] = outside or self._is_outside(one)
        return outside

    def _is_outside(self, element: Tag) -> bool:
        # A form may be around the whole page, and a button may be around a heading.
        if element.name in _NEVER_OUTSIDE or not _is_around(element):
            return False
        return not _is_shell(element, self._total)


def _is_shell(element: Tag, total: int) -> bool:
    """Whether an element seems to contain the main content of a page with `total` characters of
    text."""
    if element.name in ("html", "body", "main"):
        return True
    if first(element, "h1") is not None and not _is_overlay(element):
        return True
    return has_more_text(element, total / 2)


def _remove_block(heading: Tag, total: int) -> None:
    """Remove a heading and the section that it heads."""
    section = around(heading, _SECTIONS)
    if (
        section is not None
        and first(section, "h1", "h2", "h3", "h4") is heading
        and not _is_shell(section, total)
    ):
        section.decompose()
        return
    # A list of all siblings for each heading would take too long.
    while (sibling := heading.find_next_sibling()) is not None:
        if isinstance(sibling, Tag) and sibling.name in ("h1", "h2", heading.name):
            break
        sibling.extract()
    heading.decompose()


def _main(soup: BeautifulSoup) -> Tag:
    found: list[list[Tag]] = [[] for _ in _MAIN]
    for element in iter_elements(soup):
        for kind, is_main in zip(found, _MAIN, strict=True):
            if is_main(element):
                kind.append(element)
    for kind in found:
        # Several elements of one kind are usually a list of postings or teasers.
        if len(kind) == 1 and len(stripped_text(kind[0])) >= ENOUGH_CHARACTERS:
            return kind[0]
    return soup.body or soup


def _is_named_description(element: Tag) -> bool:
    return any(map(_DESCRIPTION_NAME.search, names_of(element, "id")))


# No CSS selectors here: Beautiful Soup's parser for them can fail on Python 3.11.0 to 3.11.4, see
# https://github.com/python/cpython/issues/106052.
_MAIN: tuple[Callable[[Tag], bool], ...] = (
    lambda element: element.get("itemprop") == "description",
    _is_named_description,
    lambda element: element.name == "main",
    lambda element: element.get("role") == "main",
    lambda element: element.name == "article",
    lambda element: element.get("id") in ("content", "main"),
)
