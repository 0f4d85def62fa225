"""Products on cards, in menus and on pages of their own, and lists beside them that show none."""

from __future__ import annotations

import json

import pytest

from tests.app.steps.companies.test_own_words import products
from tests.app.steps.companies.test_product_lists import cards, page


def test_the_parts_of_a_product_on_its_own_page_are_no_products() -> None:
    parts = cards("Twin Rotors", "Dual Drive", "Steel Hopper")
    body = f"<section><h2>Structure</h2>{parts}</section>"
    assert products(products__gull_lamp=page("Gull Lamp", body)) == ["Gull Lamp"]


def test_a_breadcrumb_says_that_a_page_is_a_products() -> None:
    crumbs = (
        "<nav class='breadcrumb'><a href='/'>Home</a><a href='/range'>Products</a>"
        "<span>Gull Lamp</span></nav>"
    )
    told = page("Gull Lamp", f"{crumbs}{cards('Twin Rotors', 'Dual Drive', 'Steel Hopper')}")
    assert products(company__gull_lamp=told) == ["Gull Lamp"]
    other = told.replace("Products", "Company")
    assert products(company__gull_lamp=other) == []


def test_a_page_that_only_says_it_has_a_breadcrumb_is_no_products_page() -> None:
    menu = "<nav><a href='/'>Home</a><a href='/range'>Products</a></nav>"
    text = "We have cut and glazed tiles by hand since our first kiln was built. " * 5
    told = f"<div class='has-breadcrumbs'>{menu}{page('Gull Lamp', f'<p>{text}</p>')}</div>"
    assert products(company__gull_lamp=told) == []


@pytest.mark.parametrize(
    "picture",
    [
        "<b>0{0}</b><img src='{0}.jpg'>",
        "<img src='/img/benefits/benefits{0}.png'>",
        "<img src='/icons/{0}.png'>",
        "<img src='step-{0}.jpg'>",
    ],
)
def test_numbered_cards_and_cards_with_signs_are_no_products(picture: str) -> None:
    names = ("Guest", "Waiter", "Kitchen")
    told = "".join(
        f"<div class='card'>{picture.format(number)}<h3>{name}</h3><p>It helps.</p></div>"
        for number, name in enumerate(names, 1)
    )
    assert products(products=page("Products", f"<div>{told}</div>")) == []


def test_cards_that_a_class_calls_features_are_no_products() -> None:
    lamps = cards("Gull", "Tern", "Skua").replace("class='grid'", "class='product-features'")
    assert products(products=page("Products", lamps)) == []


def test_the_entries_of_a_menu_that_is_no_list_are_products() -> None:
    menu = (
        "<header><div class='dropdown'><button>Products</button><div>"
        "<a href='/gull'>Gull Lamp</a><a href='/tern'>Tern Lamp</a></div></div>"
        "<a href='/about'>About</a></header>"
    )
    assert products(home=page("Q", menu)) == ["Gull Lamp", "Tern Lamp"]


def test_the_other_links_of_a_menu_that_begins_with_products_are_none() -> None:
    menu = (
        "<header><div class='links'><a href='/products'>Products</a><a href='/yard'>Our yard</a>"
        "<a href='/visit'>Visit us there</a></div></header>"
    )
    assert products(home=page("Q", menu)) == []


def test_a_group_of_products_is_none_itself() -> None:
    menu = (
        "<nav><ul><li><a href='/products'>Products</a><ul>"
        "<li><a href='/lamps'>Quay Lamps</a><ul><li><a href='/gull'>Gull Lamp</a></li>"
        "<li><a href='/tern'>Tern Lamp</a></li></ul></li></ul></li></ul></nav>"
    )
    assert products(home=page("Q", menu)) == ["Gull Lamp", "Tern Lamp"]


def linked(*names: str) -> str:
    told = "".join(
        f"<a class='card' href='/products/{name.lower().replace(' ', '-')}.html'>"
        f"<img src='{name}.jpg'><h3>{name}</h3><p>It floats well.</p></a>"
        for name in names
    )
    return f"<div class='grid'>{told}</div>"


def test_headings_above_several_lists_of_linked_products_are_groups() -> None:
    body = (
        f"<section><h2>Quay Lamps</h2>{linked('Gull Lamp', 'Tern Lamp', 'Skua Lamp')}</section>"
        f"<section><h2>Deck Ropes</h2>{linked('Auk Rope', 'Eider Rope', 'Knot Rope')}</section>"
    )
    home = page(
        "Q",
        "<nav><ul><li><a href='/products'>Products</a><ul>"
        "<li><a href='/products/quay-lamps'>Quay Lamps</a></li>"
        "<li><a href='/products/deck-ropes'>Deck Ropes</a></li></ul></li></ul></nav>",
    )
    shown = products(home=home, products=page("Our products", body))
    assert sorted(shown) == [
        "Auk Rope", "Eider Rope", "Gull Lamp", "Knot Rope", "Skua Lamp", "Tern Lamp",
    ]  # fmt: skip


def test_a_call_in_other_letters_that_leads_to_a_page_of_the_menu_is_no_product() -> None:
    frame = "<nav><a href='contact.html'>\u0627\u062a\u0635\u0644</a></nav>"
    call = (
        "<div><h2>\u0646\u0635\u0646\u0639 \u0646\u062c\u0627\u062d\u0643</h2>"
        "<a href='contact.html'>\u0627\u062a\u0635\u0644</a></div>"
    )
    body = page("\u0645\u0646\u062a\u062c\u0627\u062a\u0646\u0627", call)
    assert products(products=frame + body) == []
    assert products(products=body.replace("contact.html", "#")) == []
    own = body.replace("contact.html", "lamp.html")
    assert products(products=frame + own) == [
        "\u0646\u0635\u0646\u0639 \u0646\u062c\u0627\u062d\u0643"
    ]


def test_a_block_that_a_class_calls_a_products_is_one() -> None:
    blocks = "".join(
        f"<div class='product-block image-{side}'><img src='{name}.jpg'><div class='product-text'>"
        f"<h2>{name}</h2><p>It floats.</p></div></div>"
        for name, side in (("Gull", "left"), ("Tern", "right"))
    )
    assert products(products=page("Products", blocks)) == ["Gull", "Tern"]


@pytest.mark.parametrize("name", ["Other", "Sonstiges", "Autres", "Ostatn\u00ed", "Di\u011fer"])
def test_a_card_for_all_the_rest_is_no_product(name: str) -> None:
    assert products(products=page("Products", cards("Gull", "Tern", name))) == ["Gull", "Tern"]


def tiles(*names: str, href: str = "/{0}.html") -> str:
    told = "".join(
        f"<a href='{href.format(name.lower().replace(' ', '-'))}'><img src='{name}.jpg'>"
        f"<span>{name}</span></a>"
        for name in names
    )
    return f"<section><h2>Our products</h2><div>{told}</div></section>"


def test_pictures_with_a_caption_that_lead_to_a_page_of_that_name_are_products() -> None:
    names = ("Gull Lamp", "Tern Lamp", "Skua Lamp")
    assert products(home=page("Q", tiles(*names))) == [*names]
    assert products(home=page("Q", tiles(*names, href="#"))) == []
    assert products(home=page("Q", tiles(*names, href="/photos"))) == []


def test_a_list_in_structured_data_on_a_page_about_products_names_them() -> None:
    items = [
        {"@type": "ListItem", "position": place, "name": name, "url": f"/{place}"}
        for place, name in enumerate(("Gull Lamp", "Tern Lamp"), 1)
    ]
    data = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert products(products=script + page("Products", "")) == ["Gull Lamp", "Tern Lamp"]
    assert products(news=script + page("News", "")) == []
