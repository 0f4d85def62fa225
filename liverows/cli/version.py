"""The command `version`."""

from __future__ import annotations

import typer

from liverows.cli.program import program


def version() -> None:
    """Print the version of this program."""
    typer.echo(program().version)
