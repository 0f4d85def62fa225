"""A worker tells for how long each doorbell has not worked."""

from __future__ import annotations

from typing import cast

from liverows.doorbells.doorbell import Doorbell
from liverows.running.deaf import DeafTimes
from tests.support.clock import ManualClock


class Bell:
    name = "realtime"
    works = False

    def working(self) -> bool:
        return self.works


async def test_the_time_counts_from_when_it_last_worked_or_was_first_seen() -> None:
    clock, bell = ManualClock(), Bell()
    deaf, bells = DeafTimes(clock), [cast(Doorbell, bell)]
    assert deaf.seconds(bells) == {"realtime": 0}
    await clock.advance(100)
    assert deaf.seconds(bells) == {"realtime": 100}
    bell.works = True
    assert deaf.seconds(bells) == {"realtime": 0}
    bell.works = False
    await clock.advance(7)
    assert deaf.seconds(bells) == {"realtime": 7}
