"""`new pipeline` adds to a project what runs at once, and `check` tells what does not fit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from liverows.cli.scaffold.project_files import plan_of
from tests.library.cli.command import ROOT, Shell
from tests.library.cli.projects import CVS, files
from tests.support.databases import Connections, Database

MISFIT = """
from liverows import Context, Pipeline
from pydantic import BaseModel


class Cv(BaseModel):
    cv_text: int
    score: float


class Summary(BaseModel):
    summary: list[str]


pipeline = Pipeline("summarise-cv", inputs=Cv, outputs=Summary)


@pipeline
async def recipe(context: Context[None], cv: Cv) -> Summary:
    return Summary(summary=[])
"""
NEW = ("new", "pipeline", "summarise-cv", "--table", "cvs", "--input", "cv_text")


@pytest.mark.timeout(600)
def test_a_new_pipeline_runs_at_once(
    shell: Shell,
    tmp_path: Path,
    bare_database: Database,
    connect: Connections,
    mypy_cache: Path,
) -> None:
    connect(bare_database).execute(CVS)
    shell.liverows("init")
    url = ("--database-url", bare_database.dsn)
    said = shell.liverows(*NEW, "--output", "summary,score", *url).out
    made = files(tmp_path)
    (attach,) = [text for name, text in made.items() if name.endswith("attach_summarise_cv.sql")]
    assert "inputs => '{cv_text}', outputs => '{summary, score}', owner => 'account_id'" in attach
    assert "score: Decimal | None" in made["pipelines/summarise_cv.py"]
    assert '"account_id": project.user()' in made["tests/test_summarise_cv.py"]
    assert "pipelines/summarise_cv.py" in said
    (tmp_path / "supabase" / "migrations" / "20261101000000_cvs.sql").write_text(CVS)
    ran = subprocess.run(
        [Path(sys.executable).with_name("pytest"), "-q", "-p", "no:asyncio"],
        cwd=tmp_path, env=shell.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert "14 passed, 2 skipped" in ran.stdout
    strict = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"]
    typed = subprocess.run(
        [*strict, f"--cache-dir={mypy_cache}", "pipelines"],
        cwd=tmp_path, env={**shell.environment(), "MYPYPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert typed.returncode == 0, typed.stdout
    assert "its models fit the columns of public.cvs" in _plain(shell.liverows("check").out)
    error, _cure = shell.liverows(*NEW, "--output", "summary", *url).only_error()
    assert "pipelines/summarise_cv.py is there already" in error


@pytest.mark.timeout(600)
def test_a_project_in_a_folder_of_a_larger_one_is_tested_from_there(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "app").mkdir()
    shell = Shell(tmp_path / "app")
    shell.liverows("init")
    ran = subprocess.run(
        [Path(sys.executable).with_name("pytest"), "-q", "-p", "no:asyncio"],
        cwd=shell.folder, env=shell.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 passed" in ran.stdout, ran.stdout


def test_a_wrong_name_is_told_with_those_that_there_are(
    shell: Shell, bare_database: Database, connect: Connections
) -> None:
    connect(bare_database).execute(CVS)
    url = ("--database-url", bare_database.dsn)
    error, cure = shell.liverows(*NEW, "--output", "sumary", *url).only_error()
    assert "--output names sumary" in error
    assert "summary" in cure
    error, _cure = shell.liverows(
        "new", "pipeline", "x", "--table", "nowhere", "--input", "a", "--output", "b", *url
    ).only_error()
    assert "there is no table public.nowhere" in error


def test_check_names_fields_that_do_not_fit_their_columns(shell: Shell, tmp_path: Path) -> None:
    shell.liverows("init")
    migrations = tmp_path / "supabase" / "migrations"
    (migrations / "20991231000000_cvs.sql").write_text(
        CVS + "select processing.attach('public.cvs', 'summarise-cv',"
        " inputs => '{cv_text, score}', outputs => '{summary}');"
    )
    (tmp_path / "pipelines" / "summarise_cv.py").write_text(MISFIT)
    checked = shell.liverows("check", "--json")
    assert checked.code == 1
    assert '"the input cv_text is string in the table, and integer in the model"' in checked.out
    assert '"the input score may be empty in the table, but not in the model"' in checked.out
    assert (
        '"the output summary is array in the model, which the column does not take"' in checked.out
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("from liverows import Context\n\nx = = 1\n", 3, "SyntaxError: invalid syntax"),
        ("\nStep('read', read)\n", 2, "NameError: name 'Step' is not defined"),
        ("import os\n\nKEY = os.environ['MY_KEY']\n", 3, "KeyError: 'MY_KEY'"),
        ("import nowhere_to_be_found\n", 1, "No module named 'nowhere_to_be_found'"),
    ],
)
def test_an_error_in_a_module_of_the_project_is_shown_with_file_and_line(
    shell: Shell, tmp_path: Path, source: str, line: int, words: str
) -> None:
    plan_of(tmp_path, "pipelines").apply()
    (tmp_path / "pipelines" / "mine.py").write_text(source)
    (finding,) = shell.liverows("check", "--json").json()
    assert finding["state"] == "problem"
    assert f"pipelines/mine.py, line {line}: " in finding["detail"]
    assert words in finding["detail"]


def _plain(text: str) -> str:
    return " ".join(text.split())
