"""Products in captions of pictures, in tables and in lists, and what of the same form is none."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.test_own_words import products
from tests.app.steps.companies.test_product_lists import page


def pictures(*files_and_names: tuple[str, str]) -> str:
    return "".join(
        f"<div class='item'><img src='/img/{file}.jpg'><p>{name}</p></div>"
        for file, name in files_and_names
    )


def test_captions_that_fit_the_files_of_their_pictures_are_products() -> None:
    body = pictures(("ewe-cheese", "Ewe cheese"), ("goat-cheese", "Goat cheese"), ("x1", "Whey"))
    assert products(products=page("Products", body)) == ["Ewe cheese", "Goat cheese", "Whey"]
    figures = "".join(
        f"<figure><img src='{number}.jpg' alt='{name}'><figcaption>{name}</figcaption></figure>"
        for number, name in enumerate(("Tovaglia Adda", "Runner Oglio", "Telo Serio"))
    )
    assert products(prodotti=page("Prodotti", figures)) == [
        "Tovaglia Adda", "Runner Oglio", "Telo Serio",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "title"),
    [
        (("logos/gull", "logos/tern", "logos/skua"), "Products"),
        (("1", "2", "3"), "Products"),
        (("team/gull", "team/tern", "team/skua"), "Products"),
    ],
)
def test_captions_of_logos_people_and_any_pictures_are_none(
    files: tuple[str, ...], title: str
) -> None:
    body = pictures(*zip(files, ("Gull", "Tern", "Skua"), strict=True))
    assert products(products=page(title, body)) == []


def test_a_picture_behind_a_name_is_a_picture() -> None:
    style = "background-image: url(immagini/{0}.jpg); background-repeat: no-repeat;"
    body = "".join(
        f"<div class='third' style='{style.format(name)}'><h2>{name}</h2></div>"
        for name in ("Tortelloni", "Tagliatelle", "Gnocchi")
    )
    assert products(prodotti=page("I nostri prodotti", body)) == [
        "Tortelloni", "Tagliatelle", "Gnocchi",
    ]  # fmt: skip


def table(*rows: tuple[str, ...]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{lines}</table>"


@pytest.mark.parametrize(
    "rows",
    [
        (("Article", "Dimensions", "Prix"), ("Nappe Loire", "150 × 200", "79 €"),
         ("Torchon Cher", "50 × 70", "9 €")),
        (("Nappe Loire", "79 €"), ("Torchon Cher", "9 €"), ("Retrait à l'atelier", "")),
        (("Réf.", "Produit"), ("A1", "Nappe Loire"), ("A2", "Torchon Cher")),
    ],
)  # fmt: skip
def test_a_table_of_articles_or_prices_names_products(rows: tuple[tuple[str, ...], ...]) -> None:
    found = products(produits=page("Nos produits", table(*rows)))
    assert found == ["Nappe Loire", "Torchon Cher"]


@pytest.mark.parametrize(
    "rows",
    [
        (("Delivery", "Price"), ("Standard", "£5"), ("Express", "£9")),
        (("Day", "Hours"), ("Monday", "9 to 5"), ("Friday", "9 to 2")),
        (("Name", "Telephone"), ("Ann Finch", "12 34"), ("Bo Ek", "56 78")),
        (("Length", "2 m"), ("Width", "1 m"), ("Weight", "9 kg")),
    ],
)
def test_other_tables_name_none(rows: tuple[tuple[str, ...], ...]) -> None:
    assert products(products=page("Products", table(*rows))) == []


def test_the_bold_titles_that_begin_the_lines_of_our_products_are_names() -> None:
    lines = "<ul><li><b>Manta Ebro</b>: lana para camas grandes.</li><li><b>Manta Tajo</b>: para "
    lines += "el verano y el jardín.</li><li><b>Cojín Duero</b>: relleno de plumas.</li></ul>"
    assert products(productos=page("Nuestros productos", lines)) == [
        "Manta Ebro", "Manta Tajo", "Cojín Duero",
    ]  # fmt: skip
    plain = lines.replace("Manta Ebro", "Rápido").replace("Manta Tajo", "Seguro")
    assert products(productos=page("Nuestros productos", plain)) == []


@pytest.mark.parametrize(
    "lines",
    [
        "<ul><li>Oude Schiekaas – voor de borrel</li><li>Jonge Rottekaas – voor op brood</li>"
        "<li>Kruidenkaas Vliet – voor de soep</li></ul>",
        "".join(f"<details><summary>{name}</summary><p>Lekker.</p></details>"
                for name in ("Oude Schiekaas", "Jonge Rottekaas", "Kruidenkaas Vliet")),
        "<dl><dt>Oude Schiekaas</dt><dd>Rijp.</dd><dt>Jonge Rottekaas</dt><dd>Zacht.</dd>"
        "<dt>Kruidenkaas Vliet</dt><dd>Met bieslook.</dd></dl>",
        "".join(f"<p><strong>{name}</strong> – bakken we elke dag van rogge.</p>"
                for name in ("Oude Schiekaas", "Jonge Rottekaas", "Kruidenkaas Vliet")),
    ],
)  # fmt: skip
def test_terms_and_bold_beginnings_below_our_products_are_names(lines: str) -> None:
    names = ["Oude Schiekaas", "Jonge Rottekaas", "Kruidenkaas Vliet"]
    assert products(producten=page("Onze producten", lines)) == names
    assert products(producten=page("Onze winkels", f"<h2>Hoe het werkt</h2>{lines}")) == []


def test_what_a_shop_answers_names_nothing() -> None:
    parts = "".join(
        f"<details><summary>{name}</summary><p>Yes.</p></details>"
        for name in ("Delivery Times", "Return Policy", "Payment Methods")
    )
    assert products(products=page("Products", parts)) == []


@pytest.mark.parametrize(
    "title", ["Certified by", "Zahlungsarten", "How to order", "Nos partenaires"]
)
def test_pictures_of_seals_payments_partners_and_steps_are_none(title: str) -> None:
    body = pictures(("gull", "Gull"), ("tern", "Tern"), ("skua", "Skua"))
    assert products(products=page("Products", f"<h2>{title}</h2><div>{body}</div>")) == []


def test_a_section_without_a_picture_among_those_with_one_is_none() -> None:
    cards = "".join(
        f"<section><h2>{name}</h2><img src='{name}.jpg'><ul><li>9 kg</li></ul></section>"
        for name in ("Kent 200", "Kent 400", "Wyre Mini")
    )
    body = f"{cards}<section><h2>Warranty</h2><p>Two years.</p></section>"
    assert products(products=page("Our products", body)) == ["Kent 200", "Kent 400", "Wyre Mini"]


def test_a_name_before_the_heading_of_details_is_the_name_of_the_card() -> None:
    cards = "".join(
        f"<div class='tarjeta'><img src='{name}.png'><span class='tarjeta__title'>{name}</span>"
        "<p>750 ml</p><h5>Presentación</h5></div>"
        for name in ("Malbec Sur", "Cabernet Sur", "Rosado Sur")
    )
    assert products(productos=page("Nuestros productos", cards)) == [
        "Malbec Sur", "Cabernet Sur", "Rosado Sur",
    ]  # fmt: skip


def test_small_words_do_not_make_a_name_too_long() -> None:
    cards = "".join(
        f"<a href='/sel-{herb}.html'><div class='product'><h3>Fleur de sel de Camargue au {herb} "
        "sauvage</h3></div></a>"
        for herb in ("thym", "romarin", "laurier")
    )
    home = f"<title>Sel</title><h2>Nos produits</h2><div>{cards}</div>"
    assert products(home=home)[0] == "Fleur de sel de Camargue au thym sauvage"


def test_an_address_may_spell_an_umlaut_with_two_letters() -> None:
    links = "<a href='/produkte/moewe'>Möwe</a> <a href='/produkte/skua'>Skua</a>"
    assert products(produkte=page("Produkte", links)) == ["Möwe", "Skua"]


@pytest.mark.parametrize(
    "name", ["Bästsäljande produkter", "Meistverkaufte Lampen", "Popular lamps"]
)
def test_a_heading_of_what_sells_best_is_no_name(name: str) -> None:
    cards = "".join(
        f"<div class='card'><img src='{n}.jpg'><h3>{one}</h3><p>It shines.</p></div>"
        for n, one in enumerate((name, "Gull", "Tern"))
    )
    assert name not in products(products=page("Products", cards))
