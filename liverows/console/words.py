"""How pages write numbers, times and sums of money. All times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOTHING = "\N{EN DASH}"
_NOT_IN_LISTS = "explain tells what it says"
"""What `processing.list_rows` says in place of a message that may quote the row."""


def moment(value: str | datetime | None) -> datetime | None:
    """Read a time of the contract's answers; None if there is none that Python can express.

    Postgres knows years after 9999.
    """
    if value is None:
        return None
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def stamp(value: str | datetime | None) -> str:
    """Return a time to the second, as in `2026-11-30 14:05:09`."""
    at = moment(value)
    return _unread(value) if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def clock(value: str | datetime | None) -> str:
    """Return a time of day to the millisecond."""
    at = moment(value)
    return _unread(value) if at is None else at.strftime("%H:%M:%S.%f")[:-3]


def ago(value: str | datetime | None, now: datetime | None = None) -> str:
    """Return how long ago a time was, or how soon it will be."""
    at = moment(value)
    if at is None:
        return _unread(value)
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    return f"{duration(seconds)} ago" if seconds >= 0 else f"in {duration(-seconds)}"


def is_older_than(value: str | datetime | None, seconds: float) -> bool:
    """Return whether a time was longer than so many seconds ago."""
    at = moment(value)
    return at is not None and (datetime.now(UTC) - at).total_seconds() > seconds


def until(value: str | datetime | None) -> str:
    """Return how soon a time will be; `now` if it has come."""
    at = moment(value)
    return "now" if at is not None and at <= datetime.now(UTC) else ago(at)


def _unread(value: str | datetime | None) -> str:
    return NOTHING if value is None else str(value)


def duration(seconds: Any) -> str:
    """Return seconds as a person reads them: 3 ms, 1.2 s, 4 min, 3 h, 2 d."""
    if seconds is None:
        return NOTHING
    value = float(seconds)
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= 2 * size:
            return f"{value / size:.0f} {unit}"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def count(value: Any) -> str:
    """Return a number with groups of three digits, or `?` for one that is not known."""
    if value is None:
        return "?"
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.0f}"


def usd(value: Any) -> str:
    """Return a sum of dollars; small sums with more digits."""
    if value is None:
        return NOTHING
    dollars = float(value)
    if dollars == 0:
        return "$0"
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.4f}"


def amount(value: Any, measure: str) -> str:
    """Return what a budget counts: dollars, seconds of audio, or a number."""
    if measure == "cost_usd":
        return usd(value)
    return duration(value) if measure == "audio_seconds" and value else count(value)


def size(value: Any) -> str:
    """Return a number of bytes as B, kB, MB or GB."""
    if value is None:
        return NOTHING
    number = float(value)
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return (
                f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
            )
        number /= 1000
    return f"{number:,.1f} GB"


def spaced(word: Any) -> str:
    """Return a name such as `set_aside` with blanks."""
    return str(word).replace("_", " ")


def refusal(message: str) -> str:
    """Return what the database said; of a message that a list hides, where it is shown."""
    return "the row's page has the message" if message == _NOT_IN_LISTS else message


FILTERS = {
    "stamp": stamp,
    "clock": clock,
    "ago": ago,
    "amount": amount,
    "until": until,
    "is_older_than": is_older_than,
    "duration": duration,
    "count": count,
    "usd": usd,
    "size": size,
    "spaced": spaced,
    "refusal": refusal,
    "moment": moment,
}
