"""Which program runs here: the library's own command, or that of an application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from liverows.base.settings import Settings
from liverows.base.version import VERSION


@dataclass(frozen=True, slots=True)
class Program:
    """A command line program.

    `packages` are served in addition to those in LIVEROWS_PACKAGES. `missing` names packages that
    are not installed here, each with the command that installs it. `migrations` are folders of SQL
    files that `migrate` applies in addition to the library's own.
    """

    name: str = "liverows"
    version: str = VERSION
    packages: Sequence[str] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    migrations: Sequence[Path] = ()

    def packages_of(self, settings: Settings) -> tuple[str, ...]:
        """The packages of pipelines that this program serves with these settings."""
        return tuple(dict.fromkeys((*self.packages, *settings.packages)))


_current = Program()


def program() -> Program:
    """The program that runs in this process."""
    return _current


def become(wanted: Program) -> None:
    """Set the program of this process; called once, before any command runs."""
    global _current  # noqa: PLW0603 - a process runs one program only
    _current = wanted
