"""How long the stand-in waits. Tests use shorter waits than the real server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """In seconds. The defaults are those of the real server, except for the polling."""

    poll: float = 0.02
    """The pause after a poll that found changes. The real server makes no pause then."""

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
