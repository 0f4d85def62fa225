"""Says whether the library's extra `realtime` is installed."""

from __future__ import annotations

from importlib.util import find_spec

REALTIME_CURE = "pip install 'liverows[realtime]'"


def has_realtime() -> bool:
    """Whether the Data API and the Realtime doorbell can be used.

    The package supabase is not looked for: a project's folder `supabase` would be taken for it.
    """
    return all(find_spec(module) is not None for module in ("httpx", "realtime"))
