"""Packs the library's SQL migrations, which the repository keeps in supabase/migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PATTERN = "*_processing_*.sql"


class PackMigrations(BuildHookInterface[Any]):
    """Adds the migrations to the built package, as files of its folder `_migrations`.

    A source distribution already has that folder. So a build from the distribution adds nothing.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files; hatchling calls this before each build.

        An editable build adds nothing, because it reads the migrations from the repository.
        """
        folder = Path(self.root).parent / "supabase" / "migrations"
        if version == "editable" or not folder.is_dir():
            return
        for file in sorted(folder.glob(PATTERN)):
            build_data["force_include"][str(file)] = f"_migrations/{file.name}"
