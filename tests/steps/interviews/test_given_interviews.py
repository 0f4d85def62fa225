"""`make eval-interviews DATA=folder` reads interviews as people keep them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.interviews.evaluate import evaluate
from bench.interviews.given import given_interviews

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
