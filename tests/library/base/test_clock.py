"""The system's clock says what the interface promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liverows.base.clock import Clock, SystemClock


async def test_now_is_in_utc_and_waiting_for_nothing_takes_nothing() -> None:
    clock: Clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(-1)
    assert before <= clock.monotonic()
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
