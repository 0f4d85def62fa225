"""The list of commands, in the order of `worker --help`."""

from __future__ import annotations

import typer

from worker import __version__
from worker.cli.doctor import doctor
from worker.cli.explain import explain
from worker.cli.migrate import migrate
from worker.cli.rows import cancel, redrive, retry
from worker.cli.run import run
from worker.cli.status import status
from worker.cli.upkeep import pause, prune, resume

app = typer.Typer(
    help="The row is the job: runs rows of Supabase tables as durable jobs.",
    no_args_is_help=True,
    add_completion=False,
    # Errors become two lines in `worker.cli.edge`.
    pretty_exceptions_enable=False,
)


def version() -> None:
    """Print the version of this worker."""
    typer.echo(__version__)


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
