"""Tells whether the library's extra `realtime` is installed."""

from __future__ import annotations

from importlib.util import find_spec

REALTIME_CURE = "pip install 'liverows[realtime]'"


def has_realtime() -> bool:
    """Whether the extra `realtime` is installed.

    `supabase` is not looked for: Python might find a project's folder of that name.
    """
    return all(find_spec(module) is not None for module in ("httpx", "realtime"))
