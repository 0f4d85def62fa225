"""Checks for `liverows doctor` that need only the settings."""

from __future__ import annotations

from liverows.base.finding import Finding
from liverows.base.settings import Settings, outdated_names


def check_settings(settings: Settings) -> list[Finding]:
    """Report which database settings are set, without their values, and each outdated name."""
    return [_database_keys(settings), *_renamed()]


def _database_keys(settings: Settings) -> Finding:
    names = ("supabase_db_url", "supabase_url", "supabase_secret_key")
    keys = ", ".join(
        f"{name.upper()} {'no' if getattr(settings, name) is None else 'yes'}" for name in names
    )
    api = settings.supabase_url is not None and settings.supabase_secret_key is not None
    if settings.supabase_db_url is not None or api:
        return Finding("settings: database", "ok", keys)
    return Finding(
        "settings: database",
        "problem",
        keys,
        "set SUPABASE_DB_URL, or SUPABASE_URL and SUPABASE_SECRET_KEY (see .env.template)",
    )


def _renamed() -> list[Finding]:
    return [
        Finding("settings: names", "warning", f"{old} is still read", f"call it {new}")
        for old, new in outdated_names().items()
    ]
