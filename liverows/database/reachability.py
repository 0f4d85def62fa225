"""Notes whether the database answers, and says how long to wait before the next try."""

from __future__ import annotations

import random
import time

from liverows.base.errors import DatabaseTrouble
from liverows.base.logger import get_logger

log = get_logger(__name__)

_FLOOR_SECONDS = 0.1


class Reachability:
    """When the database last answered, and the latest trouble since then, or None."""

    def __init__(self) -> None:
        self.answered_at = time.monotonic()
        self.trouble: DatabaseTrouble | None = None

    def answered(self) -> None:
        """Note that the database answered; an error is an answer too."""
        self.answered_at = time.monotonic()
        if self.trouble is not None:
            log.info("database_answers_again", after=self.trouble.message)
            self.trouble = None

    def failed(self, trouble: DatabaseTrouble) -> None:
        """Note that the database did not answer, refused the login or accepts no writes."""
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
    """Return the transport's `reachability`, or a new `Reachability` if the transport has none."""
    found = getattr(transport, "reachability", None)
    return found if isinstance(found, Reachability) else Reachability()


class GrowingWait:
    """Says when the next try may be made; the waits grow, from at most `floor` seconds at first.

    Waits are random, so that many workers do not come back together.
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
        """Note that a try failed, and begin a wait of at most `cap` seconds; return the seconds
        left.
        """
        if self.is_over:
            ceiling = min(cap, self._ceiling)
            self._until = time.monotonic() + random.uniform(ceiling / 2, ceiling)  # noqa: S311
            self._ceiling = min(cap, ceiling * 2)
        return max(0.0, self._until - time.monotonic())

    def reset(self) -> None:
        """Note that a try worked: the next try may be made now, and the next wait is short."""
        self._ceiling = self._floor
        self._until = 0.0
