"""Pay in structured data is read with its currency and unit, and the posting's own words count."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.steps.pages import FILLER, with_posting
from worker.pages.draft import Draft, FieldName
from worker.pages.vocabulary import day
from worker.positions.extract import extract_structured
from worker.positions.result import finish


def pay(draft: Draft) -> tuple[object, ...]:
    names: tuple[FieldName, ...] = (
        "salary_min",
        "salary_max",
        "salary_currency",
        "salary_interval",
    )
    return tuple(draft.value(name) for name in names)


def money(currency: str | None = "USD", **value: object) -> dict[str, object]:
    return {
        "@type": "MonetaryAmount",
        "currency": currency,
        "value": {"@type": "QuantitativeValue", **value},
    }


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (
            money(
                "VND", unitText="MONTH", value="7-20 triệu", minValue="7 triệu", maxValue="20 triệu"
            ),
            (7e6, 2e7, "VND", "month"),
        ),
        (money("VND", unitText="MONTH", value="7-20 triệu"), (7e6, 2e7, "VND", "month")),
        (money("INR", unitText="YEAR", value="12-15 lakh"), (1.2e6, 1.5e6, "INR", "year")),
        (
            money("JPY", unitText="YEAR", minValue="500万", maxValue="700万"),
            (5e6, 7e6, "JPY", "year"),
        ),
        (money("RUB", unitText="MONTH", value="80-100 тыс."), (80000, 100000, "RUB", "month")),
        (money("VND", unitText="MONTH", value="7-20 bó lúa"), (None, None, "VND", "month")),
        (money("VND", unitText="MONTH", minValue=9000000), (9e6, None, "VND", "month")),
        (
            money("PHP", unitText="YEAR", minValue=230000, maxValue=300000),
            (2.3e5, 3e5, "PHP", "year"),
        ),
        (money("TRY", unitText="MONTH", value=45000), (45000, 45000, "TRY", "month")),
        (money("kes", unitText="MONTH", value=80000), (80000, 80000, "KES", "month")),
        (money("XXX", unitText="MONTH", value=80000), (80000, 80000, None, "month")),
        (money(unitCode="ANN", value=90000), (90000, 90000, "USD", "year")),
        (money(unitCode="MON", value=9000), (9000, 9000, "USD", "month")),
        (money(unitCode="WEE", value=900), (900, 900, "USD", "week")),
        (money(unitCode="DAY", value=400), (400, 400, "USD", "day")),
        (money(unitCode="HUR", value=40), (40, 40, "USD", "hour")),
        (money("EUR", unitText="Monat", value="3.200,50"), (3200.5, 3200.5, "EUR", "month")),
        (money("CHF", unitText="par an", value="85'000"), (85000, 85000, "CHF", "year")),
        (money("INR", unitText="P.A.", value="12,00,000"), (1.2e6, 1.2e6, "INR", "year")),
        (money("EUR", unitText="MONTH", value="4200.0000"), (4200, 4200, "EUR", "month")),
    ],
)
async def test_data_is_read_with_every_currency_and_unit(
    base: object, expected: tuple[object, ...]
) -> None:
    draft = await extract_structured(with_posting(baseSalary=base))
    assert pay(draft) == expected
    assert draft.value("salary_range")


@pytest.mark.parametrize(
    ("base", "words", "expected", "warned"),
    [
        # A board's default
        (
            money(value="50000", unitCode="ANN"),
            "Salary: $130-150k",
            (130000, 150000, "USD", "year"),
            True,
        ),
        (money("EUR", value=1), "Gehalt: 55.000 € im Jahr", (55000, 55000, "EUR", "year"), True),
        (money("GBP", minValue=20000), "Salary: £41,000", (41000, 41000, "GBP", None), True),
        # The lower end of a range
        (
            money(value=60000),
            "Compensation: $60,000 \u2014 $110,000/year",
            (60000, 110000, "USD", "year"),
            False,
        ),
        # The words leave a doubt, speak of another currency or period, or of no pay at all
        (money(value=50000), "Salary: $70,0000 a year", (50000, 50000, "USD", None), False),
        (money(value=50000), "Salary: €60,000", (50000, 50000, "USD", None), False),
        (
            money(value=50, unitText="HOUR"),
            "Salary: $104,000 a year",
            (50, 50, "USD", "hour"),
            False,
        ),
        (money(value=50000), "Perks: $300 a month for the gym", (50000, 50000, "USD", None), False),
        # A range in the data is the employer's
        (
            money(minValue=50000, maxValue=60000),
            "Salary: $130-150k",
            (50000, 60000, "USD", None),
            False,
        ),
    ],
)
async def test_the_postings_own_words_win_over_a_number_of_the_board(
    base: object, words: str, expected: tuple[object, ...], warned: bool
) -> None:
    text = f"{FILLER}<p>{words}</p>"
    draft = await extract_structured(with_posting(baseSalary=base, description=text))
    assert pay(draft) == expected
    assert ("salary_differs" in finish(draft).extraction.warnings) is warned


async def test_the_boards_number_is_kept_as_a_candidate() -> None:
    base = money(value="50000", unitCode="ANN")
    text = f"{FILLER}<p>Salary: $130-150k</p>"
    draft = await extract_structured(with_posting(baseSalary=base, description=text))
    assert draft.value("salary_range") == "$130-150k"
    assert "USD 50,000 per year" in [each.finding.value for each in draft.candidates]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-5-7", "2026-05-07"),
        ("2026-12-1", "2026-12-01"),
        ("2026/5/7", "2026-05-07"),
        ("2026.05.07.", "2026-05-07"),
        ("2026. 5. 7.", "2026-05-07"),
        ("2026年5月7日", "2026-05-07"),
        ("2026-5-7T00:00:00Z", "2026-05-07"),
        ("20260507", "2026-05-07"),
        ("20260507T080000Z", "2026-05-07"),
        ("Thu May 07 2026 08:00:00 GMT+0000", "2026-05-07"),
        ("20261399", None),
        ("12345678", None),
        ("2026-13-1", None),
        ("2026-5-77", None),
        ("0001-01-01", None),
        ("0001-01-01T00:00:00", None),
        ("1900-01-01", None),
        ("1970-01-01", None),
        ("9999-12-31", None),
        ("2099-12-31", None),
        ("31.12.9999", None),
        ("version 12026-5-7", None),
    ],
)
def test_a_date_with_the_year_first_is_read_unless_it_is_a_placeholder(
    text: str, expected: str | None
) -> None:
    found = day(text)
    assert (found.isoformat() if found else None) == expected


async def test_dates_of_a_posting_are_read_without_leading_zeros() -> None:
    draft = await extract_structured(
        with_posting(description=FILLER, datePosted="2026-5-7", validThrough="2026-12-1")
    )
    assert (draft.value("posted_at"), draft.value("valid_through")) == ("2026-05-07", "2026-12-01")


async def test_placeholder_dates_are_not_shown() -> None:
    draft = await extract_structured(
        with_posting(description=FILLER, datePosted="0001-01-01", validThrough="9999-12-31")
    )
    assert (draft.value("posted_at"), draft.value("valid_through")) == (None, None)


@pytest.mark.parametrize(
    "bounds",
    [
        {"minValue": 1.0, "maxValue": 1000000.0},
        {"minValue": "1", "maxValue": "999999"},
        {"minValue": 100, "maxValue": 100000},
        {"value": 1},
        {"maxValue": 9999999},
        {"minValue": 1, "maxValue": 1},
    ],
)
async def test_bounds_that_only_fill_a_form_are_no_pay(bounds: dict[str, Any]) -> None:
    draft = await extract_structured(with_posting(baseSalary=money(unitText="YEAR", **bounds)))
    assert pay(draft) == (None, None, None, None)
    assert draft.value("salary_range") is None
    assert any(each.reason == "a placeholder" for each in draft.candidates)


@pytest.mark.parametrize(
    ("bounds", "expected", "wording"),
    [
        ({"minValue": 50000, "maxValue": 999999}, (50000, None), "from 50,000"),
        ({"minValue": 50000, "maxValue": 9999999}, (50000, None), "from 50,000"),
        ({"minValue": 1, "maxValue": 60000}, (None, 60000), "up to 60,000"),
        ({"minValue": 60000, "maxValue": 1}, (60000, None), "from 60,000"),
    ],
)
async def test_a_real_bound_beside_one_that_only_fills_a_form_is_pay(
    bounds: dict[str, Any], expected: tuple[float | None, float | None], wording: str
) -> None:
    draft = await extract_structured(with_posting(baseSalary=money(unitText="YEAR", **bounds)))
    assert pay(draft)[:2] == expected
    assert draft.value("salary_range") == f"USD {wording} per year"
    assert any(each.reason == "a placeholder" for each in draft.candidates)


async def test_the_postings_own_words_complete_a_range_that_only_fills_a_form() -> None:
    base = money(minValue=1, maxValue=999999)
    text = f"{FILLER}<p>Salary: $130-150k</p>"
    draft = await extract_structured(with_posting(baseSalary=base, description=text))
    assert pay(draft)[:2] == (130000, 150000)


async def test_a_wide_range_is_pay() -> None:
    base = money(unitText="YEAR", minValue=20000, maxValue=200000)
    assert pay(await extract_structured(with_posting(baseSalary=base)))[:2] == (20000, 200000)
