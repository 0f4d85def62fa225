"""By which names a site calls its company, and which words of a title are no name."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import site
from worker.companies.entailment import speaks_of_itself
from worker.companies.names import own_names


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Home", "<h1>Home</h1><a href='/'>Home</a>"),
        ("Startseite", "<h1>Startseite</h1>"),
        ("Accueil | Nos produits", "<h1>Accueil</h1>"),
        ("Pricing Plans", "<h1>Pricing Plans</h1>"),
        ("Shopify Partner | Boat hire", "<p>We are a partner.</p>"),
        ("Harbour Union buys Pierline", "<h1>News</h1>"),
        ("Willkommen", "<h1>Willkommen</h1><p>Copyright 2024 Willkommen</p>"),
    ],
)
def test_words_of_a_title_that_nothing_confirms_are_no_name(title: str, rest: str) -> None:
    assert own_names(site(home=f"<title>{title}</title>{rest}")) == ("quayside",)


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Kai Neun", "<h1>Kai Neun</h1>"),
        ("Home | Kai Neun", "<footer><p>\u00a9 2019-2024 Kai Neun Ltd.</p></footer>"),
        ("Kai Neun - Boote und Segel", "<a href='/'><img alt='Kai Neun Logo' src='x.png'></a>"),
        ("Start: Kai Neun", "<a href='/index.html'>Kai Neun</a>"),
        ("Boats for Shopify: Kai Neun", "<p>Copyright Kai Neun</p>"),
    ],
)
def test_a_part_of_a_title_that_the_page_signs_with_is_a_name(title: str, rest: str) -> None:
    assert own_names(site(home=f"<title>{title}</title>{rest}")) == ("Kai Neun", "quayside")


def test_a_part_that_titles_of_other_pages_repeat_is_a_name() -> None:
    pages = {"home": "<title>Boats | Kai Neun</title>", "team": "<title>Team | Kai Neun</title>"}
    assert own_names(site(**pages)) == ("Kai Neun", "quayside")
    both = {name: html.replace("Kai Neun", "Kai Neun | Soft Water") for name, html in pages.items()}
    assert own_names(site(**both)) == ("quayside",), "two parts are repeated, and one is a slogan"


@pytest.mark.parametrize("title", ["Quayside Tools", "The Quayside", "Quayside, boats for hire"])
def test_a_part_that_fits_the_host_is_a_name(title: str) -> None:
    names = own_names(site(home=f"<title>{title}</title>"))
    assert names == (title.partition(",")[0], "quayside")


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Boats | Quayside", "<h1>Boats</h1><p>We lend boats to schools in eleven towns.</p>"),
        ("Boote | Quayside", "<h1>Boote</h1><p>Wir verleihen Boote an Schulen.</p>"),
        ("Sails | Quayside", "<footer>\u00a9 2026 Quayside Sails GmbH</footer>"),
        ("Side - Quayside", "<p>Boats for schools.</p>"),
        ("Quay | Quayside", "<p>The boats lie at the quay.</p>"),
        ("Port | Quayside", "<a href='/'>Porto and more</a>"),
    ],
)
def test_a_general_word_is_no_name_beside_the_real_one(title: str, rest: str) -> None:
    assert set(own_names(site(home=f"<title>{title}</title>{rest}"))) == {"Quayside", "quayside"}


def test_a_host_that_is_an_ordinary_word_of_the_pages_is_no_name() -> None:
    lends = "<p>Each boat lies at the quayside in winter.</p>"
    assert own_names(site(home=f"<title>Boats for schools</title>{lends}")) == ()
    assert own_names(site(home=f"<title>Quayside</title>{lends}")) == ()
    data = '{"@context":"https://schema.org","@type":"Organization","name":"Quayside"}'
    stated = f"<title>Q</title><script type='application/ld+json'>{data}</script>{lends}"
    assert own_names(site(home=stated)) == ("Quayside", "quayside")
    written = "<p>Write to ahoy@quayside.example, or to our page quayside.example/boats.</p>"
    assert own_names(site(home=f"<title>Boats</title>{written}")) == ("quayside",)


@pytest.mark.parametrize("name", ["Home", "Startseite", "Website"])
def test_a_word_of_menus_in_data_is_no_name(name: str) -> None:
    data = f'{{"@context":"https://schema.org","@type":"Organization","name":"{name}"}}'
    home = f"<title>Q</title><script type='application/ld+json'>{data}</script><p>Hello.</p>"
    assert own_names(site(home=home)) == ("quayside",)


@pytest.mark.parametrize(
    "signature",
    [
        "Kai Neun \u00a9 2026",
        "2026 Kai Neun GmbH \u00a9",
        "Kai Neun \u00a9 All rights reserved",
        "Kai Neun \u00a9 2026 Alle Rechte vorbehalten",
        "Kai Neun, Copyright 2020-2026",
    ],
)
def test_a_name_is_signed_on_either_side_of_the_sign(signature: str) -> None:
    home = f"<title>Home | Kai Neun</title><footer><p>{signature}</p></footer>"
    assert own_names(site(home=home)) == ("Kai Neun", "quayside")


@pytest.mark.parametrize(
    "signature", ["Boats for schools \u00a9 2026", "Boats now \u00a9 Kai Neun"]
)
def test_a_slogan_before_the_sign_signs_nothing(signature: str) -> None:
    home = f"<title>Home | Boats</title><footer><p>{signature}</p></footer>"
    assert own_names(site(home=home)) == ("quayside",)


LENDS = "<p>Each boat lies at the quayside in winter.</p>"


def test_an_ordinary_word_that_the_site_signs_with_is_its_name_with_its_capital() -> None:
    signed = "<footer><p>\u00a9 2026 Quayside Ltd</p></footer>"
    names = own_names(site(home=f"<title>Quayside</title>{LENDS}{signed}"))
    assert names == ("Quayside",)
    assert speaks_of_itself("Boats for schools come from Quayside.", names)
    assert speaks_of_itself("QUAYSIDE lends boats.", names)
    assert not speaks_of_itself("Each boat lies at the quayside.", names)


def test_an_ordinary_word_that_mostly_has_its_capital_is_a_name() -> None:
    told = "<p>At work in Quayside we mend boats. The boats of Quayside are blue.</p>"
    home = f"<title>Quayside</title>{LENDS}{told}"
    assert own_names(site(home=home)) == ("Quayside",)
    assert own_names(site(home=f"<title>Quayside</title>{LENDS}")) == ()


@pytest.mark.parametrize(
    "title",
    ["Quayside | used quayside", "quayside hire", "Gear | quayside gear", "Quayside boats, cheap"],
)
def test_words_around_a_host_that_is_an_ordinary_word_are_no_name(title: str) -> None:
    assert own_names(site(home=f"<title>{title}</title>{LENDS}")) == ()


def test_a_name_in_small_letters_counts_if_it_is_the_host_or_signed() -> None:
    assert own_names(site(home="<title>quayside</title><p>We mend boats.</p>")) == ("quayside",)
    signed = "<title>kai neun | boats</title><footer>\u00a9 2026 kai neun</footer>"
    assert own_names(site(home=signed)) == ("kai neun", "quayside")
    assert own_names(site(home="<title>used quayside boats</title>")) == ("quayside",)
