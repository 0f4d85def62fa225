"""Each role is prepared for by its family or its group of occupations."""

from __future__ import annotations

import pytest

from worker.companies.generic_advice import checklist, generic_questions
from worker.companies.occupations import names_a_person, occupation_group, role_family


@pytest.mark.parametrize(
    ("role", "family"),
    [
        ("Mechanical Engineer", "any role"), ("Civil Engineer", "any role"),
        ("Security Guard", "any role"), ("Sound Engineer", "any role"),
        ("Sales Engineer", "any role"), ("Web Editor", "any role"), ("Mobile Nurse", "any role"),
        ("Cloud Kitchen Manager", "any role"), ("Property Developer", "any role"),
        ("Business Developer", "any role"), ("Interior Designer", "any role"),
        ("Fashion Designer", "any role"), ("Software Engineer", "software engineer"),
        ("Security Engineer", "software engineer"),
        ("Engineer, Payments API", "software engineer"), ("Produktmanager", "product manager"),
        ("Datenanalyst", "data"), ("Softwareentwickler (m/w/d)", "software engineer"),
        ("Développeuse web", "software engineer"), ("Programista Java", "software engineer"),
        ("Програміст", "software engineer"), ("Analista de datos", "data"),
        ("Chef de produit", "product manager"), ("Diseñadora gráfica", "designer"),
        ("Real Estate Developer", "any role"), ("Process Engineer", "any role"),
        ("Garden Designer", "any role"), ("Sous Chef", "any role"),
        ("Разработчик C++", "software engineer"), ("Business Intelligence Analyst", "data"),
        ("Marketing Developer", "any role"), ("Frontend Dev", "software engineer"),
        ("Photographic Developer", "any role"), ("Venue Programmer", "any role"),
    ],
)  # fmt: skip
def test_only_roles_in_software_product_design_and_data_have_their_family(
    role: str, family: str
) -> None:
    assert role_family(role) == family


@pytest.mark.parametrize(
    ("role", "group"),
    [
        ("Registered Nurse", "health"), ("Krankenpfleger", "health"), ("Infirmière", "health"),
        ("Primary School Teacher", "teaching"), ("Nauczyciel", "teaching"),
        ("Lkw-Fahrer", "transport"), ("Magazijnmedewerker", "transport"),
        ("Security Guard", "service"), ("Camarero", "service"), ("Elektriker", "trade"),
        ("Plumber", "trade"), ("Verkäuferin", "sales"), ("Avocat", "law and culture"),
        ("Civil Engineer", "engineer"), ("Buchhalter", "business"), ("Secretaria", "office"),
        ("Бухгалтер", "business"), ("Muhasebe Uzmanı", "business"), ("Store Director", "manager"),
        ("Podiatrist", "health"), ("Nursing Lecturer", "teaching"), ("Shoe Repairer", "trade"),
        ("Mineralogist", "engineer"), ("Park Guide", "service"),
        ("Insurance Broker", "business"), ("Bank Teller", "office"), ("Used Car Dealer", "sales"),
        ("Press Operator", "transport"), ("Engineering Technician", "engineer"),
        ("Rechtsanwältin", "law and culture"), ("Kassierer", "sales"),
        ("Bauingenieur", "engineer"), ("Maschinenbauingenieurin", "engineer"),
        ("Fisioterapeuta", "health"), ("Elektroinstallateur", "trade"),
        ("Adwokat", "law and culture"),
        ("Syndikusrechtsanwalt", "law and culture"), ("Lastbilschaufför", "transport"),
        ("Hotel Receptionist", "office"), ("看護師", "health"), ("トラック運転手", "transport"),
        ("护士", "health"), ("변호사", "law and culture"),
        ("Zxcvb", None),
    ],
)  # fmt: skip
def test_other_roles_have_a_group(role: str, group: str | None) -> None:
    assert occupation_group(role) == group


@pytest.mark.parametrize(
    "role", ["Nurse", "Security Guard", "Civil Engineer", "Web Editor", "Zxcvb", None]
)
def test_nobody_outside_software_is_told_to_code(role: str | None) -> None:
    items = [item.item for item in checklist(role)]
    assert len(set(items)) == 10
    assert not any(word in " ".join(items) for word in ("coding", "SQL", "architecture", "editor"))
    assert len({question.text for question in generic_questions(role)}) == 6


@pytest.mark.parametrize(
    "title", ["Nurse", "Chauffeur PL", "Менеджер по продажам", "Backend Engineer"]
)
def test_a_title_names_a_person(title: str) -> None:
    assert names_a_person(title)


@pytest.mark.parametrize(
    "title", ["Marketing", "Sales and Finance", "Engineering", "Vertrieb und Logistik", "Join us!"]
)
def test_a_department_names_nobody(title: str) -> None:
    assert not names_a_person(title)
