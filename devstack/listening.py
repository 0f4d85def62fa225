"""Waits until a worker with a database session hears NOTIFY."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

LISTENING = "select exists (select from processing.workers where lock_key is not null)"
LOOK_SECONDS = 0.05


def hears_notify(db_url: str, running: Callable[[], bool], seconds: float) -> bool:
    """Wait until a worker hears NOTIFY; False after `seconds`, or as soon as it is not `running`.

    An event loop calls this in a thread. `running` also ends the thread if its caller is cancelled.
    """
    deadline = time.monotonic() + seconds
    with psycopg.connect(db_url, autocommit=True) as owner:
        while owner.execute(LISTENING).fetchone() != (True,):
            if not running() or time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
    return True
