"""`make trial` runs a row of every kind on a project, leaves nothing there, and tells what failed.
Shown on the local stack, which the variables of a real project name here."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from examples.trial import __main__ as program
from examples.trial.project import NAMED, NAMES, Project, TrialFailed
from examples.trial.user import signed_up
from tests.support.site import running_site
from tests.support.stack import Stack

USERS = "select count(*) from auth.users"


@pytest.fixture
def named(stack: Stack, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The stack, under the variables of a trial's project. At the end it has the same users."""
    project = Project(NAMED, stack.url, stack.publishable_key, stack.secret_key, stack.db_url)
    for field, name in NAMES.items():
        monkeypatch.setenv(name, getattr(project, field))
    with psycopg.connect(stack.db_url, autocommit=True) as owner:
        before = owner.execute(USERS).fetchone()
        yield project
        assert owner.execute(USERS).fetchone() == before


@pytest.mark.needs("stack", "deno")
@pytest.mark.timeout(600)
def test_a_trial_completes_a_row_of_each_kind_and_leaves_nothing_behind(
    named: Project, own_folder: Path
) -> None:
    # The site stands in for GitHub, where it has no organisation, so nothing leaves the machine.
    with running_site() as site:
        done = subprocess.run(
            [sys.executable, "-m", "examples.trial"],
            env={**os.environ, "GITHUB_API_URL": site.base_url},
            capture_output=True, text=True, timeout=570, check=False,
        )  # fmt: skip
    text = (own_folder / "trial-report.json").read_text()
    report = json.loads(text)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{text}"
    assert {line["pipeline"] for line in report["rows"]} == {
        "enrich-job-position", "analyse-interview", "company-research",
    }  # fmt: skip
    assert all(0 < line["seconds"] < report["seconds"] for line in report["rows"])
    # The worker's log may also tell of rows that other tests left in the stack.
    assert report["failures"] == []
    # On a busy machine the whole worker may stand still for a moment.
    errors = {name for name in report["worker_log"] if name.startswith("error")}
    assert errors <= {"error: event_loop_blocked"}
    secrets = [named.url, named.publishable_key, named.secret_key, named.db_url]
    assert not any(secret in text for secret in secrets)


@pytest.mark.thorough
@pytest.mark.needs("stack")
@pytest.mark.timeout(600)
def test_a_worker_that_dies_is_told_with_its_last_words(
    named: Project,
    own_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (own_folder / ".env").write_text("LIVEROWS_PIPELINES=no-such-pipeline\n")
    monkeypatch.setenv("TRIAL_REPORT", "elsewhere.json")
    assert program.main() == 1
    report = json.loads((own_folder / "elsewhere.json").read_text())
    [failure] = report["failures"]
    assert failure.startswith("the worker stopped with exit code 1: ")
    assert "no-such-pipeline" in failure
    assert failure in capsys.readouterr().err
    assert report["doctor"]
    assert sorted(own_folder.iterdir()) == [own_folder / ".env", own_folder / "elsewhere.json"]


@pytest.mark.needs("stack", "deno")
@pytest.mark.timeout(600)
def test_rows_that_have_not_ended_in_time_are_told_as_they_are(
    named: Project, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEROWS_PIPELINES", "delete-stored-objects")
    monkeypatch.setattr(program, "DEADLINE_SECONDS", 0.5)
    assert program.main() == 1
    report = json.loads((own_folder / "trial-report.json").read_text())
    assert report["failures"] == ["not all rows have ended after 0.5 s"]
    assert [line["status"] for line in report["rows"]] == ["pending"] * 4


@pytest.mark.needs("stack")
def test_a_recording_is_uploaded_without_the_name_of_the_person(
    named: Project, own_folder: Path
) -> None:
    recording = own_folder / "Jane Doe, Fellside Water.M4A"
    recording.write_bytes(b"sound")
    query = "select name, metadata ->> 'mimetype' from storage.objects where name like %s"

    async def uploaded() -> tuple[str, list[tuple[Any, ...]]]:
        async with signed_up(named) as user:
            await user.upload(recording)
            with psycopg.connect(named.db_url) as owner:
                return user.id, owner.execute(query, [f"{user.id}/%"]).fetchall()

    user_id, files = asyncio.run(uploaded())
    assert files == [(f"{user_id}/recording.m4a", "audio/m4a")]
    with psycopg.connect(named.db_url) as owner:
        assert owner.execute(query, [f"{user_id}/%"]).fetchall() == []


@pytest.mark.needs("stack")
def test_a_user_goes_even_if_the_recording_cannot_be_removed(
    named: Project, own_folder: Path
) -> None:
    recording = own_folder / "a.wav"
    recording.write_bytes(b"RIFF")

    async def signed_out() -> None:
        async with signed_up(named) as user:
            await user.upload(recording)
            user._http.headers["authorization"] = "Bearer expired"
            raise TrialFailed("the first failure")

    with pytest.raises(TrialFailed, match=r"could not remove the uploaded recording") as raised:
        asyncio.run(signed_out())
    assert str(raised.value.__context__) == "the first failure"
