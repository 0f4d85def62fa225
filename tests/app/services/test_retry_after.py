"""The wait that a service asks for is read in every form that services use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liverows.base.errors import RateLimited, Transient
from worker.services.retry_after import may_pass, retry_after_seconds

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "999999999"}, 7 * 24 * 3600),
        ({"retry-after-ms": "2500", "retry-after": "9"}, 2.5),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, 360),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "250ms",
                "x-ratelimit-remaining-tokens": "900",
                "x-ratelimit-reset-tokens": "6m0s",
            },
            0.25,
        ),
        ({"x-ratelimit-reset-tokens": "1h2m3.5s"}, 3723.5),
        ({"x-ratelimit-reset-tokens": ""}, None),
        # The wait in milliseconds, as a duration, and as a point in time.
        ({"x-ms-retry-after-ms": "800"}, 0.8),
        ({"retry-after": "1500ms"}, 1.5),
        ({"retry-after": "1m30s"}, 90),
        ({"retry-after": "2026-11-21T12:00:30Z"}, 30),
        ({"retry-after": "Sat, 31 Dec 9999 23:59:59 GMT"}, 7 * 24 * 3600),
        ({"x-ratelimit-reset-requests": "12"}, 12),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 40)}, 40),
        ({"x-ratelimit-reset": str(int(NOW.timestamp() * 1000) + 2500)}, 2.5),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) - 40)}, 0),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "40"}, None),
        ({"x-ratelimit-remaining": "0, 14832", "x-ratelimit-reset": "1, 1419704"}, 1),
        ({"x-ratelimit-reset": "1, 5"}, 5),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "17"}, 17),
        (
            {
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-21T12:00:20Z",
                "anthropic-ratelimit-requests-remaining": "4",
                "anthropic-ratelimit-requests-reset": "2026-11-21T12:09:00Z",
            },
            20,
        ),
        ({"x-ratelimit-reset": "never"}, None),
        ({"x-ratelimit-reset": "9" * 400}, None),
    ],
)
def test_a_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "0"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}, None),
        ({}, None),
    ],
)
def test_a_failure_has_a_floor_only_where_one_is_stated(
    headers: dict[str, str], seconds: float | None
) -> None:
    error = may_pass("It failed.", headers, provider="p", spends_attempt=True)
    if seconds is None:
        assert type(error) is Transient
    else:
        assert isinstance(error, RateLimited)
        assert (error.retry_after, error.provider, error.spends_attempt) == (seconds, "p", True)
    assert (error.message, error.code) == ("It failed.", "provider_error")
