"""Packs the application's migrations; the library brings its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackMigrations(BuildHookInterface[Any]):
    """Adds them to a wheel as `worker/_migrations`; a source distribution has the whole folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; for an editable one there is nothing to pack."""
        if version == "editable" or self.target_name != "wheel":
            return
        for file in sorted((Path(self.root) / "supabase" / "migrations").glob("*.sql")):
            if "_processing_" not in file.name:
                build_data["force_include"][str(file)] = f"worker/_migrations/{file.name}"
