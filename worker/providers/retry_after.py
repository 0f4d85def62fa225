"""How long a service asks us to wait, read from the headers of its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_DECIMAL = r"\d{1,12}(?:\.\d{1,12})?"
_DURATION = re.compile(
    rf"(?:(\d{{1,12}})h)?(?:(\d{{1,12}})m(?!s))?(?:({_DECIMAL})s)?(?:({_DECIMAL})ms)?"
)
_LONGEST_SECONDS = 7 * 24 * 3600.0


def retry_after_seconds(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait, or None where the answer does not say.

    Read in order: `retry-after-ms`, `Retry-After` as seconds or HTTP date (RFC 9110,
    10.2.3), then the later of OpenAI's `x-ratelimit-reset-requests` and `-tokens`, which
    are durations such as `6m0s`; of those only the exhausted one counts.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    stated = headers.get("retry-after")
    if stated is not None:
        seconds = _number(stated)
        return _bounded(seconds) if seconds is not None else _until(stated, now)
    return _until_reset(headers)


def _until_reset(headers: Mapping[str, str]) -> float | None:
    waits = [
        seconds
        for kind in ("requests", "tokens")
        if _number(headers.get(f"x-ratelimit-remaining-{kind}")) in (None, 0)
        and (seconds := _duration(headers.get(f"x-ratelimit-reset-{kind}"))) is not None
    ]
    return _bounded(max(waits)) if waits else None


def _number(text: str | None) -> float | None:
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text)


def _until(text: str, now: datetime | None) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _bounded((moment - (now or datetime.now(UTC))).total_seconds())


def _duration(text: str | None) -> float | None:
    match = _DURATION.fullmatch((text or "").strip())
    if not text or match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_SECONDS)
