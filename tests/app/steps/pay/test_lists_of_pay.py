"""A table or a list states pay once, in its head; its labels say for whom or where it is paid."""

from __future__ import annotations

import pytest

from worker.pages.salary import find_salary

PLACES = [
    "Salary ranges\nAustin: $120,000 – $150,000\nNew York: $140,000 - $180,000",
    "The base pay for this role is:\n- Ohio: $60,000 - $75,000\n- Maine: $55,000 - $70,000",
    "Austin: $120,000 – $150,000\nNew York: $140,000 - $180,000",
    "Gehalt\nBerlin: 60.000 € – 70.000 €\nMünchen: 70.000 € – 80.000 €",
    "Rémunération :\nLyon : 32 000 € - 38 000 €\nParis : 38 000 € - 45 000 €",
    "Zürich: CHF 110'000 – 130'000\nBern: CHF 100'000 – 120'000",
    "Wynagrodzenie\nWarszawa: 12 000 – 15 000 PLN\nKraków: 11 000 – 14 000 PLN",
    "Löner\nMalmö: 32 000 kr – 36 000 kr\nKiruna: 34 000 kr – 39 000 kr",
    "| Role | Pay |\n| --- | --- |\n| Cook | $18.00 per hour |\n| Server | $15.00 per hour |",
    "| Poste | Salaire |\n| --- | --- |\n| Serveur | 1 900 € |\n| Chef de rang | 2 200 € |",
    "Stelle | Gehalt\nKoch | 2.800 €\nKellner | 2.400 €",
    "| Puesto | Horario | Sueldo |\n|---|---|---|\n| Mozo | Noche | 1.400 € |\n"
    "| Jefe | Día | 2.100 € |",
]


@pytest.mark.parametrize("text", PLACES)
def test_each_amount_of_a_list_is_told_and_none_is_chosen(text: str) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.text.count(";") == 1
    assert (found.minimum, found.maximum) == (None, None)


@pytest.mark.parametrize(
    ("number", "own", "pay"),
    [
        (0, "Austin, TX", (120000, 150000)),
        (1, "Maine", (55000, 70000)),
        (3, "München", (70000, 80000)),
        (4, "Lyon", (32000, 38000)),
        (6, "Kraków", (11000, 14000)),
        (8, "Server", (15, 15)),
        (9, "Chef de rang", (2200, 2200)),
        (10, "Koch (m/w/d)", (2800, 2800)),
    ],
)
def test_the_amount_beside_the_postings_own_title_or_place_is_its_pay(
    number: int, own: str, pay: tuple[float, float]
) -> None:
    found = find_salary(PLACES[number], [own])
    assert found is not None
    assert (found.minimum, found.maximum) == pay


def test_the_pay_of_several_own_places_is_told_in_words_only() -> None:
    found = find_salary(PLACES[0], ["Austin; New York"])
    assert found is not None
    assert found.minimum is None


@pytest.mark.parametrize(
    "text",
    [
        "Budget per team\nAustin: $120,000 – $150,000\nNew York: $140,000 - $180,000",
        "| Plan | Price |\n| --- | --- |\n| Small | $20,000 |\n| Large | $90,000 |",
        "Umsatz\nBerlin: 60.000 € – 70.000 €\nMünchen: 70.000 € – 80.000 €",
        "Deal size: $120,000 – $150,000",
        "Projektvolumen: 50.000 € – 80.000 €",
        "Benefits and pay\nLunch: $10\nGym: $40",
    ],
)
def test_lists_of_other_money_are_no_pay(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "You will work in Austin.\n\nAustin: $120,000 – $150,000",
        "Location: Leeds, UK\n\nLeeds: £32,000 – £38,000",
        "Arbeitsort ist bei uns in Köln.\n\nKöln: 52.000 € – 60.000 €",
    ],
)
def test_one_range_beside_a_place_that_the_text_names_is_pay(text: str) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.minimum is not None


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("時給1,200円 8時間勤務", (1200, 1200, "hour")),
        ("日給12,000円 8時間", (12000, 12000, "day")),
        ("月収25万円 20日勤務", (250000, 250000, "month")),
        ("時給1,200円 9時〜17時", (1200, 1200, "hour")),
        ("時給：1,200円～ 9:00～18:00", (1200, None, "hour")),
        ("时薪25元 每天8小时", (25, 25, "hour")),
        ("月薪8000元 每周5天", (8000, 8000, "month")),
        ("시급 12,000원 8시간", (12000, 12000, "hour")),
        ("ค่าจ้าง 400 บาทต่อวัน 8 ชั่วโมง", (400, 400, "day")),
        ("Stundenlohn 15 € 8 Stunden", (15, 15, "hour")),
        ("Зарплата 50 000 руб 8 часов", (50000, 50000, None)),
        ("Lön 150 kr 8 timmar", (150, 150, None)),
        ("Plat 180 Kč 8 hodin", (180, 180, None)),
    ],
)
def test_a_mark_behind_one_number_is_not_that_of_the_next(
    text: str, pay: tuple[float, float | None, str | None]
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum, found.interval) == pay


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Compensation: $22/hr. Pay: $20.00 - $22.00 per hour", (20, 22)),
        ("Starting wage $14.00/hr. Job type: full. Pay: $14.00 per hour", (14, 14)),
        ("Salary: $23 \\u2013 $25 per hour. Salary: $23 – $25 per hour", (23, 25)),
        ("Compensation: $120,000 - $145,000. Pay: $120.00 - $140.00 per year", (120000, 145000)),
        ("Gehalt: 3.000 € - 3.400 € im Monat. Gehalt ab Start 3.000 €", (3000, 3400)),
        ("Minimum starting salary is $95,000", (95000, None)),
        ("The minimum salary for this role is £31,000", (31000, None)),
        ("Das Mindestgehalt beträgt 2.900 €", (2900, None)),
        ("Pay: $38/hr MAX", (None, 38)),
        ("Salary: £30,000 maximum", (None, 30000)),
        ("Salary range: $65k - $75k Benefits include flexible hours", (65000, 75000)),
        ("Salary: £30,000 - £35,000 Benefits include a pension", (30000, 35000)),
        ("Gehalt: 40.000 € - 45.000 € Vorteile sind Jobrad und Kantine", (40000, 45000)),
    ],
)
def test_statements_of_the_same_pay_are_read_as_one(
    text: str, pay: tuple[float | None, float | None]
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == pay


@pytest.mark.parametrize(
    "text",
    [
        "Benefits Plan. The City pays up to $1,670 per month which can be applied towards medical.",
        "Everyone gets $900 per month that goes to childcare.",
        "Jeder erhält 600 € pro Monat für Altersvorsorge.",
        "We add $1,000 per month to be spent on housing.",
    ],
)
def test_money_whose_use_is_told_behind_it_is_no_pay(text: str) -> None:
    assert find_salary(text) is None
