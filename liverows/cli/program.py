"""Which program runs in this process: the library's command, or an application's command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_settings import BaseSettings

from liverows.base.errors import SetupError
from liverows.base.log import secrets_of
from liverows.base.settings import Settings
from liverows.base.version import VERSION


@dataclass(frozen=True, slots=True)
class Program:
    """A command line program."""

    name: str = "liverows"
    version: str = VERSION
    packages: Sequence[str] = ()
    """Served in addition to those in LIVEROWS_PACKAGES."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Packages that cannot be used here, each with the command that installs what they need."""
    migrations: Sequence[Path] = ()
    """Folders of SQL files that `migrate` applies in addition to the library's own."""
    settings: Callable[[], BaseSettings] | None = None
    """Reads the application's own settings, whose secrets no command shows."""

    def secrets(self) -> list[str]:
        """Return the secrets of the application's own settings, unless these are malformed."""
        try:
            return [] if self.settings is None else secrets_of(self.settings())
        except SetupError:
            return []

    def packages_of(self, settings: Settings) -> tuple[str, ...]:
        """Return the packages of pipelines of this program and of the settings, each once."""
        return tuple(dict.fromkeys((*self.packages, *settings.packages)))


_current = Program()


def program() -> Program:
    """Return the program that runs in this process; `liverows` unless `become` was called."""
    return _current


def become(wanted: Program) -> None:
    """Set the program of this process. `main` calls this for an application's program."""
    global _current  # noqa: PLW0603 - a process runs one program only
    _current = wanted
