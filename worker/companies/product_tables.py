"""Products that a table names: a column headed "Article", or names in rows with a price each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bs4 import Tag

from worker.companies.elements import AROUND_LISTS, beginning
from worker.companies.product_names import MAX_NAME, PRICE, is_name
from worker.companies.telling_pages import slug
from worker.pages.page_index import PageIndex
from worker.pages.search import around, iter_elements

MAX_TABLES = 20
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
    return found


def _names_of(table: Tag) -> list[str]:
    rows = [_cells(row) for row in islice(iter_elements(table, "tr"), MAX_ROWS)]
    rows = [row for row in rows if len(row) > 1]
    if len(rows) <= LEAST_ROWS:
        return []
    column = next((at for at, text in enumerate(rows[0]) if slug(text) in _COLUMN), None)
    has_prices = _has_prices(rows)
    # "Name" may be that of a person or a size.
    if column is None or (slug(rows[0][column]) in _ANY_NAME and not has_prices):
        return list(_first_cells(rows)) if column is None and has_prices else []
    names = [row[column] for row in rows[1:] if len(row) > column]
    return names if len(set(names)) == len(names) and all(map(is_name, names)) else []


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
