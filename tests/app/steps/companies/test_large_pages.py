"""The time to read the products and roles of a large page is linear in its size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.app.steps.companies.site_pages import HOME
from tests.support.cpu_time import grows_too_fast
from worker.companies.offered import products_offered
from worker.companies.places import open_roles
from worker.pages.page_index import PageIndex
from worker.pages.tree import soup_of

URL = f"{HOME}products"
CARD = "<div class='card'><b class='name'>Gull {0}</b><p>It floats.</p></div>"


def grid(first: int, head: str = "") -> str:
    cards = "".join(CARD.format(3 * first + number) for number in range(3))
    return f"<section>{head}<div class='grid'>{cards}</div></section>"


def below_long_text(times: int) -> str:
    """As many paragraphs as headings, all paragraphs first."""
    return "<p>The sea is calm.</p>" * (1_000 * times) + "".join(
        f"<h3>Gull {number}</h3>" for number in range(45 * times)
    )


def beside_long_text(times: int) -> str:
    """Grids whose common neighbour is a long text."""
    grids = "".join(map(grid, range(20 * times)))
    return f"<div><div>{'<p>The sea is calm.</p>' * 400 * times}</div><div>{grids}</div></div>"


def about_brands(times: int) -> str:
    """Headings about brands before many paragraphs."""
    return "<h2>Our brands</h2>" * (10 * times) + "<p>The sea is calm.</p>" * (2_000 * times)


def named_often(times: int) -> str:
    """Grids whose names stand often in the text, and never in a list."""
    return grid(0, "<h2>Our products</h2>") * (20 * times) + "Gull 1 Gull 2 " * (4_000 * times)


def one_in_another(times: int) -> str:
    """Cards in cards, each with the text of all inner ones."""
    deep = 15 * times
    card = "<div class='card'><b>Gull</b></div><div class='card'>Tern</div><div class='card'>"
    return card * deep + "<p>The sea is calm.</p>" * (600 * times) + "</div>" * deep


PAGES: dict[str, Callable[[int], str]] = {
    each.__name__: each
    for each in (below_long_text, beside_long_text, about_brands, named_often, one_in_another)
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PAGES)
def test_products_and_roles_are_read_in_time_linear_in_the_page(name: str) -> None:
    def parsed(times: int) -> object:
        return soup_of(f"<body><h1>Products</h1>{PAGES[name](times)}</body>")

    for read in (
        lambda soup: products_offered(PageIndex(soup), URL, "products"),
        lambda soup: open_roles(PageIndex(soup), f"{HOME}jobs", "careers"),
    ):
        assert grows_too_fast(read, parsed, unnoticed=0.01) is None
