"""Computes when the nightly refresh of companies runs next."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

AT = time(3, tzinfo=UTC)


async def next_night(due_on: date) -> datetime:
    """03:00 UTC on the day after `due_on` or after today, whichever is later."""
    day = max(due_on, datetime.now(UTC).date())
    return datetime.combine(day + timedelta(days=1), AT)
