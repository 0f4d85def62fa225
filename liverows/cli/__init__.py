"""The command line: `liverows run`, and the commands that a person uses.

An application gets these commands under its own name with `main(Program("worker", …))`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from liverows.base.collector import collector_paused

if TYPE_CHECKING:
    from liverows.cli.program import Program


def main(wanted: Program | None = None) -> None:
    """Run the command that the command line names, then end the process with its exit code.

    `wanted` is the program of an application; without it the program is `liverows`.
    """
    with collector_paused():
        from liverows.cli.commands import command_line
        from liverows.cli.edge import reported
        from liverows.cli.program import become, program

        app = command_line(sys.argv[1:])
    if wanted is not None:
        become(wanted)
    with reported():
        app(prog_name=program().name)
