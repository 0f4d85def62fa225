"""What a command would change in a project's files, shown before it is done."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from liverows.base.errors import SetupError

Fate = Literal["new", "copied", "changed", "unchanged", "kept"]


@dataclass(frozen=True, slots=True)
class Change:
    """One file, by its path from the project's folder. `after` is its text when all is done.

    `copied` is a new file with a migration of the library. `kept` means that the file has another
    text than the command would write, and is left alone.
    """

    path: Path
    before: str | None
    after: str
    fate: Fate

    def diff(self) -> str:
        """Return the change as a unified diff; a migration of the library as one line."""
        lines = self.after.splitlines(keepends=True)
        if self.fate == "copied":
            return f"+++ {self.path} ({len(lines)} lines)\n"
        old = [] if self.before is None else self.before.splitlines(keepends=True)
        source = "/dev/null" if self.before is None else str(self.path)
        return "".join(difflib.unified_diff(old, lines, source, str(self.path)))


@dataclass(slots=True)
class Plan:
    """The changes to the files of a project, in the order in which they were planned."""

    root: Path
    changes: list[Change] = field(default_factory=list)

    def write(self, path: str | Path, text: str) -> None:
        """Plan a new file. A file that is there already is never overwritten."""
        before = self._read(Path(path))
        if before is None:
            self._add(path, None, text, "new")
        else:
            self._add(path, before, before, "unchanged" if before == text else "kept")

    def copy(self, path: Path, text: str) -> None:
        """Plan a migration of the library, which the project does not have yet."""
        self._add(path, None, text, "copied")

    def edit(self, path: str | Path, edit: Callable[[str], str]) -> None:
        """Plan what `edit` makes of the file's text, which is "" if there is no file."""
        before = self._read(Path(path))
        after = edit(before or "")
        if after == (before or ""):
            if before is not None:
                self._add(path, before, before, "unchanged")
        else:
            self._add(path, before, after, "new" if before is None else "changed")

    def wanted(self) -> list[Change]:
        """Return the changes that write something."""
        return [change for change in self.changes if change.fate in ("new", "copied", "changed")]

    def apply(self) -> None:
        """Write the files; `SetupError` with the first one that cannot be written."""
        for change in self.wanted():
            path = self.root / change.path
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(change.after.encode())
            except OSError as error:
                raise SetupError(
                    f"{change.path} cannot be written: {error.strerror}",
                    cure="correct the rights of the folder and run the command again",
                ) from error

    def _add(self, path: str | Path, before: str | None, after: str, fate: Fate) -> None:
        self.changes.append(Change(Path(path), before, after, fate))

    def _read(self, path: Path) -> str | None:
        try:
            # As bytes: Python would replace the line ends of other systems.
            return (self.root / path).read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(
                f"{path} cannot be read: {error}", cure="mend the file, or move it away"
            ) from error
