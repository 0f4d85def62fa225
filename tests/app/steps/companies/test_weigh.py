"""A claim counts only if its source proves it, whatever a model says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.app.pipelines.case_company_research import LIES
from tests.support.company_world import NOTHING, REPORT, cited
from worker.companies.model_answer import Cited, CompanyReport
from worker.companies.profile import Facts, ReadSource
from worker.companies.weigh import adds_nothing, supported, weigh

TEXT = (
    "Acme Pumps makes small pumps for laboratories. Founded in 1998, it employs 120 people in "
    "Leeds. The controllers are written in Rust. We do not sell to the oil industry. "
    "In 2024 a fire destroyed our warehouse. A tester earns £31,000 to £35,000 a year. "
    "We raised £4,000,000 in our Series A."
)


def source(text: str = TEXT, id: str = "s1", **more: Any) -> ReadSource:
    return ReadSource(
        id=id,
        url="https://acme.example/",
        title="Acme",
        kind="website",
        retrieved_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256="0" * 64,
        status=200,
        text=text,
        **more,
    )


SOURCES = {"s1": source()}


def believed(text: str, quote: str, basis: str = "stated", id: str = "s1") -> bool:
    item = Cited.model_validate(cited(text, id, quote, basis))
    return supported(item, SOURCES, "Acme Pumps") is not None


@pytest.mark.parametrize(
    ("text", "quote", "basis"),
    [
        ("Acme Pumps makes small pumps.", "Acme Pumps makes small pumps", "stated"),
        ("It was founded in 1998.", "Founded in 1998", "stated"),
        (
            "A fire destroyed the warehouse in 2024.",
            "In 2024 a fire destroyed our warehouse",
            "stated",
        ),
        (
            "Acme does not sell to the oil industry.",
            "We do not sell to the oil industry",
            "stated",
        ),
        (
            "Laboratories in need of small pumps are its customers.",
            "makes small pumps for laboratories",
            "inferred",
        ),
    ],
)
def test_a_claim_that_its_quote_bears_out_counts(text: str, quote: str, basis: str) -> None:
    assert believed(text, quote, basis)


def test_half_a_word_is_no_quote() -> None:
    assert not believed("It makes small pumps.", "makes small pum")


@pytest.mark.parametrize(
    ("why", "text", "quote", "basis", "id"),
    [
        ("half of it", "It sells to the oil industry.", "sell to the oil industry", "stated", "s1"),
        ("no such source", "It makes pumps.", "makes small pumps", "stated", "s2"),
        ("no such quote", "It makes big pumps.", "makes big pumps", "stated", "s1"),
        ("another number", "It employs 500 people.", "it employs 120 people", "stated", "s1"),
        ("another place", "It is based in York.", "120 people in Leeds", "stated", "s1"),
        ("another subject", "It fired people last year.", "it employs 120 people", "stated", "s1"),
        ("the opposite", "It sells to the oil industry.", "We do not sell to the oil industry",
         "stated", "s1"),
        ("a denial", "It does not make pumps.", "makes small pumps", "stated", "s1"),
        ("a guess", "It goes bankrupt soon.", "a fire destroyed our warehouse", "inferred", "s1"),
        ("a new name", "Pumps by Acme drive Tesla cars.", "makes small pumps", "inferred", "s1"),
        ("a tiny quote", "It is in Leeds.", "in", "stated", "s1"),
        ("no text", "", "makes small pumps", "stated", "s1"),
    ],
)  # fmt: skip
def test_a_claim_that_says_more_than_its_source_does_not(
    why: str, text: str, quote: str, basis: str, id: str
) -> None:
    assert not believed(text, quote, basis, id), why


def facts(**items: Any) -> Facts:
    return weigh(CompanyReport.model_validate(NOTHING | items), [source()], "Acme Pumps")


def test_pay_counts_where_the_source_states_pay() -> None:
    quote = "A tester earns £31,000 to £35,000 a year"
    salary = facts(salary=cited("£31,000 to £35,000", "s1", quote)).salary_range
    assert salary is not None
    assert (salary.min, salary.max, salary.currency, salary.interval) == (
        31000,
        35000,
        "GBP",
        "year",
    )
    assert (salary.basis, salary.sources) == ("web", ("s1",))


@pytest.mark.parametrize(
    "quote", ["We raised £4,000,000 in our Series A", "A tester earns £90,000 a year"]
)
def test_other_money_and_money_from_nowhere_is_no_pay(quote: str) -> None:
    assert facts(salary=cited("£90,000", "s1", quote)).salary_range is None


def test_what_a_product_costs_is_no_pay() -> None:
    shop = source("The Pro plan is for teams.\nIt costs £99 per month.")
    report = CompanyReport.model_validate(NOTHING | {"salary": cited("£99", "s1", "£99 per month")})
    assert weigh(report, [shop], "Acme Pumps").salary_range is None


def test_red_flags_and_products_are_stated_or_absent() -> None:
    guess = cited("A fire destroyed the warehouse.", "s1", "a fire destroyed our warehouse")
    assert len(facts(red_flags=[guess]).red_flags) == 1
    guessed = facts(
        red_flags=[guess | {"basis": "inferred"}], products=[guess | {"basis": "inferred"}]
    )
    assert (guessed.red_flags, guessed.products) == ((), ())


def test_a_technology_is_named_by_its_quote() -> None:
    items = [
        cited("Rust", "s1", "The controllers are written in Rust"),
        cited("Go", "s1", "The controllers are written in Rust"),
        cited("oil", "s1", "We do not sell to the oil industry"),
    ]
    assert [one.name for one in facts(tech_stack=items).tech_stack] == ["Rust"]


@pytest.mark.parametrize("report", [LIES, REPORT])
def test_with_no_sources_nothing_is_believed(report: dict[str, Any]) -> None:
    assert weigh(CompanyReport.model_validate(report), [], "Acme") == Facts()


def test_advice_may_bring_in_no_number_and_no_name() -> None:
    assert adds_nothing("Ask about the fire of 2024.", TEXT)
    assert adds_nothing("Draw the service.", TEXT)
    assert adds_nothing("Prepare three stories in the STAR form; I would time them.", TEXT)
    assert not adds_nothing("They pay £90,000.", TEXT)
    assert not adds_nothing("Ask how Quantumflow Pro was built.", TEXT)
