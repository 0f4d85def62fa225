"""The OpenAI client's errors in the worker's own tree.

The vendor's message is never repeated: it can quote the key, and a 400 can quote the
prompt. What helps is the status, the vendor's error code and the request id.
"""

from __future__ import annotations

import structlog
from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    OpenAIError,
)

from worker.base.errors import Permanent, Transient, WorkerError
from worker.providers.llm_errors import from_status, safe_word

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
    if code in ("insufficient_quota", "billing_hard_limit_reached"):
        return Permanent("The language model's account has no quota left.")
    return from_status(status, code, error.response.headers)


def _safe_code(error: APIStatusError) -> str | None:
    return safe_word(error.code) or safe_word(error.type)
