"""The values of one group, such as pay, come from one source, and no place or period is lost."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import with_posting
from worker.pages.draft import Draft, FieldName, Findings, Method
from worker.pages.periods import interval, period_after
from worker.pages.schema_posting import listed
from worker.positions.extract import extract_structured
from worker.positions.merge import PAY, merge


def source(method: Method = "html", **values: str | float) -> Draft:
    findings = Findings(method, None)
    names: dict[str, FieldName] = {
        "wording": "salary_range",
        "low": "salary_min",
        "high": "salary_max",
        "currency": "salary_currency",
        "period": "salary_interval",
        "place": "location",
    }
    for name, value in values.items():
        findings.add(names[name], value, f"{name} {value}")
    return findings.draft()


def pay(draft: Draft) -> list[object]:
    return [draft.value(name) for name in PAY]


def test_pay_is_not_mixed_from_two_texts() -> None:
    first = source(wording="50,000 a year", low=50000, high=50000, period="year")
    second = source(wording="£200 an hour", low=200, high=200, currency="GBP", period="hour")
    assert pay(merge(first, second)) == ["50,000 a year", 50000, 50000, None, "year"]
    assert pay(merge(second, first)) == ["£200 an hour", 200, 200, "GBP", "hour"]


def test_the_wording_of_pay_is_that_of_the_text_with_the_same_numbers() -> None:
    data = source("json_ld", wording="EUR 9 per hour", low=9, high=9, currency="EUR", period="hour")
    other = source(wording="from 400", low=400)
    same = source(wording="9 euros an hour", low=9, high=9)
    merged = merge(data, other, same)
    assert pay(merged) == ["9 euros an hour", 9, 9, "EUR", "hour"]
    assert pay(merge(merged, source(wording="£1", low=1, high=1, currency="GBP"))) == pay(merged)


@pytest.mark.parametrize(
    ("word", "period"),
    [
        ("diario", "day"), ("diaria", "day"), ("napi", "day"), ("Daily", "day"),
        ("heti", "week"), ("lunar", "month"), ("Lunare", "month"), ("kuus", "month"),
    ],
)  # fmt: skip
async def test_a_period_that_is_one_word_is_read(word: str, period: str) -> None:
    assert interval(word) == period
    base = {"currency": "EUR", "value": {"value": 90, "unitText": word}}
    draft = await extract_structured(with_posting(baseSalary=base))
    assert draft.value("salary_interval") == period


def test_a_word_with_two_meanings_is_no_period_inside_a_text() -> None:
    assert interval("un diario de la casa") is None
    assert interval("new heti") is None


def test_four_words_may_stand_between_an_amount_and_its_period() -> None:
    assert period_after(" gross base salary inclusive per month", 0)[0] == "month"
    assert period_after(" gross base salary inclusive til per month", 0)[0] is None


LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


async def test_a_few_places_with_long_names_are_shown() -> None:
    region = "the long county by the river and the sea"
    places = [
        {"address": {"addressLocality": f"{LONG} {name}", "addressRegion": region}}
        for name in ("Upper", "Lower", "West")
    ]
    draft = await extract_structured(with_posting(jobLocation=places))
    assert draft.value("location") == f"{LONG} Upper; {LONG} Lower; {LONG} West"


async def test_a_few_places_too_long_even_without_their_region_are_shown_whole() -> None:
    names = [f"{LONG} {name}" for name in ("Upper", "Lower", "West", "East")]
    draft = await extract_structured(with_posting(jobLocation=names))
    assert draft.value("location") == "; ".join(names)


async def test_a_text_that_is_longer_than_a_place_is_no_place() -> None:
    draft = await extract_structured(with_posting(jobLocation=[LONG * 4]))
    assert draft.value("location") is None


async def test_places_whose_names_together_are_much_too_long_are_only_listed() -> None:
    names = [f"{LONG} {LONG} {name}" for name in ("Upper", "Lower", "West")]
    draft = await extract_structured(with_posting(jobLocation=names))
    assert draft.value("location") is None
    assert len(listed(draft.value("locations"))) == 3


FAR = "the long county of the many rivers and hills that lies behind the sea"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ("addressRegion", ["Ohio", "Illinois", "Oregon"]),
        ("addressRegion", [f"{FAR} {side}" for side in ("up", "down", "west")]),
        ("postalCode", ["45501", "62701", "97477"]),
        ("addressCountry", ["US", "CA", "NZ"]),
    ],
)
async def test_towns_of_one_name_are_told_apart(parts: str, expected: list[str]) -> None:
    places = [{"address": {"addressLocality": "Springfield", parts: each}} for each in expected]
    draft = await extract_structured(with_posting(jobLocation=places))
    names = [f"Springfield, {each}" for each in expected]
    assert draft.value("location") == "; ".join(names)
    assert [place["text"] for place in listed(draft.value("locations"))] == names


async def test_two_offices_in_one_town_are_one_place() -> None:
    places = [
        {
            "address": {
                "addressLocality": "Leeds",
                "addressRegion": "Yorkshire",
                "streetAddress": each,
            }
        }
        for each in ("1 Kiln Lane", "2 Kiln Lane")
    ]
    draft = await extract_structured(with_posting(jobLocation=places))
    assert draft.value("location") == "Leeds, Yorkshire"
