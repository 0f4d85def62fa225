"""How long the stand-in waits; tests shrink what the real server makes one wait for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds. The real server's are the defaults, but for the polling."""

    poll: float = 0.02
    """Pause after changes; the real server polls again at once, else after 0.1."""

    idle_poll: float = 0.05
    """Pause when nothing happened; the real server's grows to 0.5."""

    join_error: float = 5.0
    """Before a refused join is answered, so that clients do not storm."""

    resubscribe: float = 2.0
    """Between a new token and the new subscription; really 1 to 3, at random."""

    token_check: float = 300.0
    """How often a channel's token is verified again; an expiry is noticed when due."""

    reconnect: float = 0.5
    """Between tries to reach a database that went away."""
