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
# The same in the name of a class, and attributes that name what a script draws.
_MOUNT_CLASS = re.compile(r"(?:^|[\s_-])(?:app|root|spa|outlet|mount)(?:$|\s)", re.IGNORECASE)
_MOUNT_DATA = re.compile(
    r"data-(?:[a-z]{1,12}-)?(?:widget|component|react\w*|vue\w*|app|mount|island"
    r"|hydrate)(?:-[a-z]{1,12})?"
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
    if _MOUNT.match(str(element.get("id") or "")) or _MOUNT_CLASS.search(
        element.get("class") or ""
    ):
        return True
    return any(map(_MOUNT_DATA.fullmatch, map(str, element.keys())))


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
        if _says_something(text) or _says_something(tail):
            return False
    return True


def is_loading(heading: str) -> bool:
    """Whether a heading says that its text is still missing: "Loading...", "Lädt …"."""
    return heading.rstrip().endswith(("...", "\u2026")) and not _says_something(heading)


def _says_something(text: str | None) -> bool:
    """Whether a text is more than a note that the page is loading."""
    if not text or text.isspace():
        return False
    return _LOADING.match(text[:_MAX_NOTE]) is None


_MAX_NOTE = 80
_LOADING = re.compile(
    r"\A\W{0,20}(?:(?:loading|please wait|one moment|just a moment|lädt|wird geladen|bitte warten"
    r"|lade\b|chargement"
    r"|veuillez patienter|cargando|espere|carregando|a carregar|aguarde|caricamento|attendere"
    r"|laden|even geduld"
    r"|ładowanie|proszę czekać|načítání|načítám|načítava|laddar|indlæser|laster|ladataan|betöltés"
    r"|se încarcă"
    r"|загрузка|загружается|завантаження|зареждане|φόρτωση|yükleniyor|読み込み中|ロード中|加载中|載入中|正在加载"
    r"|로딩|불러오는)[ \w]{0,30}\W{0,10})\Z",
    re.IGNORECASE,
)
