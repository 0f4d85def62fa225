"""Packs the library's migrations, which stand with the others in supabase/migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PATTERN = "*_processing_*.sql"


class PackMigrations(BuildHookInterface[Any]):
    """Adds them as `_migrations`; a source distribution has them there already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; for an editable one there is nothing to pack."""
        folder = Path(self.root).parent / "supabase" / "migrations"
        if version == "editable" or not folder.is_dir():
            return
        for file in sorted(folder.glob(PATTERN)):
            build_data["force_include"][str(file)] = f"_migrations/{file.name}"
