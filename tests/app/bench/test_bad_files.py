"""A file that cannot be judged is one line of the report, with its true reason; the run goes on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.interviews.__main__ import main as interviews_main
from bench.interviews.evaluate import evaluate as evaluate_interviews
from bench.interviews.given import given_interviews
from bench.passing import Passing
from bench.positions.__main__ import main as positions_main
from bench.positions.public.folder import read_folder
from bench.positions.public.pay_texts import Pay, read_texts, texts_of
from bench.positions.reading import read
from bench.research.__main__ import evaluate as research
from bench.research.__main__ import main as research_main
from bench.research.sites import Company, given_companies
from liverows.base.errors import InvalidInput
from tests.app.bench.test_public_postings import ASHBY, GREENHOUSE, LEVER, NODE, PAID, WORDS, page
from worker.companies.website import scrape_pages
from worker.pages.draft import Draft

GOOD = {
    "a-good.html": page(NODE),
    "a-good.json": json.dumps(LEVER),
    "a-good.csv": f'text\n"{PAID}"',
}
JOB = "has an unexpected form"

BAD: dict[str, tuple[str | bytes, str, str]] = {
    "short.csv": ('text\n"Too short"', "short.csv 1", "has fewer than 80 characters"),
    "columns.csv": ("a,b\n1,2\n", "columns.csv", "has no text under a name known here"),
    "empty.json": ("", "empty.json", "is no JSON"),
    "deep.json": ("[" * 100_000, "deep.json", "is nested too deeply"),
    "line.jsonl": ("{\n", "line.jsonl line 1", "is no JSON"),
    "page.html": (page().replace("[]", "[}"), "page.html", "its JSON-LD is no JSON"),
    "bare.html": ("<h1>Pump Tester</h1>", "bare.html", "has no JSON-LD"),
    "blank.html": (page({"@type": "JobPosting"}), "blank.html", "its JobPosting states no value"),
    "surrogate.html": (
        page({**NODE, "title": "\ud800"}),
        "surrogate.html",
        "has half of a character",
    ),
    "manifest.json": ("[", "manifest.json", "is no JSON"),
    "number.json": (json.dumps({"jobs": [7, LEVER]}), "number.json 1", "is no posting"),
    "hidden.json": (json.dumps([{**ASHBY, "isListed": False}]), "hidden.json 1", "is not listed"),
    "list.json": (
        json.dumps({"jobs": [{**GREENHOUSE, "content": None}]}),
        "list.json 1",
        "has no description",
    ),
    "undated.json": (
        json.dumps([{**LEVER, "createdAt": None}]),
        "undated.json 1",
        "has no date of creation",
    ),
    "elsewhere.json": (
        json.dumps([{**LEVER, "hostedUrl": "https://acme.example/jobs/1"}]),
        "elsewhere.json 1",
        "its address is not one of Lever",
    ),
    "place.json": (
        json.dumps([{**LEVER, "categories": "Leeds"}]),
        "place.json 1",
        "has an unexpected form (AttributeError)",
    ),
    "picture.png": (b"\x89PNG", "picture.png", "is of a type that is not read (.png)"),
    "LICENSE.txt": (WORDS, "LICENSE.txt", "is a note about the folder"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_among_postings_is_told_and_the_others_are_judged(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, told, reason = BAD[name]
    for good, text in GOOD.items():
        (tmp_path / good).write_text(text)
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    passing = await read_folder(tmp_path, Console(width=200), 5)
    assert passing.left_out == [(told, reason)]
    assert passing.judged == len(GOOD) + (name == "number.json")
    assert f"1: {reason}: {told}" in capsys.readouterr().out


async def test_a_line_and_a_folder_with_the_name_of_a_page_stop_nothing(tmp_path: Path) -> None:
    lines = [json.dumps({"text": PAID}), "{", json.dumps({"text": WORDS})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "saved.html").mkdir()
    (tmp_path / "B.HTML").write_text(page(NODE))
    passing = await read_folder(tmp_path, Console(width=200), 5)
    assert passing.left_out == [("a.jsonl line 2", "is no JSON")]
    assert (passing.files, passing.judged) == (2, 3)


async def test_a_text_in_an_older_encoding_keeps_its_signs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(f'text\n"Grüße. {PAID}"'.encode("cp1252"))
    pay = Pay()
    await read_texts("a.csv", texts_of(tmp_path / "a.csv", Passing()), pay, Passing())
    assert "[31000.0 33000.0 GBP year]" in pay.found[0][1]


async def test_the_data_of_one_of_several_systems_is_not_taken_for_that_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scraped = [{"jobUrl": "https://acme.example/1", "title": "Pump Tester", "description": PAID}]
    (tmp_path / "a.json").write_text(json.dumps(scraped))
    passing = await read_folder(tmp_path, Console(width=200), 5)
    assert (passing.judged, passing.left_out) == (1, [])
    assert "texts: 1, with pay 1" in capsys.readouterr().out


async def test_a_fault_of_a_reader_is_told_as_its_own() -> None:
    async def broken() -> Draft:
        raise AttributeError("no such field")

    async def refused() -> Draft:
        raise InvalidInput("empty")

    async def told(reading: Awaitable[Draft]) -> str:
        outcome = await read(reading)
        assert outcome.row is None
        return outcome.verdict

    assert await told(broken()) == "broke with AttributeError: no such field"
    assert await told(refused()) == "refused as invalid_input"


TALK = [
    {"role": "interviewer", "text": "Why did you choose welding?"},
    {"role": "candidate", "text": "Because my uncle had a forge near the harbour."},
    {"role": "interviewer", "text": "What did you learn there first?"},
    {"role": "candidate", "text": "To wait until the iron has the right colour."},
]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("b.json", "{", "is no JSON"),
        ("b.docx", "no archive", "cannot be read (ValueError: not a document)"),
        ("b.csv", "text\n", "holds no utterances in a form known here"),
        ("b.json", '{"results": {"channels": [7]}}', "has an unexpected form (AttributeError)"),
    ],
)
def test_a_bad_file_among_interviews_is_told_and_the_others_are_judged(
    name: str, content: str | bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(TALK))
    (tmp_path / "c.json").write_text(json.dumps(TALK))
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    passing = Passing()
    assert [one.name for one in given_interviews(tmp_path, passing)] == ["a.json", "c.json"]
    assert passing.left_out == [(name, reason)]
    assert passing.files == 3


async def test_an_interview_that_a_reader_fails_at_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise AttributeError("no such field")

    monkeypatch.setattr("bench.interviews.evaluate.find_questions", broken)
    (tmp_path / "a.json").write_text(json.dumps(TALK))
    counts = await evaluate_interviews(given_interviews(tmp_path))
    assert counts.unreadable == ["a.json: broke with AttributeError: no such field"]


def test_an_interview_without_roles_that_a_reader_fails_at_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: Any) -> Any:
        raise AttributeError("no such field")

    monkeypatch.setattr("bench.interviews.__main__.find_questions", broken)
    (tmp_path / "a.txt").write_text("Ann: Why?\nBob: I like it.\nAnn: And?\nBob: I do.\n")
    monkeypatch.setenv("DATA", str(tmp_path))
    assert interviews_main() == 0
    printed = capsys.readouterr().out
    assert "to judge: a.txt: broke with AttributeError: no such field" in printed
    assert "interviews judged      0" in printed


@pytest.mark.parametrize("main", [interviews_main, positions_main, research_main])
def test_a_folder_that_does_not_exist_is_told(
    main: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path / "typo"))
    with pytest.raises(SystemExit, match="there is no such folder"):
        main()


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_site_with_a_broken_truth_is_told_and_the_others_are_judged(
    content: str, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("<h1>Acme</h1>")
    (tmp_path / "a" / "truth.json").write_text(content)
    passing = Passing()
    assert [one.name for one in given_companies(tmp_path, passing)] == ["b"]
    reason = "is no JSON" if content == "{" else "has an unexpected form (AttributeError)"
    assert passing.left_out == [("a/truth.json", reason)]


async def test_a_site_that_a_reader_fails_at_is_told_and_the_others_are_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = {"/": "<html><head><title>Acme</title></head><body><h1>Acme</h1></body></html>"}
    nothing = frozenset[str]()
    broken = Company("Nobody", "nobody.example", home, nothing, nothing)
    sound = Company("Acme", "acme-pumps.example", home, nothing, nothing)

    async def fails(site: Any, front: Any) -> Any:
        if "nobody" in str(front):
            raise AttributeError("no such field")
        return await scrape_pages(site, front)

    monkeypatch.setattr("bench.research.__main__.scrape_pages", fails)
    marks = await research([broken, sound], None)
    assert marks.unread == ["Nobody: broke with AttributeError: no such field"]
    assert marks.companies == 1
