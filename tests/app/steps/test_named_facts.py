"""Facts are read from elements named after them, from labels of two words and in many languages."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import FILLER, page
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured


async def read(facts: str, heading: str = "Bench Joiner") -> Draft:
    name = f"<title>{heading} - Tidewell</title>"
    return await extract_structured(page(f"{name}<h1>{heading}</h1>{facts}{FILLER}"))


@pytest.mark.parametrize(
    "facts",
    [
        '<span data-automation="job-detail-location"><a href="/in">Leeds</a> (Remote)</span>',
        2 * '<div class="job-location">Leeds (Remote)</div>',
        '<p class="posting-locations">Leeds (Remote)</p>',
        '<p id="vacancy_location">Leeds (Remote)</p><nav class="job-location">York</nav>',
    ],
)
async def test_a_place_is_read_from_the_element_named_so(facts: str) -> None:
    draft = await read(facts)
    assert (draft.value("location"), draft.value("workplace_type")) == ("Leeds (Remote)", "remote")


async def test_a_type_is_read_from_the_element_named_so() -> None:
    draft = await read('<span data-automation="job-detail-work-type">Part time</span>')
    assert draft.value("employment_type") == "part_time"


@pytest.mark.parametrize(
    "facts",
    [
        '<div class="job-location">Leeds</div><div class="job-location">York</div>',
        '<div class="job-location">Job openings</div>',
        f'<div class="job-location">{"Leeds and " * 15}</div>',
        '<div class="location">Leeds</div>',
        '<div class="num-job job-location">9 applicants</div>',
    ],
)
async def test_several_texts_a_menu_word_or_a_long_text_is_no_place(facts: str) -> None:
    assert (await read(facts)).value("location") is None


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("給与・報酬", "時給1,350円", (1350, "JPY", "hour")),
        ("급여", "월 3,000,000원", (3000000, "KRW", "month")),
        ("Зарплата", "150 000 ₽ в месяц", (150000, "RUB", "month")),
        ("Mzda", "40 000 Kč měsíčně", (40000, "CZK", "month")),
        ("Lön", "32 000 kr i månaden", (32000, None, "month")),
        ("Pay / benefits", "£14 per hour", (14, "GBP", "hour")),
    ],
)
async def test_pay_beside_its_label_is_read(
    label: str, value: str, expected: tuple[int, str | None, str]
) -> None:
    draft = await read(f"<table><tr><th>{label}</th><td>{value}</td></tr></table>")
    low, currency, interval = expected
    assert (draft.value("salary_min"), draft.value("salary_interval")) == (low, interval)
    assert currency in (None, draft.value("salary_currency"))


async def test_a_part_of_a_label_names_no_employer() -> None:
    draft = await read("<table><tr><th>Company / culture</th><td>Young and Wild</td></tr></table>")
    assert draft.value("company_name") != "Young and Wild"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("ビル設備の保守・点検の求人詳細情報", "ビル設備の保守・点検"),
        ("木工職人 採用情報", "木工職人"),
        ("求人情報", None),
        ("채용정보 상세", None),
        ("求人検索", None),
        ("採用担当", "採用担当"),
    ],
)
async def test_words_of_a_board_behind_a_title_are_left_out(
    heading: str, title: str | None
) -> None:
    assert (await read("", heading)).value("job_title") == title


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        (
            "<p>Standorte: <b>Leeds</b><b>, York</b><b>, Hull</b>.<br><br>More</p>",
            "Leeds, York, Hull",
        ),
        ("<p><b>Location:</b> <span>Leeds</span> <span>/ York</span></p>", "Leeds / York"),
        ("<table><tr><th>Location:</th><td>US-</td></tr></table>", "US"),
        ("<p>Standort: <b>Leeds</b> <b>Pay</b></p>", "Leeds"),
    ],
)
async def test_a_place_of_several_parts_is_read_whole(facts: str, place: str) -> None:
    assert (await read(facts)).value("location") == place
