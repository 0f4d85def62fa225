"""When the companies of coming interviews are looked at again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

AT = time(3, tzinfo=UTC)


async def next_night(due_on: date) -> datetime:
    """Three o'clock (UTC) of the first night after that day which is still to come."""
    day = max(due_on, datetime.now(UTC).date())
    return datetime.combine(day + timedelta(days=1), AT)
