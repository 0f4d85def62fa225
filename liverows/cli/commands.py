"""The list of commands, in the order of `liverows --help`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from liverows.cli.program import program

_HOMES = {
    "init": "liverows.cli.init",
    "new": "liverows.cli.new",
    "check": "liverows.cli.check",
    "run": "liverows.cli.run",
    "migrate": "liverows.cli.migrate",
    "doctor": "liverows.cli.doctor",
    "console": "liverows.cli.console",
    "status": "liverows.cli.status",
    "list": "liverows.cli.listing:list_rows",
    "failures": "liverows.cli.listing",
    "explain": "liverows.cli.explain",
    "retry": "liverows.cli.rows",
    "cancel": "liverows.cli.rows",
    "redrive": "liverows.cli.rows",
    "alerts": "liverows.cli.alerts",
    "priority": "liverows.cli.rows",
    "pause": "liverows.cli.upkeep",
    "resume": "liverows.cli.upkeep",
    "limits": "liverows.cli.upkeep",
    "budgets": "liverows.cli.budgets",
    "log": "liverows.cli.log",
    "prune": "liverows.cli.upkeep",
    "export": "liverows.cli.export",
    "exporter": "liverows.cli.exporter",
    "version": "liverows.cli.version",
}
"""By command, the module with the function, or the group of commands, of that name.

If the function has another name, this follows after a colon.
"""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(program().version)
        raise typer.Exit


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """Make the program of these arguments.

    If the first argument names a command, only this command is imported, so that a worker starts
    without what the other commands need. Otherwise all are, for the help and for suggestions.
    """
    app = typer.Typer(
        help="The row is the job: runs rows of Supabase tables as durable jobs.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        # Off, because `liverows.cli.edge` prints each error as two lines.
        pretty_exceptions_enable=False,
    )
    # With a callback, a program of one command too expects the command's name.
    app.callback()(_before)
    wanted = arguments[0] if arguments else ""
    for name in [wanted] if wanted in _HOMES else _HOMES:
        module, _, function = _HOMES[name].partition(":")
        found = getattr(import_module(module), function or name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _before(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version."),
    ] = False,
) -> None:
    del version  # the callback has printed it
