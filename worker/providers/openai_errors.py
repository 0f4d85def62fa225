"""The OpenAI client's errors in the worker's own tree.

The vendor's message is never repeated: it can quote the key, and a 400 can quote the
prompt. What helps is the status, the vendor's error code and the request id.
"""

from __future__ import annotations

import re

import structlog
from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    OpenAIError,
)

from worker.base.errors import Permanent, RateLimited, Transient, WorkerError
from worker.providers.llm import PROVIDER
from worker.providers.retry_after import retry_after_seconds

log = structlog.get_logger(__name__)


def translate(error: OpenAIError) -> WorkerError:
    """The worker's error for one of the client's."""
    if isinstance(error, APIStatusError):
        return _from_status(error)
    if isinstance(error, APITimeoutError):
        return Transient("The language model did not answer in time.", code="timeout")
    if isinstance(error, APIConnectionError):
        return Transient("The language model could not be reached.")
    if isinstance(error, APIResponseValidationError):
        return Transient("The language model's server sent a malformed answer.")
    return Permanent("The language model's client refused the call.")


def _from_status(error: APIStatusError) -> WorkerError:
    status, code = error.status_code, _safe_code(error)
    log.warning("llm_call_failed", status=status, code=code, request_id=error.request_id)
    detail = f"HTTP {status}, {code}" if code else f"HTTP {status}"
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return Permanent("The language model's account has no quota left.")
    if status == 429:
        return RateLimited(
            "The language model asked us to slow down.",
            retry_after=retry_after_seconds(error.response.headers),
            provider=PROVIDER,
        )
    if status in (408, 409) or status >= 500:
        return Transient(f"The language model failed ({detail}).")
    if status in (401, 403):
        return Permanent(f"The language model refused the key ({detail}).", code="provider_auth")
    return Permanent(f"The language model refused the request ({detail}).")


def _safe_code(error: APIStatusError) -> str | None:
    """The vendor's error code if it is a plain word, so that no text slips through."""
    for word in (error.code, error.type):
        if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]{1,60}", word):
            return word
    return None
