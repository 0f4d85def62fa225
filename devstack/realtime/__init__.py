"""A stand-in for Supabase Realtime. `devstack/README.md` says what it leaves out."""

from devstack.realtime.limits import Limits
from devstack.realtime.server import RealtimeServer
from devstack.realtime.timing import Clock, Timing
from devstack.realtime.tokens import InvalidToken

__all__ = ["Clock", "InvalidToken", "Limits", "RealtimeServer", "Timing"]
