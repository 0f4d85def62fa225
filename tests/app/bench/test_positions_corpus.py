"""A sample of the postings is read as well as `make eval-positions` promises for all."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bench.positions.__main__ import measure
from bench.positions.posting import invented, load
from bench.positions.score import Tier, judge, token_f1


@pytest.fixture(scope="module")
def tiers() -> dict[str, Tier]:
    found = asyncio.run(measure(list(invented(4, seed=11)), lambda tier, seconds: None))
    return {tier.name: tier for tier in found}


def test_nothing_is_invented_in_any_tier(tiers: dict[str, Tier]) -> None:
    assert {name: tier.invented for name, tier in tiers.items()} == dict.fromkeys("ABCD", 0)


def test_recruiting_systems_are_read_exactly(tiers: dict[str, Tier]) -> None:
    assert tiers["A"].wrong == []


@pytest.mark.parametrize(
    ("tier", "column", "least"),
    [
        ("B", "job_title", 0.99),
        ("B", "company_name", 0.99),
        ("B", "posted_at", 0.98),
        ("B", "employment_type", 0.98),
        ("B", "salary", 0.98),
        ("C", "job_title", 0.97),
        ("D", "salary", 0.97),
    ],
)
def test_each_column_is_as_exact_as_promised(
    tiers: dict[str, Tier], tier: str, column: str, least: float
) -> None:
    assert tiers[tier].exact(column) >= least, tiers[tier].wrong


def test_plain_pages_give_the_description_and_nothing_of_the_page_around_it(
    tiers: dict[str, Tier],
) -> None:
    plain = tiers["C"]
    assert plain.mean("description F1") >= 0.95
    assert plain.mean("no leak") >= 0.98
    assert plain.mean("headings and lists") >= 0.95


def test_a_folder_of_other_postings_is_read_and_a_malformed_one_refused(tmp_path: Path) -> None:
    postings = list(invented(3))
    whole = [posting.model_dump(mode="json") for posting in postings]
    (tmp_path / "a.json").write_text(json.dumps(whole[:2]))
    (tmp_path / "b.json").write_text(json.dumps(whole[2]))
    assert list(load(tmp_path)) == postings
    (tmp_path / "c.json").write_text('{"title": "no more"}')
    with pytest.raises(ValidationError):
        list(load(tmp_path))


def test_an_invented_value_is_told_apart_from_a_wrong_and_a_missing_one() -> None:
    assert judge("job_title", None, "x") == "invented"
    assert judge("job_title", "x", None) == "missing"
    assert judge("job_title", "x", "y") == "wrong"
    assert judge("job_title", "\uff38  y", "x Y") == "correct"
    assert judge("job_title", None, None) == "silent"
    assert token_f1(["a", "b"], ["a", "c"]) == 0.5
