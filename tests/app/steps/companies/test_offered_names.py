"""Which names on cards and in blocks are products: features, papers and general offers are none."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.test_own_words import products
from tests.app.steps.companies.test_product_lists import cards, page
from worker.companies.product_names import is_name


def marked(*names: str, picture: str, link: str = "") -> str:
    told = "".join(
        f"<div class='product'><img src='{name}{picture}'><h2>{name}</h2><p>It lasts.</p>{link}"
        "</div>"
        for name in names
    )
    return f"<div class='row'>{told}</div>"


def test_a_block_with_an_icon_is_a_feature_even_if_a_class_calls_it_a_product() -> None:
    names = ("Eco-friendly", "Zero plastic")
    assert products(home=page("Q", marked(*names, picture=".svg"))) == []
    assert products(home=page("Q", marked(*names, picture=".jpg"))) == [*names]
    linked = marked(*names, picture=".svg", link="<a href='/order'>Order</a>")
    assert products(home=page("Q", linked)) == [*names]
    headed = f"<h1>Our products</h1>{marked(*names, picture='.svg')}"
    assert products(home=f"<title>Q</title><main>{headed}</main>") == [*names]


@pytest.mark.parametrize(
    "head", ["Flyer & Unterlagen", "Downloads", "Brochures", "Dokumenty", "Folletos", "カタログ"]
)
def test_papers_to_download_are_no_products(head: str) -> None:
    def papers(title: str, address: str) -> str:
        told = "".join(
            f"<figure class='card'><a href='/{name}{address}'><img src='{name}.jpg'></a>"
            f"<figcaption class='title'>{name}</figcaption></figure>"
            for name in ("Gull Lamp", "Tern Lamp", "Skua Lamp")
        )
        return page("Products", f"<section><h2>{title}</h2><div>{told}</div></section>")

    shown = ["Gull Lamp", "Tern Lamp", "Skua Lamp"]
    assert products(products=papers(head, ".pdf?v=2")) == []
    assert products(products=papers("Our lamps", ".pdf")) == shown
    assert products(products=papers(head, ".html")) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Custom solutions", "Solutions on request", "Riešenia na mieru", "Řešení na míru",
        "Soluciones a medida", "Solutions sur mesure", "Soluzioni su misura", "Özel Üretim",
        "Soluções sob medida", "Maßanfertigung", "Individuelle Lösungen", "Oplossingen op maat",
        "Skräddarsydda lösningar", "Rozwiązania na wymiar", "Решения на заказ",
        "Überblick", "Produktübersicht", "Přehled", "For consumers", "Für Verbraucher",
        "Pre spotrebiteľov", "Pour les écoles", "Dla firm",
        "İstediğiniz Ebatta Palet Üretimi Yapılır", "Her türlü kalıp üretilmektedir",
    ],
)  # fmt: skip
def test_a_general_offer_is_no_name(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Bespoke",
        "Solution A",
        "Custom Desk",
        "Individual",
        "Ahşap Euro Palet",
        "Maat",
        "Motor Bilir",
        "Pro Series",
        "Per Mare",
        "Pre X2",
        "Fortuna",
    ],
)
def test_a_name_may_have_a_word_of_general_offers(name: str) -> None:
    assert is_name(name)


def test_a_name_in_capitals_or_with_another_dash_is_the_same_product() -> None:
    spelled = {
        "home": page("Q", f"<section><h2>Ürünlerimiz</h2>{cards('ADEMİX', 'KIZIL', 'CP1–CP9')}"),
        "products": page("Products", cards("Ademix", "Kızıl", "CP1 – CP9")),
    }
    assert len(products(**spelled)) == 3


def linked_cards(*names: str, text: str) -> str:
    told = "".join(
        f"<article><img src='{number}.jpg'><br><a href='/n{number}'>{name}</a>{text}"
        f"<a href='/n{number}'>More</a></article>"
        for number, name in enumerate(names)
    )
    return f"<h2>Our products</h2><section><div>{told}</div></section>"


def test_the_link_that_begins_a_card_is_its_name() -> None:
    names = ("Gull lamp", "Lamp oil for ports", "Wicks")
    told = "<p>It burns for many hours in any wind.</p>"
    assert products(products=page("Products", linked_cards(*names, text=told))) == [*names]
    assert products(products=page("Products", linked_cards(*names, text=""))) == []
    assert products(about=page("About us", linked_cards(*names, text=told)[22:])) == []


def test_a_price_below_a_name_is_no_second_name() -> None:
    def priced(line: str) -> str:
        told = "".join(
            f"<div><img src='{name}.jpg'><h2>{name}</h2><h4>{line}</h4></div>"
            for name in ("Luomu mansikat", "Karhunvatukat", "Luomu vadelmat")
        )
        return page("Tuotteet", f"<div>{told}</div>")

    shown = ["Luomu mansikat", "Karhunvatukat", "Luomu vadelmat"]
    assert products(tuotteet=priced("13,85\u20ac/kg")) == shown


def test_a_class_between_a_heading_and_its_block_may_call_it_a_product() -> None:
    def blocks(name: str) -> str:
        told = "".join(
            f"<div class='part'><div class='{name}'><h3>{lamp}</h3></div></div>"
            for lamp in ("Gull Lamp", "Tern Lamp")
        )
        return page("Products", f"<div>{told}</div>")

    assert products(products=blocks("product-content")) == ["Gull Lamp", "Tern Lamp"]
    assert products(products=blocks("content")) == []


def test_a_class_may_call_the_name_of_a_card_a_header() -> None:
    def blocks(name: str) -> str:
        told = "".join(
            f"<div class='tile'><img src='{lamp}.jpg'><div class='{name}'>{lamp}</div>"
            "<p>It burns for many hours.</p></div>"
            for lamp in ("Gull", "Tern", "Skua")
        )
        return page("Products", f"<div>{told}</div>")

    assert products(products=blocks("tile-header")) == ["Gull", "Tern", "Skua"]
    assert products(products=blocks("tile-mark")) == []
