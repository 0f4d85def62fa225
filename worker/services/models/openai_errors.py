"""Converts errors of the OpenAI client into the worker's errors.

The vendor's message is not repeated, because it can quote the key or the prompt.
"""

from __future__ import annotations

from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    OpenAIError,
)

from liverows import Permanent, Transient, WorkerError, get_logger
from worker.services.models.errors import (
    KEY_INVALID,
    declined,
    from_status,
    is_moderated,
    malformed,
    refuses_key,
    safe_word,
    with_passed_on,
)

log = get_logger(__name__)


def translate(error: OpenAIError) -> WorkerError:
    """The worker's error for an error of the OpenAI client."""
    if isinstance(error, APIStatusError):
        return _from_status(error)
    if isinstance(error, APITimeoutError):
        return timed_out()
    if isinstance(error, APIConnectionError):
        return Transient("The language model could not be reached.")
    if isinstance(error, APIResponseValidationError):
        return malformed()
    return Permanent("The language model's client refused the call.")


def timed_out() -> Transient:
    """The error for a call that gave no complete answer in time."""
    return Transient("The language model did not answer in time.", code="timeout")


def error_word(error: APIStatusError) -> str | None:
    """The vendor's safe error word, or None; `KEY_INVALID` for Google's error for a wrong key."""
    if refuses_key(_said(error.body)):
        return KEY_INVALID
    return safe_word(error.code) or safe_word(error.type)


def _from_status(error: APIStatusError) -> WorkerError:
    status, code = error.status_code, error_word(error)
    log.warning("llm_call_failed", status=status, code=code, request_id=error.request_id)
    said = _said(error.body)
    if is_moderated(said):
        return declined()
    return from_status(status, code, with_passed_on(error.response.headers, said))


def _said(body: object) -> object:
    """The error object in a parsed body. Google sends this object inside a list."""
    first = body[0] if isinstance(body, list) and body else body
    return first.get("error", first) if isinstance(first, dict) else first
