"""Products that a table names: a column headed "Article", or names in rows with a price each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bs4 import Tag

from worker.companies.elements import AROUND_LISTS, HEADINGS, beginning
from worker.companies.product_names import (
    MAX_NAME,
    PRICE,
    has_odd_letters,
    is_name,
    is_titled,
)
from worker.companies.telling_pages import is_about_products, slug
from worker.pages.page_index import PageIndex
from worker.pages.search import around, first, iter_elements

MAX_TABLES = 20
MAX_LINES = 200
MAX_LINE = 120
LEAST_LINES = 3
LEAST_TOLD = 20
MAX_ROWS = 40
MAX_CELLS = 12
LEAST_ROWS = 2
# The heading of a column, as `slug` writes it.
_COLUMN = frozenset({
    "product", "products", "product-name", "article", "item", "items", "model", "models", "name",
    "produkt", "produkte", "produktname", "artikel", "modell", "bezeichnung", "produit", "produits",
    "modele", "designation", "nom", "producto", "productos", "articulo", "modelo", "nombre",
    "prodotto", "prodotti", "articolo", "modello", "nome", "produto", "produtos", "artigo",
    "producten", "naam", "modellen", "produkter", "artiklar", "benamning", "navn", "vare", "varer",
    "tuote", "tuotteet", "malli", "nazwa", "produkty", "towar", "model-name", "nazev", "nazov",
    "vyrobek", "vyrobok", "zbozi", "termek", "megnevezes", "denumire", "produs", "urun", "urunler",
    "наименование", "товар", "продукт", "продукция", "модель", "название", "назва", "商品名",
    "製品名",
    "品名", "製品", "商品", "产品名称", "产品", "型号", "제품", "제품명",
})  # fmt: skip


def names_in_tables(page: PageIndex) -> list[str]:
    """The names in the tables of a page about products."""
    found: list[str] = []
    for table in page.named("table")[:MAX_TABLES]:
        if around(table, AROUND_LISTS) is None and table.find("table") is None:
            found += _names_of(table)
    return [*found, *_names_in_lines(page)]


def _names_in_lines(page: PageIndex) -> Iterator[str]:
    """The terms of definitions, and the bold beginnings of paragraphs, below "Our products"."""
    groups: dict[int, list[Tag]] = {}
    for line in page.named("dt", "p", "summary", "li")[:MAX_LINES]:
        parent = line.parent.parent if line.name == "summary" and line.parent else line.parent
        if parent is not None and around(line, AROUND_LISTS) is None:
            groups.setdefault(id(parent), []).append(line)
    for lines in groups.values():
        led = [(line, name) for line in lines if (name := _leading_name(line))]
        names = [name for _, name in led]
        if any(_OF_NO_PRODUCT.search(f"-{slug(name)}-") for name in names):
            continue
        titled = [name for name in names if is_titled(name) or has_odd_letters(name)]
        if (
            len(names) < LEAST_LINES
            or 3 * len(titled) < 2 * len(names)
            or not all(map(is_name, names))
        ):
            continue
        above = led[0][0].find_previous(HEADINGS)
        if isinstance(above, Tag) and is_about_products(beginning(above, 2 * MAX_NAME)):
            yield from names


_TOLD_OF = re.compile(r"([^–—:]{2,60}?)(?:\s[–—-]|:)\s\S.{5}")


def _leading_name(line: Tag) -> str:
    """The term of a definition or of a part to unfold, what a line tells of before a dash, or the
    bold text that begins a paragraph with more text."""
    if line.name == "li":
        told = _TOLD_OF.match(beginning(line, MAX_LINE))
        return told[1].strip() if told else ""
    if line.name in ("dt", "summary"):
        return beginning(line, 2 * MAX_NAME)
    bold = first(line, "b", "strong")
    name = beginning(bold, 2 * MAX_NAME).rstrip(" :.") if bold is not None else ""
    text = beginning(line, len(name) + LEAST_TOLD) if name else ""
    return name if text.startswith(name) and len(text) >= len(name) + LEAST_TOLD - 2 else ""


def _names_of(table: Tag) -> list[str]:
    rows = [_cells(row) for row in islice(iter_elements(table, "tr"), MAX_ROWS)]
    rows = [row for row in rows if len(row) > 1]
    if len(rows) <= LEAST_ROWS:
        return []
    column = next((at for at, text in enumerate(rows[0]) if slug(text) in _COLUMN), None)
    has_prices = _has_prices(rows)
    # "Name" may be that of a person or a size.
    if column is None and _OF_NO_PRODUCT.search(f"-{slug(rows[0][0])}-"):
        return []
    if column is None or (slug(rows[0][column]) in _ANY_NAME and not has_prices):
        return list(_first_cells(rows)) if column is None and has_prices else []
    names = [row[column] for row in rows[1:] if len(row) > column]
    return names if len(set(names)) == len(names) and all(map(is_name, names)) else []


# A column of such things has prices too.
_OF_NO_PRODUCT = re.compile(
    r"-(?:returns?|refunds?|policy|policies|payments?|warranty|garanti\w*|zahlung\w*|paiement\w*|pagos?|pagament\w*"
    r"|betaling\w*|retour\w*|ruckgabe\w*|rueckgabe\w*|devolucion\w*|resi|contact\w*|kontakt\w*|faq|hours|about"
    r"|deliver\w*|shipping|shipment|versand\w*|liefer\w*|livraison|envio\w*|spedizion\w*|consegn\w*|entrega"
    r"|verzend\w*|bezorg\w*|frakt|levering|toimitus|dostaw\w*|wysylk\w*|doprav\w*|доставк\w*|kargo|services?"
    r"|leistung\w*|prestations?|servicios?|servizi\w*|servicos?|diensten|quantity|menge|size|zone|country|region"
    r"|weight|day|date|time|plan|course|kurs|ticket|room|zimmer|chambre|option|fee|gebuhr)-"
)
_ANY_NAME = frozenset({"name", "nom", "nombre", "nome", "naam", "navn", "nazwa", "nazev", "nazov"})


def _has_prices(rows: list[list[str]]) -> bool:
    """Whether most rows have a price. The first one may head the others."""
    priced = [row for row in rows if any(PRICE.search(cell) for cell in row[1:])]
    return len(priced) >= LEAST_ROWS and 3 * len(priced) >= 2 * (len(rows) - 1)


def _first_cells(rows: list[list[str]]) -> Iterator[str]:
    """The first cells of the rows with a price, if all of them may be names."""
    names = [row[0] for row in rows if any(PRICE.search(cell) for cell in row[1:])]
    if len(set(names)) == len(names) and all(map(is_name, names)):
        yield from names


def _cells(row: Tag) -> list[str]:
    cells = islice(iter_elements(row, "td", "th"), MAX_CELLS)
    return [beginning(cell, 2 * MAX_NAME) for cell in cells]
