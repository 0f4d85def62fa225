"""A number is read in every grouping, or not at all: never wrong by an order of magnitude."""

from __future__ import annotations

from decimal import Decimal

import pytest

from worker.pages.numbers import NUMBER, plain_signs, read_number
from worker.pages.periods import Interval
from worker.pages.salary import find_salary, parse_salary


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234'567", "1234567"),
        ("1\u2019234\u2019567.50", "1234567.50"),
        ("12,00,000", "1200000"),
        ("1,50,00,000", "15000000"),
        ("\uff11\uff12\uff0c\uff10\uff10\uff10", "12000"),
        ("١٢٬٣٤٥", "12345"),
        ("۱۲۳۴۵", "12345"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        ("15.000", "15000"),
        ("45000.00", "45000.00"),
        ("70,0000", None),
        ("1,2345", None),
        ("12,34,567.891", None),
        ("1.23.456", None),
        ("0.500", None),
        ("1" * 30, None),
    ],
)
def test_a_number_is_read_in_every_grouping(written: str, value: str | None) -> None:
    plain = plain_signs(written)
    match = NUMBER.match(plain)
    assert match is not None
    assert match[0] == plain
    assert read_number(plain) == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A shortened lower bound
        ("Salary starting at CAD $57-61,000 per year", (57000, 61000, "CAD", "year")),
        ("Salary: $154-190,000 DOE", (154000, 190000, None, None)),
        ("Gehalt: 45-55.000 € im Jahr", (45000, 55000, "EUR", "year")),
        ("Salaire : 30 - 35 000 € par an", (30000, 35000, "EUR", "year")),
        ("a salary of 90-120k EUR", (90000, 120000, "EUR", None)),
        ("Salary: $90k-120", (90000, 120000, None, None)),
        ("Salary: £800 - 1.2k a week", (800, 1200, "GBP", "week")),
        # A slip of the keyboard
        ("The annual salary range is $70,0000 to $125,000 USD.", (None, None, "USD", "year")),
        ("Annual salary: $100,00", (None, None, None, None)),
        ("Salary: $1,20,00 a year", (None, None, None, "year")),
        ("Gehalt: 45.0000 € im Jahr", (None, None, "EUR", "year")),
        # A magnitude that is left out, or in a word that is not known
        ("Salary: $70 a year", (None, None, None, "year")),
        ("Pay: $70 - $90", (None, None, None, None)),
        ("Salary: VND 12 gazillion a month", (None, None, "VND", None)),
        ("Salary 1.250k EUR", (None, None, "EUR", None)),
        ("Salary: $30,000 - $3,000,000", (None, None, None, None)),
        ("薪水 6K-10KUSD", (6000, 10000, "USD", None)),
        ("薪水 base40-70K/月", (None, None, None, "month")),
        # What needs no period to be clear
        ("Pay: $18 - $22", (18, 22, None, None)),
        ("Pay: $70.50", (70.5, 70.5, None, None)),
        # Signs of Markdown, and joiners that no reader sees
        ("Base salary: $138,400\\-$173,000", (138400, 173000, None, None)),
        ("Salary: $100,220\\.00 \\- $197,758\\.00", (100220, 197758, None, None)),
        ("Salary: **$60,000** - **$70,000**", (60000, 70000, None, None)),
        ("Plat 50 000 \u200d\u2013\u200d 80 000 Kč", (50000, 80000, "CZK", None)),
        # An open end
        ("Lương: trên 11 triệu VND", (11000000, None, "VND", None)),
        ("Pay will be over $200,000", (200000, None, None, None)),
        ("Salary begins at $138,000 and up to $190,000", (138000, 190000, None, None)),
        ("Salary: $100,000 CAD+ per year", (100000, None, "CAD", "year")),
        ("We offer £90k+ salary", (90000, None, "GBP", None)),
        ("Salary: $120k+ equity", (120000, 120000, None, None)),
    ],
)
def test_no_number_is_wrong_by_an_order_of_magnitude(
    text: str, expected: tuple[object, ...]
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum, found.currency, found.interval) == expected


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        (
            "The anticipated annual base salary for this position is $155,000 - $180,000.",
            "year",
        ),
        ("Base pay (annual): $95,000-$110,000", "year"),
        ("Salary (per annum): £28,000-£31,000", "year"),
        ("Yearly compensation is between $90,000 and $95,000", "year"),
        ("The salary for a sales manager is $80,000 per year.", "year"),
        ("Hourly rate: 45 EUR", "hour"),
        ("Day rate: £450-£500", "day"),
        ("Monthly salary of €3,000", "month"),
        ("The salary is $155,000 - $180,000 USD gross annually", "year"),
        ("The salary is £45,000 pro rata per annum", "year"),
        ("Salary: $120K/yr - $150K/yr", "year"),
        ("Salary: 8 000-13 000 zł netto (+ VAT) / mies.", "month"),
        ("Salary: $3K - $4.5K / monthly", "month"),
        ("Annual salary: $120,000 paid monthly", "year"),
        ("Pay range: Joiner: $60,000 - $65,000/per year", "year"),
        ("Tuntipalkkasi asettuu 16-20 euron välille", "hour"),
        ("TJM 400 - 450 €", "day"),
        ("Base salary: $60,000 - $65,000 with annual reviews", None),
        ("Base salary: $60,000, adjusted annually", None),
        ("Salary: $50,000. You get an annual review.", None),
        ("Salary: £30,000 for 37.5 hours per week", None),
        ("Salary of $120,000, paid monthly", None),
        ("Annual leave and a salary of $15 - $20 for nice people", None),
    ],
)
def test_the_period_is_found_where_it_is_stated(text: str, interval: str | None) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.interval == interval


def test_what_one_statement_leaves_open_another_adds() -> None:
    found = find_salary(
        "Salary: 30k - 50k.\n\nSalary: 30k - 50k EUR.\n\n30,000 - 50,000 EUR a year"
    )
    assert found is not None
    assert (found.text, found.currency, found.interval) == ("30k - 50k", "EUR", "year")


@pytest.mark.parametrize(
    ("text", "currency", "unit", "expected"),
    [
        ("7-20 triệu", "VND", "month", (7e6, 2e7)),
        ("12 - 15", "INR", "year", (None, None)),
        ("15-20 万", "CNY", "year", (150000, 200000)),
        ("3,5 mil", "BRL", "month", (3500, 3500)),
        ("80 тыс.", "RUB", "month", (80000, 80000)),
        ("25 - 30", "USD", "hour", (25, 30)),
        ("50,000 - 60,000 plus a 5,000 bonus", "GBP", "year", (50000, 60000)),
    ],
)
def test_a_text_of_data_is_read_with_what_the_data_says_beside_it(
    text: str, currency: str, unit: Interval, expected: tuple[object, ...]
) -> None:
    found = parse_salary(text, currency=currency, unit=unit)
    assert found is not None
    assert (found.minimum, found.maximum) == expected
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Level 3 - $25.50 per hour", (25.5, 25.5)),
        ("Entgeltgruppe 9 - € 3.200 pro Monat", (3200, 3200)),
        ("Band 5: £28,407 - £34,581", (28407, 34581)),
        ("Grade 7: £38,205 to £44,263 per annum", (38205, 44263)),
        ("Stufe 13: 15,50 € pro Stunde", (15.5, 15.5)),
        ("40 hours, £12.50 per hour", (12.5, 12.5)),
        ("£12.50 per hour, 37 - 40 hours per week", (12.5, 12.5)),
        ("15,50 € pro Stunde, 38,5 Stunden", (15.5, 15.5)),
        ("15,50 € de l'heure, 35 heures", (15.5, 15.5)),
        ("€ 22,50 per uur, 36 uur", (22.5, 22.5)),
        ("190 Kč na hodinu, 40 hodin týdně", (190, 190)),
        ("$18 - $20 Experience: 2 years", (18, 20)),
        ("€ 2.500 per month from 2026", (2500, 2500)),
        ("20 - $25 per hour", (20, 25)),
        ("Nurse 3 - $25.50 per hour", (None, None)),
        ("£30,000 rising to 35,000", (None, None)),
        ("$20 to start, 25 after a year", (None, None)),
    ],
)
def test_a_level_or_a_count_beside_pay_is_no_pay(
    text: str, pay: tuple[float | None, float | None]
) -> None:
    found = parse_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == pay
