"""Whether the database answers, and how long to wait before it is asked again."""

from __future__ import annotations

import random
import time

from liverows.base.errors import DatabaseTrouble
from liverows.base.logger import get_logger

log = get_logger(__name__)

_FLOOR_SECONDS = 0.1


class Reachability:
    """What every way to the database notes: its last answer, or the trouble since then.

    `answered_at` is by the monotonic clock. It begins with the process, so that a worker
    that never got an answer is also cut off after a while.
    """

    def __init__(self) -> None:
        self.answered_at = time.monotonic()
        self.trouble: DatabaseTrouble | None = None

    def answered(self) -> None:
        """The database answered, be it with an error of its own."""
        self.answered_at = time.monotonic()
        if self.trouble is not None:
            log.info("database_answers_again", after=self.trouble.message)
            self.trouble = None

    def failed(self, trouble: DatabaseTrouble) -> None:
        """There was no answer, or no login; logged when the reason is a new one."""
        if self.trouble is None or self.trouble.message != trouble.message:
            log.error(
                "database_trouble",
                code=trouble.code,
                sqlstate=trouble.sqlstate,
                reason=trouble.message,
                cure=trouble.cure,
            )
        self.trouble = trouble


def reachability_of(transport: object) -> Reachability:
    """That of the transport, or a new one for a transport that keeps none."""
    found = getattr(transport, "reachability", None)
    return found if isinstance(found, Reachability) else Reachability()


class GrowingWait:
    """Waits that double up to a cap, drawn between half of it and all of it.

    The first one is short, so that a moment's trouble costs a moment. The jitter keeps a
    fleet from coming back as one, at the cap too.
    """

    def __init__(self, floor: float = _FLOOR_SECONDS) -> None:
        self._floor = floor
        self._ceiling = floor
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the next try may be made."""
        return time.monotonic() >= self._until

    def failed(self, cap: float) -> float:
        """Begin the next wait, unless one lasts still; its seconds."""
        if self.is_over:
            ceiling = min(cap, self._ceiling)
            self._until = time.monotonic() + random.uniform(ceiling / 2, ceiling)  # noqa: S311
            self._ceiling = min(cap, ceiling * 2)
        return max(0.0, self._until - time.monotonic())

    def reset(self) -> None:
        """It worked: begin again at the floor, now."""
        self._ceiling = self._floor
        self._until = 0.0
