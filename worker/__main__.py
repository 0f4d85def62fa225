"""`python -m worker` and the command `worker`: the library's commands with our pipelines."""

from __future__ import annotations

from pathlib import Path

from liverows.cli import main as run_command
from liverows.cli.program import Program
from worker import PACKAGES, __version__


def main() -> None:
    """Run the command that the arguments name; ends the process."""
    run_command(Program("worker", __version__, PACKAGES, (_migrations(),)))


def _migrations() -> Path:
    """Ours and the library's: inside an installed wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    packed = package / "_migrations"
    return packed if packed.is_dir() else package.parent / "supabase" / "migrations"


if __name__ == "__main__":
    main()
