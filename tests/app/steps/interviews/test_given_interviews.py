"""`make eval-interviews DATA=folder` reads interviews in the file formats that people use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.interviews.evaluate import evaluate
from bench.interviews.given import given_interviews
from bench.passing import Passing

SAID = [
    ("interviewer", "Tell me about yourself."),
    ("candidate", "I repair pumps in a small works."),
    ("interviewer", "Why do you want to leave?"),
    ("candidate", "I want to lead a shift."),
]
SHORT = {"interviewer": "I", "candidate": "C"}
ROWS: list[dict[str, Any]] = [{"role": SHORT[who], "text": text} for who, text in SAID]
FORMS = {
    "a.json": json.dumps(ROWS),
    "b.json": json.dumps({"utterances": ROWS, "questions": [{"first": 0, "last": 1}]}),
    "c.json": json.dumps([{"id": 1, "turns": ROWS}, {"id": 2, "turns": ROWS}]),
    "d.jsonl": "\n".join(json.dumps(row) for row in ROWS),
    "e.csv": "speaker,sentence\n" + "\n".join(f'{who},"{text}"' for who, text in SAID),
    "f.txt": "\n".join(f"{who.title()}: {text}" for who, text in SAID),
    "g.json": json.dumps([{"speaker": "Smith, recruiter"}]),
    "h.txt": "Just a note.",
}


@pytest.mark.parametrize(("name", "count"), [*zip(FORMS, (1, 1, 2, 1, 1, 1, 0, 0), strict=True)])
async def test_each_form_is_read(tmp_path: Path, name: str, count: int) -> None:
    (tmp_path / name).write_text(FORMS[name])
    counts = await evaluate(given_interviews(tmp_path))
    assert (counts.interviews, counts.roles_right) == (count, count)


async def test_what_is_wrong_is_counted_as_wrong(tmp_path: Path) -> None:
    swapped = [row | {"role": "C" if row["role"] == "I" else "I"} for row in ROWS]
    truth = {"utterances": swapped, "questions": [{"first": 2, "last": 2}]}
    (tmp_path / "x.json").write_text(json.dumps(truth))
    counts = await evaluate(given_interviews(tmp_path))
    assert counts.roles_wrong == ["x.json"]
    assert counts.missed == 0
    assert counts.invented == 1
    assert counts.border_error == 0.5


LETTERS = [{"speaker": "A" if who == "interviewer" else "B", "text": text} for who, text in SAID]
TURNS = "|".join(f"{who.title()}: {text}" for who, text in SAID)
OTHERS: dict[str, dict[str, Any]] = {
    "one beside the rows": {"a.json": {"candidate": "B", "turns": LETTERS}},
    "both beside the rows": {"a.json": {"roles": {"A": "interviewer"}, "turns": LETTERS}},
    "a list of people": {
        "a.json": {"speakers": [{"id": "B", "role": "candidate"}], "turns": LETTERS}
    },
    "in a file beside it": {"a.json": LETTERS, "a.truth.json": {"B": "interviewee"}},
    "in a file for all": {"a.json": LETTERS, "roles.json": {"a": {"candidate": "B"}}},
    "pairs": {"a.json": {"transcript": [list(pair) for pair in SAID]}},
    "questions and answers": {
        "a.json": [{"question": SAID[n][1], "answer": SAID[n + 1][1]} for n in (0, 2)]
    },
    "one text": {"a.json": {"id": 1, "transcript": TURNS.replace("|", "\n")}},
    "a cell of a table without header": {"a.csv": f'p1,"|{TURNS}"'},
    "by name": {"a.json": {"first": {"turns": ROWS}}},
    "grouped": {"a.json": [row | {"interview_id": 7} for row in ROWS]},
}


@pytest.mark.parametrize("layout", OTHERS)
async def test_other_layouts_are_read_too(tmp_path: Path, layout: str) -> None:
    for name, content in OTHERS[layout].items():
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)
    passing = Passing()
    counts = await evaluate(given_interviews(tmp_path, passing))
    assert (counts.interviews, counts.roles_right) == (1, 1)
    assert (passing.files, passing.judged, passing.left_out) == (1, 1, [])


async def test_what_cannot_be_judged_is_counted_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(LETTERS))
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.txt").write_text("Just a note.")
    (tmp_path / "d.json").write_text(json.dumps(ROWS))
    passing = Passing()
    counts = await evaluate(given_interviews(tmp_path, passing))
    assert (passing.files, passing.judged, counts.interviews) == (4, 1, 1)
    assert passing.left_out == [
        ("a.json (A, B)", "nothing tells which speaker is the candidate"),
        ("b.json", "is no JSON"),
        ("c.txt", "holds no utterances in a form known here"),
    ]
