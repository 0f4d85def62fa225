"""How long the stand-in waits. Tests use shorter waits than the real server."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


class Clock:
    """The clock of the limits, the tokens and the pauses that a client notices; tests have clocks
    of their own."""

    def now(self) -> float:
        """The time in seconds."""
        return time.monotonic()

    def wall(self) -> float:
        """The time by which tokens expire, in seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when this time has passed."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """In seconds. The defaults are those of the real server, except for the polling."""

    poll: float = 0.02
    """The pause after a poll that found changes. The real server makes no pause then."""

    idle_poll: float = 0.05
    """The pause after a poll that found nothing. The real server's pause grows to 0.5."""

    join_error: float = 5.0
    """The pause before a refused join is answered, so that clients do not try again too fast."""

    late_start: float = 0.0
    """The pause between a join and its subscription to changes, unless the join waited for it. On
    the real server it is 1.5 to 2.5 when nobody was subscribed before."""

    resubscribe: float = 2.0
    """The pause between a new token and the new subscription. The real one is random, 1 to 3."""

    token_check: float = 300.0
    """The pause between two checks of a channel's token. An expiry is noticed at once."""

    reconnect: float = 0.5
    """The pause between two tries to reach a database that does not answer."""

    clock: Clock = field(default_factory=Clock)
    """The clock of `join_error`, `late_start`, `resubscribe`, the limits and the tokens."""
