"""A sample of the postings is read as well as `make eval-positions` promises for all."""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from pathlib import Path

import pytest
from babel.numbers import get_group_symbol

from bench.passing import Passing
from bench.positions.__main__ import main, measure
from bench.positions.elsewhere import WORDS, adverts, renderings
from bench.positions.posting import invented, load
from bench.positions.public.own_data import plain_words
from bench.positions.score import Tier, judge, token_f1


@pytest.fixture(scope="module")
def tiers() -> dict[str, Tier]:
    found = asyncio.run(measure(list(invented(4, seed=11)), adverts(8), lambda tier, seconds: None))
    return {tier.name: tier for tier in found}


def test_nothing_is_invented_in_any_tier(tiers: dict[str, Tier]) -> None:
    assert {name: tiers[name].invented for name in "ABCD"} == dict.fromkeys("ABCD", 0)


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


def test_postings_of_a_folder_are_read_and_a_malformed_one_left_out(tmp_path: Path) -> None:
    postings = list(invented(3))
    whole = [posting.model_dump(mode="json") for posting in postings]
    (tmp_path / "a.json").write_text(json.dumps([*whole[:2], {"id": "9", "title": "no more"}]))
    (tmp_path / "b.json").write_text(json.dumps(whole[2]))
    (tmp_path / "c.json").write_text('{"title": "of another kind"}')
    passing = Passing()
    found = load(tmp_path, passing)
    assert [posting for given in found.values() for posting in given] == postings
    assert passing.left_out == [("a.json 3", "is no posting (company: Field required)")]


@pytest.mark.parametrize("kind", ["full_time", "contractor"])
@pytest.mark.parametrize("is_paid", [True, False])
def test_a_given_posting_is_shown_in_every_layout_of_the_second_generator(
    kind: str, is_paid: bool
) -> None:
    posting = next(each for each in invented(9) if bool(each.salary) == is_paid)
    posting = posting.model_copy(update={"employment": kind})
    pages = list(renderings([posting]))
    assert len(pages) == 5
    for page in pages:
        shown = " ".join(plain_words(page.html))
        assert posting.title in shown
        assert page.truth["job_title"] == posting.title
        assert page.truth["employment_type"] == ("full_time" if kind == "full_time" else None)
        assert ("Full-time" in shown) == (kind == "full_time")
        assert (page.truth["salary"] is not None) == is_paid
        assert posting.salary is None or posting.salary.text in shown


def test_amounts_of_the_second_generator_are_written_as_their_language_does() -> None:
    for name, language in tomllib.loads(WORDS.read_text()).items():
        assert language["thousands"] == get_group_symbol(name), name


async def test_data_of_others_runs_in_all_tiers_and_beside_files_of_other_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (posting,) = invented(1, seed=3)
    (tmp_path / "a.json").write_text(posting.model_dump_json())
    (tmp_path / "b.txt").write_text("Salary: £31,000 - £33,000 per year. " + "We make pumps. " * 9)
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    assert await asyncio.to_thread(main) == 0
    printed = capsys.readouterr().out
    tiers = re.findall(r"^tier (\w, [^:]+): (\d+) pages", printed, re.MULTILINE)
    assert tiers == [
        ("A, data of recruiting systems", "8"),
        ("B, structured data", "15"),
        ("C, plain pages", "6"),
        ("D, pasted text", "1"),
        ("E, a second program", "5"),
    ]
    assert "texts: 1, with pay 1" in printed
    assert "left out               0" in printed


def test_an_invented_value_is_told_apart_from_a_wrong_and_a_missing_one() -> None:
    assert judge("job_title", None, "x") == "invented"
    assert judge("job_title", "x", None) == "missing"
    assert judge("job_title", "x", "y") == "wrong"
    assert judge("job_title", "\uff38  y", "x Y") == "correct"
    assert judge("job_title", None, None) == "silent"
    assert token_f1(["a", "b"], ["a", "c"]) == 0.5


def test_words_that_may_belong_to_a_description_or_not_count_for_nothing() -> None:
    assert token_f1(["a", "b"], ["x", "a", "b"], ["x"]) == 1.0
    assert token_f1(["a", "b"], ["a", "b"], ["x"]) == 1.0
    assert token_f1(["a", "b"], ["x", "x", "a", "b"], ["x"]) == 0.8
    assert token_f1(["a", "b"], ["a"], ["b"]) == pytest.approx(2 / 3)


def test_a_second_generator_says_the_same_with_other_words_and_layouts() -> None:
    pages = list(adverts(60))
    assert [page.html for page in pages] == [page.html for page in adverts(60)]
    assert {page.name.split()[-2] for page in pages} >= {"en", "de", "ja"}
    for page in pages:
        shown = plain_words(page.html)
        assert set(page.words) <= set(shown) | {word.rstrip(":") for word in shown}
        assert page.truth["job_title"] in " ".join(shown)
        assert not set(page.around) & {" ".join(page.words)}
        assert page.beside == [] or "definition" in page.name or "Word" in page.name


def test_pages_of_the_second_generator_are_read(tiers: dict[str, Tier]) -> None:
    tier = tiers["E"]
    assert tier.asked == 8
    assert tier.exact("job_title") >= 0.95
    assert tier.counts["company_name"]["wrong"] == 0
