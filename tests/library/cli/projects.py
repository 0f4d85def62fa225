"""A table for the projects that the tests of `init` and `new pipeline` make."""

from __future__ import annotations

from pathlib import Path

CVS = """
create table public.cvs (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id),
    cv_text text not null,
    summary text,
    score numeric(3, 1)
);
"""


def files(folder: Path) -> dict[str, str]:
    """The text of each file in a project, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
