"""A stand-in for Supabase Realtime, for development: `devstack/README.md` says what it is not."""

from devstack.realtime.server import RealtimeServer
from devstack.realtime.timing import Timing
from devstack.realtime.tokens import InvalidToken

__all__ = ["InvalidToken", "RealtimeServer", "Timing"]
