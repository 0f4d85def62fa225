"""The command `worker`: the library's commands for the application's pipelines."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from liverows.cli import main as run_command
from liverows.cli.program import Program
from worker import PACKAGES, __version__

if TYPE_CHECKING:
    from worker.settings import ServiceSettings

_PAGES = ("extruct", "markdownify", "tldextract")
NEEDED = {
    "worker.positions": _PAGES,
    "worker.interviews": ("av", "spellchecker"),
    "worker.companies": (*_PAGES, "protego"),
}
"""By package: modules from its extra. A package is served only if all are installed."""


def main() -> None:
    """Run the command that the process's arguments name, and end the process."""
    run_command(program())


def program() -> Program:
    """The command line program. It serves the packages whose modules are installed."""
    missing = {name: _extra(name) for name in PACKAGES if not _is_installed(name)}
    packages = tuple(name for name in PACKAGES if name not in missing)
    return Program("worker", __version__, packages, missing, (_migrations(),), _settings)


def _settings() -> ServiceSettings:
    from worker.settings import load_service_settings

    return load_service_settings()


def _is_installed(package: str) -> bool:
    return all(find_spec(module) is not None for module in NEEDED[package])


def _extra(package: str) -> str:
    return f"pip install 'liverows-interview-prep[{package.rpartition('.')[2]}]'"


def _migrations() -> Path:
    """In an installed wheel, the migrations are inside the package."""
    package = Path(__file__).parent
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parent / "supabase" / "migrations"


if __name__ == "__main__":
    main()
