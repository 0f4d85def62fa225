"""Whether the database answers, and how long to wait before it is asked again."""

from __future__ import annotations

import random
import time

from liverows.base.errors import DatabaseTrouble
from liverows.base.logger import get_logger

log = get_logger(__name__)

_FLOOR_SECONDS = 0.1


class Reachability:
    """When the database last answered, and which trouble there has been since then.

    `answered_at` is a time of the monotonic clock. Its first value is the start of the
    process, so that a worker that never got an answer also counts as cut off after a while.
    """

    def __init__(self) -> None:
        self.answered_at = time.monotonic()
        self.trouble: DatabaseTrouble | None = None

    def answered(self) -> None:
        """The database answered; an error that it sent is an answer too."""
        self.answered_at = time.monotonic()
        if self.trouble is not None:
            log.info("database_answers_again", after=self.trouble.message)
            self.trouble = None

    def failed(self, trouble: DatabaseTrouble) -> None:
        """There was no answer, or no login. It is logged if the reason is a new one."""
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
    """The transport's `reachability`, or a new one if the transport has none."""
    found = getattr(transport, "reachability", None)
    return found if isinstance(found, Reachability) else Reachability()


class GrowingWait:
    """Waits between tries. The longest possible wait doubles each time up to a cap, and each
    wait is a random value between half of it and all of it.

    The first wait is short, so that a short trouble costs little time. Waits are random, even
    at the cap, so that many workers do not all come back at the same moment.
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
        """Begin the next wait, unless one is not over yet; returns the seconds that are left."""
        if self.is_over:
            ceiling = min(cap, self._ceiling)
            self._until = time.monotonic() + random.uniform(ceiling / 2, ceiling)  # noqa: S311
            self._ceiling = min(cap, ceiling * 2)
        return max(0.0, self._until - time.monotonic())

    def reset(self) -> None:
        """A try worked: the next one may be made now, and the next wait is short again."""
        self._ceiling = self._floor
        self._until = 0.0
