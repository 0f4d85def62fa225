"""A stranger's project takes the library alone, from its wheel, beside names that we use too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.library.cli.command import ROOT, Shell
from tests.support.databases import Connections, Database
from tests.support.doorbells import until

EXAMPLE = ROOT / "examples" / "minimal"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The content of the library's wheel."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / "liverows", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    folder = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, in a folder that has a package `worker` of its own."""
    folder = tmp_path / "project"
    shutil.copytree(EXAMPLE, folder)
    (folder / "worker").mkdir()
    (folder / "worker" / "__init__.py").write_text("raise ImportError('of somebody else')\n")
    return folder


async def test_a_row_of_a_strangers_project_is_done(
    site: Path, project: Path, bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    owner.execute("create table public.companies (name text)")
    there = Shell(project).having(
        SUPABASE_DB_URL=bare_database.dsn, LIVEROWS_PACKAGES="jobs", PYTHONPATH=str(site)
    )
    assert "processing" in there.liverows("migrate").out
    owner.execute((project / "schema.sql").read_text())
    owner.execute("insert into public.notes (body) values ('the row is the job, says somebody')")
    done = [("THE ROW IS THE JOB, ", "completed")]
    note = "select headline, processing_status from public.notes"
    with there.running(program="liverows") as worker:
        worker.logged("worker_started")
        await until(lambda: owner.execute(note).fetchall() == done)
        assert worker.terminate() == 0
    assert owner.execute("select count(*) from public.companies").fetchone() == (0,)


def test_the_wheel_says_that_the_library_has_types(site: Path) -> None:
    assert (site / "liverows" / "py.typed").exists()


@pytest.mark.thorough  # `test_new_pipeline.py` checks a project against the library's types
def test_the_types_of_the_library_hold_for_its_users(site: Path, project: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "jobs"],
        cwd=project,
        env={**os.environ, "MYPYPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
