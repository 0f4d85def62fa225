"""Reads from the headers of an answer how long the service asks the worker to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from liverows import RateLimited, Transient

_NUMBER = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,9})?")
_DECIMAL = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
_DURATION = re.compile(
    rf"(?:([0-9]{{1,12}})h)?(?:([0-9]{{1,12}})m(?!s))?(?:({_DECIMAL})s)?(?:({_DECIMAL})ms)?"
)
_LONGEST_SECONDS = 7 * 24 * 3600.0
# In a reset header, a number below `_EPOCH_SECONDS` is seconds to wait, others are times since
# 1970.
_EPOCH_SECONDS = 1e9
_EPOCH_MILLISECONDS = 1e12
_KINDS = ("requests", "tokens", "input-tokens", "output-tokens")
_LIMITS = (
    *((f"x-ratelimit-remaining-{kind}", f"x-ratelimit-reset-{kind}") for kind in _KINDS),
    *(
        (f"anthropic-ratelimit-{kind}-remaining", f"anthropic-ratelimit-{kind}-reset")
        for kind in _KINDS
    ),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)


def retry_after_seconds(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait after a limit was reached, at most 7 days; None if no header states a wait.

    Uses `stated_wait`, or else the latest reset of the limits that are not known to have something
    left.
    """
    stated = stated_wait(headers, now)
    return stated if stated is not None else _until_reset(headers, now or datetime.now(UTC))


def stated_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` or a similar header states, at most 7 days; None otherwise."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        milliseconds = _number(headers.get(name))
        if milliseconds is not None:
            return _bounded(milliseconds / 1000)
    stated = headers.get("retry-after")
    if stated is None:
        return None
    seconds = _number(stated)
    if seconds is None:
        seconds = _duration(stated)
    return _bounded(seconds) if seconds is not None else _until(stated, now or datetime.now(UTC))


def may_pass(
    message: str,
    headers: Mapping[str, str],
    *,
    provider: str | None = None,
    spends_attempt: bool = False,
    params: Mapping[str, str] | None = None,
) -> Transient:
    """The error for a temporary failure; a `RateLimited` if `stated_wait` finds a wait above 0.

    Reset headers are ignored, because services also send them when no limit was reached.
    """
    wait = stated_wait(headers)
    if not wait:
        return Transient(message, params=params)
    return RateLimited(
        message,
        retry_after=wait,
        provider=provider,
        spends_attempt=spends_attempt,
        code=Transient.default_code,
        params=params,
    )


def _until_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    waits = [
        wait
        for remaining, reset in _LIMITS
        for left, text in _pairs(headers.get(remaining), headers.get(reset))
        if _number(left) in (None, 0) and (wait := _reset(text, now)) is not None
    ]
    return _bounded(max(waits)) if waits else None


def _pairs(remaining: str | None, reset: str | None) -> list[tuple[str | None, str]]:
    """Pairs of what remains of a limit and its reset, as text. Both headers may be lists."""
    if reset is None:
        return []
    if _duration(reset) is None and _number(reset.partition(",")[0]) is None:
        return [(remaining, reset)]
    resets = [part.strip() for part in reset.split(",")[:10]]
    lefts = [part.strip() for part in remaining.split(",")[:10]] if remaining else []
    if len(lefts) != len(resets):
        return [(remaining, each) for each in resets]
    return list(zip(lefts, resets, strict=True))


def _reset(text: str, now: datetime) -> float | None:
    number = _number(text)
    if number is None:
        duration = _duration(text)
        return duration if duration is not None else _until(text, now)
    if number >= _EPOCH_MILLISECONDS:
        return max(number / 1000 - now.timestamp(), 0.0)
    if number >= _EPOCH_SECONDS:
        return max(number - now.timestamp(), 0.0)
    return number


def _number(text: str | None) -> float | None:
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text)


def _until(text: str, now: datetime) -> float | None:
    """Seconds until an HTTP date or RFC 3339 time, from 0 to 7 days; None for other text."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return _bounded((moment - now).total_seconds())
    except OverflowError:
        return None


def _duration(text: str | None) -> float | None:
    text = (text or "").strip().lower()
    match = _DURATION.fullmatch(text)
    if not text or match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_SECONDS)
