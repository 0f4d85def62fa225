"""Which addresses and open roles a page shows."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import HOME
from worker.companies.places import addresses_in, open_roles
from worker.pages.page_index import PageIndex
from worker.pages.tree import soup_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("12 Rothschild Blvd, Tel Aviv 6688102", "12 Rothschild Blvd, Tel Aviv 6688102"),
        ("Kai 7, 6000 Phone Thong", "Kai 7, 6000 Phone Thong"),
        ("\u3012100-0005 1-2-3 Marunouchi, Tokyo", "\u3012100-0005 1-2-3 Marunouchi, Tokyo"),
        ("060-0001 1-2-3 Kita, Sapporo", "060-0001 1-2-3 Kita, Sapporo"),
        ("8FVC9G8F+6X Z\u00fcrich, Kai 5", "8FVC9G8F+6X Z\u00fcrich, Kai 5"),
        ("1 Quay, 4050 Porto Tel. +351 22 123 45 67", "1 Quay, 4050 Porto"),
        ("1 Quay, 4050 Porto, ahoy@quayside.example", "1 Quay, 4050 Porto"),
        ("E-Mail: ahoy@quayside.example Am Kai 1, 24103 Kiel", "Am Kai 1, 24103 Kiel"),
        ("Am Kai 1, 24103 Kiel, Telefon: 0431 / 12 34 56", "Am Kai 1, 24103 Kiel"),
        ("9 Pier Road, Boston MA 02110 617-555-0101", "9 Pier Road, Boston MA 02110"),
        (
            "Via Roma 12, 20121 Milano MI, Italia T +39 02 1234567",
            "Via Roma 12, 20121 Milano MI, Italia",
        ),
        ("Kai 5, 24103 Kiel M +49 431 123456 F +49 431 123457", "Kai 5, 24103 Kiel"),
        ("Kaja 1, 0150 Oslo Sentralbord: +47 22 12 34 56", "Kaja 1, 0150 Oslo"),
        (
            "\u5317\u4eac\u5e02 1 \u53f7 100022 \u7535\u8bdd\uff1a010-12345678",
            "\u5317\u4eac\u5e02 1 \u53f7 100022",
        ),
        (
            "1-2-3 Kita, 060-0001 Sapporo \uff34\uff25\uff2c\uff1a\uff10\uff11\uff11-222-3333",
            "1-2-3 Kita, 060-0001 Sapporo",
        ),
        ("Rua 5, 1200-123 Lisboa 210 123 456", "Rua 5, 1200-123 Lisboa"),
        ("Rua 5, 1200-123 Lisboa Tlf 210123456", "Rua 5, 1200-123 Lisboa"),
        ("Calle Mayor 1, 28013 Madrid 912 345 678", "Calle Mayor 1, 28013 Madrid"),
        ("1 Pier, Boston MA 02110-1234", "1 Pier, Boston MA 02110-1234"),
        ("Av. Paulista 9, S\u00e3o Paulo 01310-100", "Av. Paulista 9, S\u00e3o Paulo 01310-100"),
        ("Phone 0351 22 123 45 67, Porto", None),
        ("Call +351 22 123 45 67", None),
        ("Write to ahoy@quayside.example, 24 hours", None),
    ],
)
def test_an_address_is_read_without_the_telephone_beside_it(text: str, place: str | None) -> None:
    assert addresses_in(PageIndex(soup_of(f"<address>{text}</address>"))) == (
        [place] if place else []
    )


def roles(card: str, *names: str) -> list[str]:
    cards = "".join(card.format(name=name, path=name.lower().replace(" ", "-")) for name in names)
    page = f"<body><h1>Jobs</h1><div>{cards}</div></body>"
    return open_roles(PageIndex(soup_of(page)), f"{HOME}careers", "careers")


@pytest.mark.parametrize(
    "card",
    [
        "<div class=c><h3>{name}</h3><p>Ana mends.</p><a href='/stories/ana'>Read on</a></div>",
        "<div class=c><h3>{name}</h3><p>Ana mends boats.</p><a href='/{path}'>More</a></div>",
        "<a class=c href='/stories/{path}'><h3>{name}</h3><p>A day at the quay.</p></a>",
        "<div class=c><a href='/people/{path}'>{name}</a><p>Since 2009.</p></div>",
        "<div class=c><h3>{name}</h3><p>Ana mends boats.</p><a href='#'>Next</a></div>",
    ],
)
def test_a_card_about_an_employee_is_no_open_role(card: str) -> None:
    assert roles(card, "Nurse", "Boat Builder", "Accountant") == []


@pytest.mark.parametrize(
    "card",
    [
        "<div class=c><h3>{name}</h3><p>Porto</p><a href='/careers/{path}'>More</a></div>",
        "<div class=c><a href='https://board.example/{path}'>{name}</a><span>Porto</span></div>",
        "<div class=c><h3>{name}</h3><p>Full-time</p><a href='/{path}'>More</a></div>",
        "<a class=c href='/jobs/{path}'><h3>{name}</h3><p>Porto</p></a>",
    ],
)
def test_a_card_that_leads_to_its_posting_or_names_terms_is_an_open_role(card: str) -> None:
    names = ["Nurse", "Boat Builder", "Accountant"]
    assert sorted(roles(card, *names)) == sorted(names)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://careers-quay.icims.com/jobs/7/job", ["Harbour Pilot"]),
        ("https://quay.taleo.net/careersection/2/jobdetail.ftl", ["Harbour Pilot"]),
        ("https://quay.softgarden.io/job/7/Harbour-Pilot", ["Harbour Pilot"]),
        ("https://www.linkedin.com/company/quay", []),
    ],
)
def test_a_link_to_a_recruiting_system_is_an_open_role(address: str, found: list[str]) -> None:
    page = soup_of(f"<body><h1>Jobs</h1><a href='{address}'>Harbour Pilot</a></body>")
    assert open_roles(PageIndex(page), f"{HOME}careers", "careers") == found


@pytest.mark.parametrize(
    "told",
    [
        "Anna joined us full-time in 2019.",
        "Bob works remote since 2020.",
        "Bob works <b>remote</b> with us",
        "Anna arbeitet seit 2019 in Teilzeit bei uns.",
        "Ana trabaja en jornada reducida desde 2020.",
        "Remote since 2020",
        "\u7530\u4e2d\u306f\u6b63\u793e\u54e1\u306b\u306a\u308a\u307e\u3057\u305f\u3002",
        "Full-time. Position filled",
        "Full-time</p><p>This position has been filled",
        "Vollzeit</p><p>Diese Stelle ist bereits besetzt",
        "CDI</p><p>Poste déjà pourvu",
        "正社員</p><p>募集終了",
    ],
)
def test_a_story_or_a_filled_position_is_no_open_role(told: str) -> None:
    assert roles(f"<div class=c><h3>{{name}}</h3><p>{told}</p></div>", "Nurse", "Accountant") == []


@pytest.mark.parametrize(
    "told",
    [
        "Full-time",
        "Porto \u00b7 Full-time \u00b7 40 hours",
        "<b>Full-time</b>, Porto",
        "Kiel, Vollzeit oder Teilzeit",
        "Apply by 3 May",
        "Remote within Europe",
        "Contrat CDI",
        "\u6b63\u793e\u54e1",
    ],
)
def test_a_short_fact_about_the_work_makes_an_open_role(told: str) -> None:
    card = f"<div class=c><h3>{{name}}</h3><p>{told}</p></div>"
    assert sorted(roles(card, "Nurse", "Accountant")) == ["Accountant", "Nurse"]
