"""The command line: `liverows run`, and what a person wants to see and do.

Each command is one function; what goes wrong ends as two lines, `error: …` and
`cure: …`, and an exit code: 1 for a problem, 2 for a command that was typed wrongly.
An application has the same commands under its own name: `main(Program("worker", …))`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liverows.cli.program import Program


def main(wanted: Program | None = None) -> None:
    """Run the command that the arguments name; ends the process."""
    from liverows.cli.commands import app
    from liverows.cli.edge import reported
    from liverows.cli.program import become, program

    if wanted is not None:
        become(wanted)
    with reported():
        app(prog_name=program().name)
