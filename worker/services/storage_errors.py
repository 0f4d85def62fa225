"""Converts the Storage API's errors into the worker's errors."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx

from liverows import InvalidInput, Permanent, RateLimited, Transient, WorkerError, get_logger
from worker.services.retry_after import retry_after_seconds

log = get_logger(__name__)

PROVIDER = "storage"


def translate(status: int, headers: Mapping[str, str], body: bytes) -> WorkerError:
    """The worker's error for an answer with an error status, without the server's message."""
    status = _real_status(status, body)
    if status == 404:
        return InvalidInput("There is no such file in storage.", code="object_not_found")
    log.warning("storage_call_failed", status=status)
    if status == 413:
        return InvalidInput("The file is larger than storage allows.", code="object_too_large")
    if status == 429:
        return RateLimited(
            "Storage asked us to slow down.",
            retry_after=retry_after_seconds(headers),
            provider=PROVIDER,
        )
    if status in (408, 423) or status >= 500:
        return Transient(f"Storage failed (HTTP {status}).")
    if status in (401, 403):
        return Permanent(f"Storage refused the key (HTTP {status}).", code="provider_auth")
    return Permanent(f"Storage refused the request (HTTP {status}).")


def unreachable(error: httpx.RequestError) -> Transient:
    """The error for a missing or incomplete answer; the code is `timeout` if time ran out."""
    if isinstance(error, httpx.TimeoutException):
        return Transient("Storage did not answer in time.", code="timeout")
    return Transient("Storage could not be reached.")


def too_large(max_bytes: int) -> InvalidInput:
    """The error for an object that is larger than its reader allows."""
    megabytes = max_bytes // 2**20
    return InvalidInput(f"The file is larger than {megabytes} MiB.", code="object_too_large")


def _real_status(status: int, body: bytes) -> int:
    """The API sends some errors as HTTP 400 with the real status inside: `{"statusCode": "404",
    …}`.
    """
    try:
        inner = int(json.loads(body)["statusCode"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return status
    return inner if status == 400 and 400 <= inner < 600 else status
