"""A trial that cannot go on says why in its report, without any secret. Needs no stack."""

from __future__ import annotations

import asyncio
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import pytest

from examples.trial import __main__ as program
from examples.trial import project, worker
from examples.trial.known_secrets import secrets_of_project, secrets_of_settings
from examples.trial.project import NAMED, Project, TrialFailed
from examples.trial.report import Report, row_line
from examples.trial.rows import Asked
from examples.trial.worker import unless_it_dies

Failures: TypeAlias = Callable[..., list[str]]
Cli: TypeAlias = Callable[..., Path]

REF = "abcdefghijklmnopqrst"
NOWHERE = {
    "TEST_SUPABASE_URL": "http://127.0.0.1:1",
    "TEST_SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
    "TEST_SUPABASE_SECRET_KEY": "sb_secret_x",
    "TEST_SUPABASE_DB_URL": "postgresql://postgres:a-password@127.0.0.1:1/postgres",
}


@pytest.fixture
def failures(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Failures:
    """`failures(VARIABLE=…)` runs a trial that fails, and returns what its report tells."""

    def run(**variables: str) -> list[str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert program.main() == 1
        found: list[str] = json.loads((own_folder / "trial-report.json").read_text())["failures"]
        return found

    return run


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli(start="exit 1")`: a `supabase` on PATH whose words do this, and nothing if not given.

    It returns the file in which the program notes each word.
    """

    def install(**words: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        called = tmp_path / "called"
        called.touch()
        cases = "".join(f"{word}) {does} ;;\n" for word, does in words.items())
        file = folder / "supabase"
        file.write_text(f'#!/bin/sh\necho "$1" >> {called}\ncase "$1" in\n{cases}esac\n')
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        return called

    return install


def test_a_start_that_fails_is_told_and_stopped(failures: Failures, cli: Cli) -> None:
    called = cli(status="exit 1", start="exit 3")
    [failure] = failures()
    assert failure.startswith("`supabase start` failed with exit code 3. It needs Docker.")
    assert called.read_text().split() == ["status", "start", "stop"]


def test_a_stop_that_fails_hides_no_failed_start(failures: Failures, cli: Cli) -> None:
    cli(status="exit 1", start="exit 3", stop="exit 4")
    start, stop = failures()
    assert "`supabase start` failed with exit code 3" in start
    assert stop == "`supabase stop` failed with exit code 4"


@pytest.mark.parametrize("word", ["status", "start"])
def test_a_cli_that_does_not_answer_is_told(
    word: str, failures: Failures, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "START_SECONDS", 1.0)
    monkeypatch.setattr(project, "STATUS_SECONDS", 1.0)
    cli(**{"status": "exit 1", word: "exec sleep 30"})
    told = failures()
    assert f"`supabase {word}`" in told[0]
    assert "1 s" in told[0]


def test_a_status_that_is_no_json_is_told(failures: Failures, cli: Cli) -> None:
    called = cli(status="echo API URL: here")
    assert failures() == ["`supabase status` printed no JSON: is the CLI an old one?"]
    assert called.read_text().split() == ["status"]


def test_without_a_cli_the_platform_and_what_to_do_are_told(
    failures: Failures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "CLI", tmp_path / "none")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    [failure] = failures(PATH=str(tmp_path))
    assert failure.startswith("Supabase's CLI is not on PATH: ")
    assert "this is Darwin arm64" in failure


@pytest.mark.parametrize("name", ["missing.wav", "notes.txt", "folder.wav"])
def test_a_wrong_recording_is_told_before_anything_is_started(
    name: str, failures: Failures, cli: Cli, tmp_path: Path
) -> None:
    called = cli()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder.wav").mkdir()
    [failure] = failures(TRIAL_RECORDING=name)
    assert failure.startswith("TRIAL_RECORDING ")
    assert called.read_text() == ""


def test_a_doctor_that_does_not_end_is_told(
    failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "COMMAND_SECONDS", 0.1)
    assert failures(**NOWHERE) == ["`worker doctor` gave no answer within 0.1 s"]


def test_a_doctor_without_an_answer_is_told_with_its_last_words(failures: Failures) -> None:
    [failure] = failures(**NOWHERE, LIVEROWS_CONCURRENCY="many")
    assert failure.startswith("`worker doctor` ended with exit code 1 and without an answer: ")
    assert "LIVEROWS_CONCURRENCY" in failure


def test_an_address_that_is_none_is_not_quoted(failures: Failures) -> None:
    broken = "host=a password='half-of-a-pass"
    [failure] = failures(**{**NOWHERE, "TEST_SUPABASE_DB_URL": broken})
    assert failure == "TEST_SUPABASE_DB_URL is no address of a database"


def test_a_project_that_is_named_by_half_is_told_what_is_missing(failures: Failures) -> None:
    [failure] = failures(TEST_SUPABASE_URL="http://127.0.0.1:1")
    assert "TEST_SUPABASE_SECRET_KEY" in failure
    assert "TEST_SUPABASE_URL too" not in failure


async def test_a_dead_worker_and_what_cleaning_up_then_failed_at_are_both_told(
    tmp_path: Path,
) -> None:
    log_file = tmp_path / "worker.log"
    log_file.write_text("starting\nerror: gone\ncure: none\n")
    dead = await asyncio.create_subprocess_exec("sh", "-c", "exit 3")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise TrialFailed("the user is still there")

    report = Report(tmp_path / "report.json", ())
    try:
        await unless_it_dies(dead, log_file, work())
    except TrialFailed as error:
        report.fail(error)
    assert report.failures == [
        "the worker stopped with exit code 3: error: gone cure: none",
        "the user is still there",
    ]


@pytest.mark.parametrize(
    "password",
    ["plain-looking", "quo\"te's/and@more", "back\\slash\\n", "schlüssel €", "p:%25w0rd"],
)
def test_a_report_masks_the_project_and_every_key(password: str, tmp_path: Path) -> None:
    db_url = f"postgresql://postgres.{REF}:{quote(password, safe='')}@db.{REF}.supabase.co:5432/a"
    found = Project(
        NAMED, f"https://{REF}.supabase.co", "sb_publishable_x", "legacy-service-key", db_url
    )
    settings = {
        "OPENAI_API_KEY": "key-of-a-model", "CRAWL_PROXY": "http://me:of-a-proxy@proxy.example",
        "HOME": "a-folder", "TRIAL_JOB_URL": "https://jobs.example/7",
    }  # fmt: skip
    report = Report(tmp_path / "report.json", secrets_of_settings(settings))
    report.hide(secrets_of_project(found))
    hidden = [
        password, quote(password), json.dumps(password), repr(password), db_url, found.url, REF,
        f"db.{REF}.supabase.co", found.secret_key, "key-of-a-model", "of-a-proxy",
        "https://jobs.example/7",
    ]  # fmt: skip
    report.failures = [f"<{one}>" for one in hidden]
    report.doctor = [{"check": "a-folder", "state": "ok", "detail": f"{password} {REF}"}]
    text = report.text()
    masked = json.loads(text)
    assert all(set(failure) <= set("<>*\"'") for failure in masked["failures"]), masked["failures"]
    assert masked["doctor"] == [{"check": "a-folder", "state": "ok", "detail": "*** ***"}]


def test_a_named_project_may_have_an_address_in_libpqs_other_form(tmp_path: Path) -> None:
    found = Project(
        NAMED, "http://10.1.2.3:54321", "", "",
        f"host=db.inside.example user=postgres.{REF} password='it\\'s a secret'",
    )  # fmt: skip
    assert {"db.inside.example", "10.1.2.3", REF, "it's a secret"} <= secrets_of_project(found)


def test_the_well_known_addresses_of_supabase_start_are_shown(tmp_path: Path) -> None:
    local = Project(
        "supabase start", "http://127.0.0.1:54321", "sb_publishable_x", "sb_secret_x",
        "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
    )  # fmt: skip
    report = Report(tmp_path / "report.json", secrets_of_project(local))
    report.failures = ["127.0.0.1:54321 refused sb_secret_x"]
    assert json.loads(report.text())["failures"] == ["127.0.0.1:54321 refused ***"]


def test_the_seconds_of_a_row_begin_with_its_claim_and_not_with_its_first_finished_step() -> None:
    claims = [
        {"claimed_at": f"2026-01-01T10:00:{second}+00:00", "late_ms": late}
        for second, late in (("00.25", 4.5), ("07", 2000.0))
    ]
    # The last step is stored with the result of the row, less than a millisecond before it.
    events = [
        {"at": "2026-01-01T10:00:03+00:00", "run": 1, "kind": "retried", "data": claims[0]},
        {
            "at": "2026-01-01T10:00:09.7499+00:00",
            "run": 2,
            "kind": "step",
            "data": {"step": "read"},
        },
        {"at": "2026-01-01T10:00:09.75+00:00", "run": 2, "kind": "completed", "data": claims[1]},
    ]
    row = {"processing_status": "completed", "processing_error": None, "processing_attempts": 2}
    line = row_line(Asked("posting", "p", "t", None, {}), row, {"events": events})
    assert (line["waited_ms"], line["seconds"]) == (4.5, 9.5)


def test_a_row_that_no_run_has_ended_has_no_seconds() -> None:
    row = {"processing_status": "pending", "processing_error": None, "processing_attempts": 1}
    events = [{"at": "2026-01-01T10:00:09+00:00", "run": 1, "kind": "step", "data": {}}]
    line = row_line(Asked("posting", "p", "t", None, {}), row, {"events": events})
    assert (line["waited_ms"], line["seconds"]) == (None, None)
