"""The exit codes of the commands.

0: done. 1: a problem, or rows that refused. 2: the command line is malformed. 3: nothing matches.
"""

from __future__ import annotations

import typer

_PROBLEM = 1
_NOTHING = 3


def problem() -> typer.Exit:
    """Return the end of a command that could not do all that was asked."""
    return typer.Exit(_PROBLEM)


def nothing_matched(what: str = "row") -> typer.Exit:
    """Say on stderr that no row, or nothing else, matches; return the end of the command."""
    typer.echo(f"no {what} matches", err=True)
    return typer.Exit(_NOTHING)
