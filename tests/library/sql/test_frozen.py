"""A migration of a released version never changes, nor does the list that says so."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from devstack.project import MIGRATIONS, ROOT
from liverows.base.version import VERSION
from liverows.database.contract import CONTRACT_VERSION, understood
from liverows.database.functions import FUNCTIONS, WORK
from liverows.database.migrations import own_migrations, read_migrations
from tests.library.sql.frozen import (
    CONTRACTS,
    CURE,
    LIST,
    Refused,
    Release,
    digests,
    files_of,
    read,
    troubles,
    with_release,
    written,
)

RELEASES = read(LIST.read_text())
TODAY = date(2027, 3, 1)
LATER = date(2027, 3, 2)
AGAIN = "today's release is written anew with: python -m tests.library.sql.frozen --again"


def test_no_migration_of_a_released_version_was_changed_removed_or_put_in_between() -> None:
    assert troubles(RELEASES, MIGRATIONS) == [], AGAIN


def test_the_list_is_one_that_sha256sum_reads() -> None:
    assert written(RELEASES) == LIST.read_text()
    command = ["sha256sum", "--check", "--strict", "--quiet", str(LIST)]
    done = subprocess.run(command, cwd=MIGRATIONS, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_this_version_is_frozen_on_the_day_that_the_changelog_says() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert headings == [(one.version, str(one.day)) for one in reversed(RELEASES)]
    assert headings[0][0] == VERSION


def test_every_package_and_every_demand_names_this_version() -> None:
    for file in ("pyproject.toml", "liverows/pyproject.toml"):
        project = tomllib.loads((ROOT / file).read_text())["project"]
        assert project["version"] == VERSION
        demands = re.findall(r"liverows(?:\[[^]]*\])?==([\d.]+)", (ROOT / file).read_text())
        assert set(demands) <= {VERSION}
    assert json.loads((ROOT / "packages/js/package.json").read_text())["version"] == VERSION


def test_each_file_goes_into_one_package_and_the_librarys_record_their_own_number() -> None:
    own = own_migrations()
    assert [one.library_version for one in own] == [one.version for one in own]
    for one in read_migrations(MIGRATIONS):
        # By `_processing_` in the name a wheel of the application leaves a file out.
        assert ("_processing_" in one.file) == (one in own), one.file
        assert one in own or one.library_version is None, one.file


@pytest.mark.parametrize("release", RELEASES, ids=lambda one: one.version)
def test_a_worker_calls_an_older_release_only_as_that_release_is_called(release: Release) -> None:
    """If this fails, raise `CONTRACT_VERSION` and name the argument in `YOUNG_ARGUMENTS`."""
    told = json.loads((CONTRACTS / f"{release.version}.json").read_text())
    if abs(told["contract"] - CONTRACT_VERSION) > 1:
        pytest.skip("workers of this release do not start on it")
    assert set(told["work"]) >= WORK, AGAIN
    for function in told["functions"].keys() & FUNCTIONS.keys():
        sent = understood(function, dict.fromkeys(FUNCTIONS[function]), told["contract"])
        assert sent.keys() <= told["functions"][function].keys(), f"{function}; {AGAIN}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of four migrations, the first three of which are released."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for one in read_migrations(MIGRATIONS)[:3]:
        shutil.copy(MIGRATIONS / one.file, folder)
    return folder


@pytest.fixture
def released(folder: Path) -> list[Release]:
    (one, two, three) = digests(folder).items()
    return [
        Release("0.1.0", date(2027, 1, 1), dict([one, two])),
        Release("0.2.0", TODAY, dict([three])),
    ]


def names(folder: Path) -> list[str]:
    return list(digests(folder))


def test_a_later_file_is_no_trouble(folder: Path, released: list[Release]) -> None:
    (folder / "20990101000000_processing_more.sql").write_text("select 1;")
    assert troubles(released, folder) == []


def change(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def rename(file: Path) -> None:
    file.rename(file.with_name("20990101000000_processing_late.sql"))


def put_before(file: Path) -> None:
    number, _, name = file.name.partition("_")
    file.with_name(f"{int(number) - 1}_{name}").write_text("select 1;")


DAMAGES: list[tuple[Callable[[Path], None], int, str]] = [
    (change, 0, "{} was changed after the release of 0.1.0. Bring it back as it was, and {}."),
    (change, 2, "{} was changed after the release of 0.2.0. Bring it back as it was, and {}."),
    (Path.unlink, 1, "{} of 0.1.0 was removed. Bring it back as it was, and {}."),
    (
        rename, 2,
        "{} of 0.2.0 was renamed to 20990101000000_processing_late.sql. Bring it back as it was,"
        " and {}.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "place", "sentence"), DAMAGES)
def test_a_change_is_told_with_the_file_the_version_and_the_cure(
    folder: Path,
    released: list[Release],
    damage: Callable[[Path], None],
    place: int,
    sentence: str,
) -> None:
    name = names(folder)[place]
    damage(folder / name)
    assert troubles(released, folder) == [sentence.format(name, CURE)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_that_is_put_in_between_is_told(
    folder: Path, released: list[Release], place: int
) -> None:
    before, last = names(folder)[place], names(folder)[2]
    put_before(folder / before)
    (said,) = troubles(released, folder)
    assert f"comes before {last}, the last file of 0.2.0" in said
    assert said.endswith("Give the new file a later number.")


def test_a_release_gets_the_files_that_no_earlier_one_has(
    folder: Path, released: list[Release]
) -> None:
    (folder / "20990101000000_processing_more.sql").write_text("select 1;")
    after = with_release(released, "0.3.0", LATER, folder, again=False)
    assert after[:2] == released
    assert list(after[2].files) == ["20990101000000_processing_more.sql"]
    assert read(written(after)) == after
    assert files_of("0.2.0", after) == names(folder)[:3]
    assert files_of("0.3.0", after) == names(folder)


def test_a_release_without_new_files_is_noted_too(folder: Path, released: list[Release]) -> None:
    after = with_release(released, "0.2.1", LATER, folder, again=False)
    assert after[-1] == Release("0.2.1", LATER, {})
    assert files_of("0.2.1", read(written(after))) == names(folder)


def test_on_its_day_a_release_is_written_anew_if_told_so(
    folder: Path, released: list[Release]
) -> None:
    change(folder / names(folder)[2])
    with pytest.raises(Refused, match="--again"):
        with_release(released, "0.2.0", TODAY, folder, again=False)
    after = with_release(released, "0.2.0", TODAY, folder, again=True)
    assert troubles(after, folder) == []
    assert after[0] == released[0]


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("version", "day", "place"), [("0.2.0", LATER, 2), ("0.2.0", TODAY, 0), ("0.1.0", TODAY, 0)]
)
def test_lines_of_a_released_version_are_never_written_anew(
    folder: Path, released: list[Release], version: str, day: date, place: int, again: bool
) -> None:
    change(folder / names(folder)[place])
    with pytest.raises(Refused):
        with_release(released, version, day, folder, again=again)


def test_a_new_version_is_refused_while_a_file_of_an_older_one_differs(
    folder: Path, released: list[Release]
) -> None:
    change(folder / names(folder)[0])
    with pytest.raises(Refused, match=r"was changed after the release of 0\.1\.0"):
        with_release(released, "0.3.0", LATER, folder, again=False)


def test_a_line_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no line"):
        read("# 0.1.0, 2027-01-01\nabc  file.sql\n")
