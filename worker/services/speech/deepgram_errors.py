"""Converts Deepgram's errors into the worker's, without Deepgram's messages."""

from __future__ import annotations

import httpx
from deepgram.core.api_error import ApiError

from liverows import InvalidInput, Permanent, RateLimited, Transient, WorkerError, get_logger
from worker.services.retry_after import may_pass, retry_after_seconds
from worker.services.speech.speech_to_text import MALFORMED

log = get_logger(__name__)

PROVIDER = "deepgram"


def translate(error: ApiError) -> WorkerError:
    """The worker's error for an error of Deepgram's client."""
    status, code = error.status_code or 0, _code(error.body)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    log.warning(
        "speech_call_failed", status=status, code=code, request=headers.get("dg-request-id")
    )
    if status == 429:
        return RateLimited(
            "The speech service asked us to slow down.",
            retry_after=retry_after_seconds(headers),
            provider=PROVIDER,
        )
    if status < 400:
        return malformed()
    if status in (408, 425) or status >= 500:
        return may_pass(f"The speech service failed (HTTP {status}).", headers, provider=PROVIDER)
    return _refusal(status)


def _refusal(status: int) -> Permanent:
    if status in (401, 403):
        return Permanent(
            f"The speech service refused the key (HTTP {status}).", code="provider_auth"
        )
    if status == 402:
        return Permanent("The speech service's account has no credit left.")
    if status == 413:
        return InvalidInput("The recording is too large to transcribe.", code="audio_too_large")
    if status in (400, 415, 422):
        return InvalidInput("The speech service cannot read the recording.", code="audio_corrupt")
    return Permanent(f"The speech service refused the request (HTTP {status}).")


def malformed() -> Transient:
    """The error for a malformed answer."""
    return Transient("The speech service sent a malformed answer.", code=MALFORMED)


def unreachable(error: httpx.TransportError | TimeoutError) -> Transient:
    """The error for a call without an answer; the code is `timeout` if time ran out."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return Transient("The speech service did not answer in time.", code="timeout")
    return Transient("The speech service could not be reached.")


def _code(body: object) -> str:
    """Deepgram's error word, such as `INVALID_AUTH`; empty if there is none."""
    word = body.get("err_code") if isinstance(body, dict) else None
    return word if isinstance(word, str) and word.isascii() and len(word) < 60 else ""
