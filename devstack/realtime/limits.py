"""What a project's Realtime refuses or drops. By default the stand-in refuses and drops nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from devstack.realtime.timing import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one project, and what its server does not know yet."""

    messages_per_second: float | None = None
    """Postgres Changes and Broadcasts of the database over this number are dropped; the channel
    stays joined and nobody is told. Each message counts once per subscriber. None: no limit."""

    averaged_over: float = 5.0
    """Over how many seconds the number is averaged. The real server takes up to 60 s, in steps of
    5 s, so a burst of the first 5 s passes there."""

    private_only: bool = False
    """Whether joining a public channel is refused."""

    knows_wait: bool = True
    """Whether the option `wait` of a join has an effect. Older servers ignore it."""


class Rate:
    """Counts the messages of one kind, and says when there are too many."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._span = limits.averaged_over
        self._most = (limits.messages_per_second or 0) * self._span
        self._limited = limits.messages_per_second is not None
        self._clock = clock
        self._sent: deque[float] = deque()

    def admits(self) -> bool:
        """Whether one more message may be sent now; if so, it counts as sent."""
        if not self._limited:
            return True
        now = self._clock.now()
        while self._sent and self._sent[0] <= now - self._span:
            self._sent.popleft()
        if len(self._sent) >= self._most:
            return False
        self._sent.append(now)
        return True
