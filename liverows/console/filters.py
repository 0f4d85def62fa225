"""The filter of rows in an address, such as `/rows?status=failed&pipeline=greet&since=24h`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from liverows.base.errors import InvalidInput
from liverows.base.types import Json

STATUSES = ("due", "pending", "processing", "failed", "set_aside", "cancelled", "completed")
TEXTS = ("pipeline", "owner", "code", "text", "step", "table", "id", "signature")
SINCE = {"1h": "last hour", "24h": "last 24 hours", "7d": "last 7 days", "30d": "last 30 days"}
OLDER = {"1m": "1 minute", "10m": "10 minutes", "1h": "1 hour", "1d": "1 day", "7d": "7 days"}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d{1,6})([smhd])")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are meant. Times are texts as in the address: `24h`, or a time as ISO 8601."""

    status: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    older: str = ""

    def __bool__(self) -> bool:
        return self != Filter()

    def text(self, name: str) -> str:
        """Return the text that a field must have, or contain; empty if any will do."""
        return dict(self.texts).get(name, "")

    def with_text(self, **texts: str) -> Filter:
        """Return this filter with other texts."""
        together = {**dict(self.texts), **texts}
        return replace(self, texts=tuple((name, text) for name, text in together.items() if text))

    def with_status(self, *status: str) -> Filter:
        """Return this filter for rows in one of these states."""
        return replace(self, status=status)

    def address(self, path: str, **more: str) -> str:
        """Return the address of a page with this filter."""
        query = [("status", one) for one in self.status]
        query += list(self.texts)
        query += [(name, getattr(self, name)) for name in ("since", "until", "older")]
        query += list(more.items())
        filled = urlencode([(name, value) for name, value in query if value])
        return f"{path}?{filled}" if filled else path

    def argument(self, now: datetime | None = None) -> dict[str, Json]:
        """Return the filter as the contract takes it.

        Raises `InvalidInput` for a time that cannot be read.
        """
        found: dict[str, Json] = {name: text for name, text in self.texts}
        if self.status:
            found["status"] = list(self.status)
        moment = now or datetime.now(UTC)
        for name in ("since", "until"):
            if text := getattr(self, name):
                found[name] = _moment(name, text, moment).isoformat()
        if self.older:
            found["older_than_seconds"] = _seconds("older", self.older)
        return found

    def words(self) -> list[tuple[str, str]]:
        """Return the filter in words, as pairs of a name and a value."""
        told = [("status", " or ".join(one.replace("_", " ") for one in self.status))]
        told += list(self.texts)
        told += [("since", SINCE.get(self.since, self.since)), ("until", self.until)]
        told += [("older than", OLDER.get(self.older, self.older))]
        return [(name, text) for name, text in told if text]


def filter_of(fields: Mapping[str, Iterable[str]]) -> Filter:
    """Read a filter from the fields of an address or a form; other fields are ignored.

    Raises `InvalidInput` for a status that does not exist.
    """

    def last(name: str) -> str:
        values = list(fields.get(name, ()))
        return values[-1].strip() if values else ""

    status = tuple(dict.fromkeys(one for one in fields.get("status", ()) if one))
    for one in status:
        if one not in STATUSES:
            raise InvalidInput(f"there is no status {one}; there are {', '.join(STATUSES)}")
    named = {name: last(name) for name in TEXTS}
    if named["table"] and "." not in named["table"]:
        named["table"] = f"public.{named['table']}"  # as the commands read it
    texts = tuple((name, text) for name, text in named.items() if text)
    return Filter(status, texts, last("since"), last("until"), last("older"))


def _moment(name: str, text: str, now: datetime) -> datetime:
    try:
        if _SPAN.fullmatch(text):
            return now - timedelta(seconds=_seconds(name, text))
        read = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{name} is {text}; write a span such as 90m, 24h or 7d, or a time such as "
            "2026-11-30T14:00"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _seconds(name: str, text: str) -> int:
    span = _SPAN.fullmatch(text)
    if span is None:
        raise InvalidInput(f"{name} is {text}; write a span such as 90m, 24h or 7d")
    return int(span[1]) * _SECONDS[span[2]]
