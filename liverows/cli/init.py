"""The command `init`: makes a folder ready for pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liverows.base.errors import SetupError
from liverows.cli.scaffold.plan import Plan

PackageOption = Annotated[str, typer.Option(help="Package of the pipelines, by dotted name.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show the changes, as a diff.")]


def init(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of the project.")
    ] = Path(),
    package: PackageOption = "pipelines",
    dry_run: DryRunOption = False,
) -> None:
    """Add what a project needs: migrations, settings, a package with an example, and its test.

    A file that is there is never overwritten; `.env`, `.gitignore` and `supabase/config.toml` get
    only the lines that they lack. Run it again after an update of the library: it adds the
    migrations that are new.
    """
    from liverows.cli.scaffold.project_files import CONFIG, plan_of

    checked_package(package)
    plan = plan_of(folder, package)
    carry_out(plan, dry_run)
    if not dry_run:
        uses_cli = (folder / CONFIG).is_file()
        first = (
            "supabase migration up        # or, for a hosted project: supabase db push"
            if uses_cli
            else "liverows migrate             # first set SUPABASE_DB_URL in .env"
        )
        typer.echo(f"next:\n  {first}\n{_NEXT}")


_NEXT = """\
  pytest                       # runs the example; needs: pip install 'liverows[testing]'
  liverows new pipeline summarise-cv --table public.cvs --input cv_text --output summary"""


def checked_package(package: str) -> None:
    """Raise `SetupError` if this is no dotted name of a package."""
    if not all(part.isidentifier() for part in package.split(".")):
        raise SetupError(f"{package} is no name of a package", cure="name it like pipelines")


def carry_out(plan: Plan, dry_run: bool) -> None:
    """Show the changes as a diff, or make them and say what became of each file."""
    if dry_run:
        for change in plan.wanted():
            typer.echo(change.diff(), nl=False)
    else:
        plan.apply()
        copies = [change.path for change in plan.changes if change.fate == "copied"]
        if copies:
            typer.echo(f"copied   {len(copies)} migrations of the library to {copies[0].parent}")
        for change in plan.changes:
            if change.fate not in ("unchanged", "copied"):
                typer.echo(f"{change.fate:<8} {change.path}{_WHY.get(change.fate, '')}")
    if not plan.wanted():
        typer.echo("nothing to change")


_WHY = {"kept": "  (it has another text than this command would write)"}
