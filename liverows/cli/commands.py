"""The list of commands, in the order of `liverows --help`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import typer

_HOMES = {
    "init": "liverows.cli.init",
    "new": "liverows.cli.new",
    "check": "liverows.cli.check",
    "run": "liverows.cli.run",
    "migrate": "liverows.cli.migrate",
    "doctor": "liverows.cli.doctor",
    "console": "liverows.cli.console",
    "status": "liverows.cli.status",
    "explain": "liverows.cli.explain",
    "retry": "liverows.cli.rows",
    "cancel": "liverows.cli.rows",
    "redrive": "liverows.cli.rows",
    "pause": "liverows.cli.upkeep",
    "resume": "liverows.cli.upkeep",
    "prune": "liverows.cli.upkeep",
    "version": "liverows.cli.version",
}
"""By command, the module with the function, or the group of commands, of that name."""


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """Make the program of these arguments.

    If the first argument names a command, only this command is imported, so that a worker starts
    without what the other commands need. Otherwise all are, for the help and for suggestions.
    """
    app = typer.Typer(
        help="The row is the job: runs rows of Supabase tables as durable jobs.",
        no_args_is_help=True,
        add_completion=False,
        # Off, because `liverows.cli.edge` prints each error as two lines.
        pretty_exceptions_enable=False,
    )
    # With a callback, a program of one command too expects the command's name.
    app.callback()(_no_options)
    wanted = arguments[0] if arguments else ""
    for name in [wanted] if wanted in _HOMES else _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command()(found)
    return app


def _no_options() -> None:
    pass
