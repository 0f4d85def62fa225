"""The worker's errors for answers of websites."""

from __future__ import annotations

from collections.abc import Mapping

from liverows import InvalidInput, Permanent, RateLimited, WorkerError
from worker.services.retry_after import may_pass, retry_after_seconds

GONE = {404, 410}
# 999 is LinkedIn's own status for refusing robots.
BLOCKED = {401, 403, 407, 451, 999}
PASSING = {408, 425}
OF_SITE = {"kind": "site"}
"""Makes the user's sentence speak of the website, and not of some service."""


def from_status(status: int, headers: Mapping[str, str]) -> WorkerError:
    """The error for a website's HTTP status that is no success."""
    if status in GONE:
        return Permanent(f"The page is gone (HTTP {status}).", code="gone")
    if status == 429:
        return RateLimited(
            "The site asked us to slow down.",
            retry_after=retry_after_seconds(headers),
            spends_attempt=True,
            params=OF_SITE,
        )
    if status in PASSING or (status >= 500 and status not in BLOCKED):
        # A site could ask the worker to wait again and again, so a wait costs an attempt.
        return may_pass(
            f"The site answered with HTTP {status}.", headers, spends_attempt=True, params=OF_SITE
        )
    if status in BLOCKED:
        return blocked(f"HTTP {status}")
    return Permanent(f"The site answered with HTTP {status}.", code="blocked")


def blocked(how: str) -> Permanent:
    """The error for a page that the site refuses; `how` is the sign, such as `HTTP 403`."""
    return Permanent(
        f"The site does not let this page be read automatically ({how}). "
        "Paste the description instead.",
        code="blocked",
    )


def login_required() -> Permanent:
    """The error for an answer that looks like a sign-in page."""
    return Permanent(
        "The page asks to sign in before it shows the posting. Paste the description instead.",
        code="login_required",
    )


def unsupported_media(content_type: str) -> InvalidInput:
    """The error for a URL that leads to no page; a long `content_type` is not shown."""
    kind = content_type if len(content_type) <= 60 else "an unknown type"
    return InvalidInput(f"The address leads to {kind}, not to a page.", code="unsupported_media")
