"""The migrations of released versions, which never change: databases have applied them.

`python -m tests.library.sql.frozen` adds the version of this checkout to the list, on the day of
its release. `--again` writes that version anew, on the same day and never later. The list has the
format of `sha256sum`: in `supabase/migrations`, `sha256sum --check ../migrations.sha256` reads it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from devstack.project import MIGRATIONS, ROOT
from liverows.base.version import VERSION
from liverows.database.contract import CONTRACT_VERSION
from liverows.database.functions import FUNCTIONS, WORK
from liverows.database.migrations import own_migrations, read_migrations

LIST = ROOT / "supabase" / "migrations.sha256"
CONTRACTS = Path(__file__).parents[1] / "upgrade" / "contracts"
"""What a worker of each release calls: functions with the names and types of their arguments."""

CURE = "add a migration with a later number, which makes the change where this one is applied"
HEADER = """\
# The migrations of each released version. They never change, because databases have applied them.
# `python -m tests.library.sql.frozen` adds a version; tests/library/sql/test_frozen.py checks it.
"""
_RELEASE = re.compile(r"# (\d+\.\d+\.\d+), (\d{4}-\d\d-\d\d)")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


class Refused(Exception):
    """The list must not be written; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version, the day of its release, and the SHA-256 of each file that it brought, in order."""

    version: str
    day: date
    files: dict[str, str] = field(default_factory=dict)


def read(text: str) -> list[Release]:
    """Return the releases of a list, oldest first. Raises `ValueError` for any other line."""
    found: list[Release] = []
    for line in text.splitlines():
        if release := _RELEASE.fullmatch(line):
            found.append(Release(release[1], date.fromisoformat(release[2])))
        elif (entry := _LINE.fullmatch(line)) and found:
            found[-1].files[entry[2]] = entry[1]
        elif not line.startswith("#"):
            raise ValueError(f"no line of a list of migrations: {line}")
    return found


def written(releases: Sequence[Release]) -> str:
    """Return the list as text."""
    lines = [HEADER]
    for release in releases:
        lines.append(f"#\n# {release.version}, {release.day}\n")
        lines += [f"{digest}  {name}\n" for name, digest in release.files.items()]
    return "".join(lines)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each migration in a folder, in the order in which they are applied."""
    return {
        one.file: sha256((folder / one.file).read_bytes()).hexdigest()
        for one in read_migrations(folder)
    }


def troubles(releases: Sequence[Release], folder: Path) -> list[str]:
    """Return a sentence for each migration that was changed, removed, renamed or put in between."""
    there = digests(folder)
    frozen = {name: release for release in releases for name in release.files}
    new = {digest: name for name, digest in there.items() if name not in frozen}
    said = []
    renamed = set()
    for name, release in frozen.items():
        digest = release.files[name]
        if there.get(name) == digest:
            continue
        if name in there:
            what = f"{name} was changed after the release of {release.version}"
        elif digest in new:
            renamed.add(new[digest])
            what = f"{name} of {release.version} was renamed to {new[digest]}"
        else:
            what = f"{name} of {release.version} was removed"
        said.append(f"{what}. Bring it back as it was, and {CURE}.")
    last = max(frozen, default="")
    said += [
        f"{name} comes before {last}, the last file of {frozen[last].version}: databases that have "
        "that one would never get it. Give the new file a later number."
        for name in new.values()
        if name not in renamed and name < last
    ]
    return said


def files_of(version: str, releases: Sequence[Release]) -> list[str]:
    """Return the names of all migrations that a database of this version has, in order."""
    files: list[str] = []
    for release in releases:
        files += release.files
        if release.version == version:
            return files
    raise LookupError(version)


def with_release(
    releases: Sequence[Release], version: str, today: date, folder: Path, *, again: bool
) -> list[Release]:
    """Return the releases with this version, which gets all files that no earlier version has.

    Raises `Refused` if a file of an earlier version differs, or if the version is in the list and
    is not from today or `again` is false.
    """
    last = releases[-1] if releases else None
    if any(release.version == version for release in releases):
        if last is None or last.version != version:
            raise Refused(f"{version} was released before {last and last.version}")
        if last.day != today:
            raise Refused(
                f"{version} was released on {last.day}: its files never change. "
                f"Raise the version, and {CURE}."
            )
        if not again:
            raise Refused(f"{version} is in the list already; --again writes it anew, today only")
        releases = releases[:-1]
    if said := troubles(releases, folder):
        raise Refused("\n".join(said))
    frozen = {name for release in releases for name in release.files}
    new = {name: digest for name, digest in digests(folder).items() if name not in frozen}
    return [*releases, Release(version, today, new)]


def contract() -> str:
    """Return what a worker of this checkout calls, as JSON."""
    told = {"contract": CONTRACT_VERSION, "functions": FUNCTIONS, "work": sorted(WORK)}
    return json.dumps(told, indent=1) + "\n"


def main() -> None:
    """Add the version of this checkout to the list, and write down what its worker calls."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--again", action="store_true", help="write today's release anew")
    again: bool = parser.parse_args().again
    before = read(LIST.read_text()) if LIST.exists() else []
    try:
        after = with_release(before, VERSION, datetime.now(UTC).date(), MIGRATIONS, again=again)
    except Refused as error:
        parser.exit(1, f"nothing was written: {error}\n")
    LIST.write_text(written(after))
    CONTRACTS.mkdir(parents=True, exist_ok=True)
    (CONTRACTS / f"{VERSION}.json").write_text(contract())
    own = {one.file for one in own_migrations()}
    brought = after[-1].files
    parser.exit(
        0,
        f"{VERSION}: {len(brought)} migrations are frozen, {len(own & brought.keys())} of them "
        "the library's\n",
    )


if __name__ == "__main__":
    main()
