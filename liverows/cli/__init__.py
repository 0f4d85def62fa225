"""The command line: `liverows run`, and the commands that a person uses.

Each command is one function. An error is printed as two lines, `error: …` and `cure: …`. The exit
code is 1 for a problem and 2 for a wrongly typed command. An application has the same commands
under its own name: `main(Program("worker", …))`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liverows.cli.program import Program


def main(wanted: Program | None = None) -> None:
    """Run the command given on the command line; ends the process."""
    from liverows.cli.commands import app
    from liverows.cli.edge import reported
    from liverows.cli.program import become, program

    if wanted is not None:
        become(wanted)
    with reported():
        app(prog_name=program().name)
