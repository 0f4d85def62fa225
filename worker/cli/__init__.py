"""The command line: `worker run`, and what a person wants to see and do.

Each command is one function; what goes wrong ends as two lines, `error: …` and
`cure: …`, and an exit code: 1 for a problem, 2 for a command that was typed wrongly.
"""

from __future__ import annotations


def main() -> None:
    """Run the command that the arguments name; ends the process."""
    from worker.cli.commands import app
    from worker.cli.edge import reported

    with reported():
        app(prog_name="worker")
