"""Tells the words of an application's form from those of the posting around it."""

from __future__ import annotations

import re
from itertools import islice

from bs4 import Tag

from worker.pages.search import around, first, stripped_text

_UNSEEN_TYPES = {"hidden", "submit", "button", "image", "reset", "search"}
_FIELDS = ["input", "select", "textarea", "label"]
MAX_BETWEEN = 200
"""The most elements and texts between a heading and its fields; more would take too long."""
_PAGE_PARTS = ["main", "article", "nav", "header", "footer"]
_TEXTS = ["h1", "h2", "h3", "h4", "p", "li"]
_REMARK = re.compile(
    r"^\W*+(?:required(?: field)?|optional|mandatory|erforderlich|pflichtfeld|freiwillig"
    r"|obligatoire|requis|facultatif|optionnel|obligatorio|obligatório|opcional|obbligatorio|facoltativo"
    r"|verplicht|optioneel|wymagane|opcjonalne|povinné|nepovinné|obligatoriskt?|valfritt|påkrævet|påkrevd"
    r"|valgfri|pakollinen|kötelező|obligatoriu|обязательно|обов'язково|zorunlu|必須|任意|必填|필수|선택"
    r"|(?:please )?(?:select|choose)(?: (?:one|an option|your \w{1,20}))?"
    r"|see (?:below|above|description)|(?:bitte )?(?:aus)?wählen|siehe (?:unten|oben)"
    r"|(?:veuillez )?(?:choisir|sélectionnez|sélectionner)|voir (?:ci-dessous|plus bas|description)"
    r"|seleccion(?:ar|e|a)|elegir|ver (?:abajo|más abajo|abaixo)|selecione|selezionare?"
    r"|vedi (?:sotto|descrizione)|kies|zie (?:onder|hieronder)|wybierz|vybrat|vyberte|viz níže"
    r"|välj|vælg|velg|se nedan|se nedenfor)?\W*+",
    re.IGNORECASE,
)


def heads_fields(heading: Tag) -> bool:
    """Whether a heading below `h1` stands in a form, and its fields follow next, not a text.

    A label counts as a field, because the fields themselves may have been removed from the tree.
    """
    form = around(heading, ("form",))
    # Some systems put the whole page into one form.
    if heading.name == "h1" or form is None or first(form, *_PAGE_PARTS) is not None:
        return False
    near = islice(heading.next_elements, MAX_BETWEEN)
    after = next((each for each in near if isinstance(each, Tag) and _is_field_or_text(each)), None)
    return after is not None and after.name in _FIELDS


def _is_field_or_text(element: Tag) -> bool:
    if element.name in _FIELDS:
        return str(element.get("type") or "").lower() not in _UNSEEN_TYPES
    return element.name in _TEXTS and bool(stripped_text(element))


def is_remark(text: str) -> bool:
    """Whether a text beside a label is only a remark on its field: "*", "see below"."""
    return _REMARK.fullmatch(text.strip()) is not None
