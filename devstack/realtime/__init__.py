"""A stand-in for Supabase Realtime. `devstack/README.md` says what it leaves out."""

from devstack.realtime.server import RealtimeServer
from devstack.realtime.timing import Timing
from devstack.realtime.tokens import InvalidToken

__all__ = ["InvalidToken", "RealtimeServer", "Timing"]
