"""The decorator as pytest shows it: names of tests, reasons of skips, and failures in words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from liverows import Context, Pipeline, SetupError
from liverows.testing import Ended, Project, conformance

ROOT = Path(__file__).parents[3]

TESTS = '''
from pathlib import Path

from liverows import Context, Pipeline, Step
from liverows.testing import Ended, Project, conformance
from pydantic import BaseModel

TABLE = """
create table public.notes (id bigint generated always as identity primary key, body text,
    words integer);
select processing.attach('public.notes', 'count-words', inputs => '{body}', outputs => '{words}');
"""


class Note(BaseModel):
    body: str


class Words(BaseModel):
    words: int


async def count(body: str) -> int:
    return len(body.split())


COUNT = Step("count", count)
NEVER = Step("never", count)
good = Pipeline("count-words", inputs=Note, outputs=Words, steps=(COUNT, NEVER))
bare = Pipeline("count-words", inputs=Note, outputs=Words)
made = []


@good
async def recipe(context: Context[None], note: Note) -> Words:
    return Words(words=await context.run(COUNT, note.body))


@bare
async def bare_recipe(context: Context[None], note: Note) -> Words:
    made.append(1)
    return Words(words=len(made))


def attach(project: Project) -> None:
    project.execute(TABLE)


@conformance(pipeline=good, prepare=attach, row={"body": "one two"}, skip={"progress": "Not here."})
def test_good(ended: Ended, tmp_path: Path) -> None:
    assert ended.row["words"] == 2
    assert tmp_path.is_dir()


@conformance(pipeline=bare, prepare=attach, row={"body": "one"})
def test_bare(ended: Ended) -> None:
    assert ended.status == "completed"
'''


def test_each_promise_is_a_test_that_can_be_chosen_and_says_why_it_failed(tmp_path: Path) -> None:
    (tmp_path / "test_words.py").write_text(TESTS)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    plugins = ["-p", "liverows.testing.plugin", "-p", "no:cacheprovider"]
    chosen = [
        f"test_words.py::{name}"
        for name in (
            "test_good[completed]",
            "test_good[progress]",
            "test_good[bad_input]",
            "test_good[killed_after_step[count]]",
            "test_good[killed_after_step[never]]",
            "test_bare[cancelled_in_step]",
            "test_bare[killed_before_result]",
        )
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", *plugins, *chosen],
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 passed, 4 skipped" in ran.stdout.replace("1 failed, ", ""), ran.stdout
    for reason in (
        "Not here.",
        "no bad_row is given",
        "the row of this test does not run the step never",
        "the pipeline has no steps",
    ):
        assert reason in ran.stdout
    assert "count-words, killed_before_result\npromised: with the same results" in ran.stdout
    assert "seen:     words: 2, and then 3\n" in ran.stdout
    assert "Traceback" not in ran.stdout


class Nothing(BaseModel):
    body: str | None = None


nothing = Pipeline("do-nothing", inputs=Nothing, outputs=Nothing)


@nothing
async def recipe(context: Context[None], row: Nothing) -> Nothing:
    return row


async def later(_project: Project) -> None:
    """Never awaited."""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"services": {"a": 1}}, "services of do-nothing is no function"),
        ({"tolerated": ["notify"]}, "do-nothing has no step notify"),
        ({"skip": {"killed": "why"}}, "there is no test killed to skip"),
        ({"prepare": later}, "prepare of do-nothing is a coroutine function"),
    ],
)
def test_an_argument_that_does_not_fit_is_told_when_the_test_is_read(
    more: dict[str, Any], words: str
) -> None:
    with pytest.raises(SetupError, match=words):
        conformance(pipeline=nothing, row={}, **more)


def test_a_function_that_cannot_check_a_row_is_told() -> None:
    decorate = conformance(pipeline=nothing, row={})

    async def later(ended: Ended) -> None:
        """Never awaited."""

    def in_parts(ended: Ended) -> Iterator[None]:
        """Never begun."""
        yield

    def without() -> None:
        """Gets no row."""

    with pytest.raises(SetupError, match="later is a coroutine function"):
        decorate(later)  # type: ignore[arg-type] # the mistake
    with pytest.raises(SetupError, match="in_parts is a coroutine function or a generator"):
        decorate(in_parts)  # type: ignore[arg-type] # the mistake
    with pytest.raises(SetupError, match="without has no argument `ended`"):
        decorate(without)
