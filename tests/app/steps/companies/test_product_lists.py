"""Products on cards and below headings, and lists of the same form that show none."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.test_own_words import products


def cards(*names: str, picture: str = "<img src='{0}.jpg'>", text: str = "It floats.") -> str:
    told = "".join(
        f"<div class='card'>{picture.format(number)}<h3>{name}</h3><p>{text}</p></div>"
        for number, name in enumerate(names)
    )
    return f"<div class='grid'>{told}</div>"


def page(title: str, body: str) -> str:
    return f"<title>{title}</title><main><h1>{title}</h1>{body}</main>"


def test_cards_with_pictures_on_a_page_about_products() -> None:
    lamps = cards("Gull", "Tern", "Skua")
    assert products(products=page("Products", f"<section>{lamps}</section>")) == [
        "Gull", "Tern", "Skua",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Our services", ("Repair", "Rental", "Storage")),
        ("Notre \u00e9quipe", ("Ana Lima", "Bo Ek", "Cy Ray")),
        ("Unsere Werte", ("Ruhe", "Sorgfalt", "Mut")),
        ("Our customers", ("Harbour Union", "Pierline", "Gull Ferries")),
    ],
)
def test_cards_in_a_section_about_something_else_show_no_products(
    title: str, names: tuple[str, ...]
) -> None:
    body = f"<section><h2>{title}</h2>{cards(*names)}</section>"
    assert products(products=page("Products", body)) == []


@pytest.mark.parametrize(
    "names", [("Natural Source", "Fine Filters", "Certified"), ("Order", "Pay", "Receive")]
)
def test_cards_with_nothing_but_words_show_no_products(names: tuple[str, ...]) -> None:
    for picture in ("", "<i class='icon'></i>", "<svg></svg>", "<img src='icon.svg'>"):
        body = cards(*names, picture=picture)
        assert products(products=page("Products", body), home=page("Q", body)) == []


def test_cards_that_the_text_lists_are_products_without_pictures() -> None:
    listed = "<p>We stock dryers: Trockner, Filter, Minderer and more.</p>"
    body = listed + cards("Trockner", "Filter", "Minderer", picture="")
    assert products(produkte=page("Unsere Produkte", body)) == ["Trockner", "Filter", "Minderer"]


def test_a_front_page_shows_products_where_its_section_says_so() -> None:
    lamps = cards("Gull", "Tern", "Skua")
    for head in ("<h2>Our products</h2>", "<h2>Nos produits</h2>", "<p>Hi</p><h2>Naše značky</h2>"):
        assert products(home=page("Q", f"<section>{head}{lamps}</section>")) == [
            "Gull", "Tern", "Skua",
        ]  # fmt: skip
    assert products(home=page("Q", f"<section><h2>Why we float</h2>{lamps}</section>")) == []


@pytest.mark.parametrize(
    ("title", "name"), [("Naše značky", "znacky"), ("Brands", "brands"), ("Marken", "marken")]
)
def test_headings_on_a_page_about_brands_are_products(title: str, name: str) -> None:
    body = "".join(
        f"<article><h3>{brand}</h3><p>Lamps and buoys for small ports.</p></article>"
        for brand in ("Gullo", "Terna")
    )
    assert products(**{name: page(title, body)}) == ["Gullo", "Terna"]
    assert products(about=page("About us", body)) == []


def test_questions_and_steps_below_a_heading_about_products_are_none() -> None:
    body = (
        "<h2>Products for everybody</h2><div><h4>What is a buoy?</h4><p>It floats on water.</p>"
        "</div><div><h4>How to choose the right one</h4><a href='/contact'>Ask</a></div>"
        "<div><h4>Safety and care</h4><a href='/services'>More</a></div>"
    )
    assert products(products=page("Buoys", body)) == []


def test_cards_that_lead_to_the_usual_pages_are_a_menu() -> None:
    body = f"<section>{cards('Noch mehr', 'Aktuelles', 'Partyservice', 'Über uns')}</section>"
    assert products(produkte=page("Unsere Produkte", body)) == []
    called = "<div><h3>Noch mehr entdecken</h3><a href='/noch-mehr-entdecken'>Los</a></div>"
    assert products(produkte=page("Unsere Produkte", called)) == []


def test_signs_around_a_name_are_no_part_of_it() -> None:
    lamps = cards(
        "\U0001f4a1 Gull Lamp #", "\U0001f3a7 Tern Lamp \u00b6", "\U0001f4e6 How to order"
    )
    assert products(products=page("Products", lamps)) == ["Gull Lamp", "Tern Lamp"]


def test_steps_and_services_with_a_price_on_a_front_page_are_no_products() -> None:
    priced = "".join(
        f"<div><h3>{name}</h3><p>Small runs.</p><b>{price} €</b></div>"
        for name, price in (("Schritt 2 Muster", 90), ("Sampling", 120), ("Cutting", 60))
    )
    assert products(home=page("Q", priced)) == []
    pictured = priced.replace("<div>", "<div><img src='a.jpg'>")
    assert sorted(products(home=page("Q", pictured))) == ["Cutting", "Sampling"]


@pytest.mark.parametrize(
    "names",
    [
        ("View Master", "Buy Back Box", "Contact Lens 2"),
        ("Find X3", "Explore 40", "Order Desk"),
        ("STEP 7", "Hoe Master", "Come Home"),
        ("Phase 4", "Entdecker Set", "Discover Weekly"),
        ("Order Management", "Contact Management", "Comment Moderation"),
        ("Order Support", "Contact Software", "Shop Software"),
        ("View Engine", "Shop Analytics", "Comment Guard"),
    ],
)
def test_a_name_may_begin_like_a_call_a_question_or_a_step(names: tuple[str, ...]) -> None:
    assert products(products=page("Products", cards(*names))) == list(names)


@pytest.mark.parametrize(
    "names",
    [
        ("Shop our boats", "View Products", "Contact Us"),
        ("Discover More", "Explore the quay", "Learn How"),
        ("Step 1", "Step 2", "Step 3"),
        ("Phase 1 Plan", "Phase 2 Build", "Phase 3 Sail"),
        ("Order Details", "View All", "Contact Support"),
        ("Shop Now", "Order online", "Contact the team"),
        ("Comment \u00e7a marche", "Comment acheter", "View Pricing Plans"),
        ("D\u00e9couvrez Gull", "Come funziona", "Noch mehr entdecken"),
    ],
)
def test_calls_questions_and_steps_on_cards_are_no_products(names: tuple[str, ...]) -> None:
    assert products(products=page("Products", cards(*names))) == []


def test_a_link_below_the_products_may_have_any_name() -> None:
    home = (
        "<title>Q</title><a href='/products/step-2'>Step 2</a><a href='/products/see-me'>See Me</a>"
    )
    assert products(home=home) == ["Step 2", "See Me"]


RANGE = cards("Gull Lamp", "Tern Lamp", picture="<img alt=''>", text="A quiet light for piers.")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("range", "Our range"),
        ("sortiment", "Unser Sortiment"),
        ("gamme", "Notre gamme"),
        ("catalogo", "Nuestro catálogo"),
        ("oferta", "Nasze marki"),
        ("assortiment", "Ons assortiment"),
        ("linee", "Le nostre linee"),
        ("valikoima", "Valikoimamme"),
        ("assortiment_ru", "Наш ассортимент"),
    ],
)
def test_two_cards_right_below_a_heading_about_the_range_are_products(
    path: str, title: str
) -> None:
    assert products(**{path: page(title, RANGE)}) == ["Gull Lamp", "Tern Lamp"]


@pytest.mark.parametrize(
    "body",
    [
        f"<section><h2>Why choose us</h2>{RANGE}</section>",
        f"<section><h2>Our partners</h2>{RANGE}</section>",
        RANGE.replace("<p>A quiet light for piers.</p>", ""),
        RANGE.replace("<img alt=''>", ""),
        RANGE.replace("<img alt=''>", "<img data-src='icon.svg'>"),
    ],
)
def test_two_cards_with_less_evidence_are_no_products(body: str) -> None:
    assert products(range=page("Our range", body)) == []


@pytest.mark.parametrize("title", ["A wide range of services", "Our offer", "Unser Angebot"])
def test_cards_on_a_page_about_an_offer_of_services_are_no_products(title: str) -> None:
    assert products(services=page(title, RANGE)) == []


@pytest.mark.parametrize(
    "head", ["Range", "Our range", "Unser Sortiment", "Notre gamme", "ラインナップ"]
)
def test_features_below_a_heading_about_a_range_on_a_front_page_are_no_products(head: str) -> None:
    features = cards("Electric range", "Up to 500 km", "Fast charging")
    assert products(home=page("Q", f"<section><h2>{head}</h2>{features}</section>")) == []
    named = cards("Gull", "Tern", "Skua")
    told = f"<p>See the Gull, the Tern and the Skua.</p><section><h2>{head}</h2>{named}</section>"
    assert products(home=page("Q", told)) == ["Gull", "Tern", "Skua"]
    priced = cards("Gull", "Tern", "Skua", text="A lamp for € 40.")
    sold = f"<section><h2>{head}</h2>{priced}</section>"
    assert sorted(products(home=page("Q", sold))) == ["Gull", "Skua", "Tern"]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Product news", ("New office in Leeds", "We won an award", "Ten years")),
        ("Noticias de productos", ("Abrimos en Vigo", "Un premio", "Diez")),
        ("Produkt-Neuigkeiten", ("Neues Büro in Kiel", "Ein Preis", "Zehn Jahre")),
    ],
)
def test_news_about_products_are_no_products(title: str, names: tuple[str, ...]) -> None:
    body = f"<section><h2>{title}</h2>{cards(*names)}</section>"
    assert products(home=page("Q", body)) == []
    assert products(products=page("Products", body)) == []


@pytest.mark.parametrize(
    "names",
    [
        ("Kontaktieren Sie uns", "Beratung buchen", "Termin vereinbaren"),
        ("Contactez-nous", "Demandez un devis", "Contáctenos"),
        ("Book a demo", "Get in touch", "Request a quote"),
        ("もっと見る", "お問い合わせ", "更多"),
        ("Kontakta oss", "Contattaci", "Neem contact op"),
    ],
)
def test_calls_to_get_in_touch_are_no_products(names: tuple[str, ...]) -> None:
    body = f"<section><h2>Unsere Produkte</h2>{cards(*names)}</section>"
    assert products(home=page("Q", body)) == []
