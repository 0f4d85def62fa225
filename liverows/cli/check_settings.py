"""Checks for `liverows doctor` that need only the settings."""

from __future__ import annotations

from liverows.base.errors import SetupError
from liverows.base.finding import Finding
from liverows.base.settings import Settings, outdated_names
from liverows.running.alerts import AlertReceiver
from liverows.running.metrics import Metrics
from liverows.running.webhooks import webhooks_of


def check_settings(settings: Settings) -> list[Finding]:
    """Report which database settings are set, without their values, each outdated name, and
    whether the webhook can be used, if there is one.
    """
    return [_database_keys(settings), *_renamed(), *_webhook(settings), *_alerts(settings)]


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


def _webhook(settings: Settings) -> list[Finding]:
    check = "settings: webhook"
    try:
        webhooks = webhooks_of(settings, Metrics())
    except SetupError as error:
        return [Finding(check, "problem", error.message, error.cure)]
    return (
        [Finding(check, "ok", ", ".join(settings.webhook_events) or "all events")]
        if webhooks
        else []
    )


def _alerts(settings: Settings) -> list[Finding]:
    check = "settings: alerts"
    if settings.alert_url is None:
        return []
    try:
        receiver = AlertReceiver(settings)
    except SetupError as error:
        return [Finding(check, "problem", error.message, error.cure)]
    return [Finding(check, "ok", f"{receiver.host}, {settings.alert_format}")]
