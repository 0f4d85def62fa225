"""Tells which of the library's extras are installed."""

from __future__ import annotations

from importlib.util import find_spec

REALTIME_CURE = "pip install 'liverows[realtime]'"
CONSOLE_CURE = "pip install 'liverows[console]'"
WEBHOOKS_CURE = "pip install 'liverows[webhooks]'"
OTEL_CURE = "pip install 'liverows[otel]'"


def has_realtime() -> bool:
    """Whether the extra `realtime` is installed.

    `supabase` is not looked for: Python might find a project's folder of that name.
    """
    return all(find_spec(module) is not None for module in ("httpx", "realtime"))


def has_webhooks() -> bool:
    """Whether the extra `webhooks` is installed."""
    return find_spec("httpx") is not None


def has_otel() -> bool:
    """Whether the extra `otel` is installed."""
    # Looking for a part of a package imports the packages above it, and one may be missing.
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def has_console() -> bool:
    """Whether the extra `console` is installed."""
    return all(find_spec(module) is not None for module in ("httpx", "jinja2"))
