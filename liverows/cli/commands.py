"""The list of commands, in the order of `liverows --help`."""

from __future__ import annotations

import typer

from liverows.cli.doctor import doctor
from liverows.cli.explain import explain
from liverows.cli.migrate import migrate
from liverows.cli.program import program
from liverows.cli.rows import cancel, redrive, retry
from liverows.cli.run import run
from liverows.cli.status import status
from liverows.cli.upkeep import pause, prune, resume

app = typer.Typer(
    help="The row is the job: runs rows of Supabase tables as durable jobs.",
    no_args_is_help=True,
    add_completion=False,
    # `liverows.cli.edge` prints errors as two lines instead.
    pretty_exceptions_enable=False,
)


def version() -> None:
    """Print the version of this program."""
    typer.echo(program().version)


for command in (
    run,
    migrate,
    doctor,
    status,
    explain,
    retry,
    cancel,
    redrive,
    pause,
    resume,
    prune,
    version,
):
    app.command()(command)
