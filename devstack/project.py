"""The migrations of this repository, and databases that have them."""

from __future__ import annotations

from pathlib import Path

from liverows.testing.databases import create_supabase, run_sql
from liverows.testing.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "supabase" / "migrations"


def create_project(server: PostgresServer, name: str, *, migrate: bool = True) -> str:
    """Create a database with Supabase's schemas (a stand-in) and our migrations; returns its DSN.

    The database `postgres` is not created, because every server has it already.
    """
    dsn = create_supabase(server, name)
    if migrate:
        apply_migrations(dsn)
    return dsn


def apply_migrations(dsn: str) -> list[str]:
    """Run all migrations in order, each in its own transaction; returns their names."""
    scripts = sorted(MIGRATIONS.glob("*.sql"))
    for script in scripts:
        run_script(dsn, script)
    return [script.name for script in scripts]


def run_script(dsn: str, file: Path) -> None:
    """Run one SQL file as a single transaction. An error message names the file."""
    run_sql(dsn, file.read_text(encoding="utf-8"), file.name)
