"""When the companies with coming interviews are researched again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

AT = time(3, tzinfo=UTC)


async def next_night(due_on: date) -> datetime:
    """Three o'clock (UTC) in the first future night after that day."""
    day = max(due_on, datetime.now(UTC).date())
    return datetime.combine(day + timedelta(days=1), AT)
