"""Converts errors of a language model's server into the worker's errors.

The vendor's message is not repeated, because it can quote the key or the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from liverows import Permanent, RateLimited, Transient, WorkerError
from worker.services.models.language_model import PROVIDER
from worker.services.retry_after import may_pass, retry_after_seconds

# Statuses below 500 that count as temporary, besides 429. 498 is Groq's "no capacity".
_PASSING = (408, 409, 425, 498)
_NO_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "exceeded_current_quota_error")
_DECLINED = ("content_filter", "content_policy_violation", "refusal", "moderation_blocked")

_MAX_DETAILS = 20

KEY_INVALID = "api_key_invalid"
"""Our error word for Google's error for a wrong key, which has the status 400."""
_SAYS_KEY_INVALID = re.compile(
    r"\bAPI_KEY_INVALID\b|\bAPI key (?:not valid|expired|not found)\b", re.I
)
_READ_CHARACTERS = 2_000

# Some vendors send errors with HTTP 200. A pattern in the error word can tell the meant status.
_MEANT: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"rate_?limit|too_many|throttl|resource_exhausted|slow_down"), 429),
    (
        re.compile(
            r"overload|unavailable|capacity|timeout|timed_out|internal|upstream"
            r"|(?:server|api)_error"
        ),
        503,
    ),
    (re.compile(r"auth|api_key|permission|forbidden|credential"), 401),
    (
        re.compile(r"invalid|not_found|unsupported|bad_?request|context_length|too_large|billing"),
        400,
    ),
)


def from_status(status: int, word: str | None, headers: Mapping[str, str]) -> WorkerError:
    """The error for a failed HTTP status and the vendor's error word.

    A `RateLimited` names the provider, because the wait is for all workers.
    """
    detail = f"HTTP {status}, {word}" if word else f"HTTP {status}"
    if word in _NO_QUOTA:
        return Permanent("The language model's account has no quota left.")
    if word in _DECLINED:
        return declined()
    if status == 429:
        return RateLimited(
            "The language model asked us to slow down.",
            retry_after=retry_after_seconds(headers),
            provider=PROVIDER,
        )
    if status in _PASSING or status >= 500:
        return may_pass(f"The language model failed ({detail}).", headers, provider=PROVIDER)
    if status in (401, 403) or word == KEY_INVALID:
        return Permanent(f"The language model refused the key ({detail}).", code="provider_auth")
    return Permanent(f"The language model refused the request ({detail}).")


def meant_status(error: object) -> int:
    """The HTTP status that an error in the body of an answer means; 500 if unclear."""
    code, word = _code(error), word_of(error)
    if word == KEY_INVALID:
        return 401
    if re.fullmatch("[45][0-9]{2}", str(code)):
        return int(str(code))
    return next((status for sign, status in _MEANT if word and sign.search(word)), 500)


def from_body(error: object, headers: Mapping[str, str]) -> WorkerError:
    """The worker's error for an error in the body of an answer with a success status."""
    if is_moderated(error):
        return declined()
    return from_status(meant_status(error), word_of(error), with_passed_on(headers, error))


def from_upstream(error: object, headers: Mapping[str, str]) -> WorkerError:
    """Like `from_body`, for an error that ended an answer which had begun.

    Status 400 without an error word counts as temporary here: the question was accepted.
    """
    if meant_status(error) == 400 and word_of(error) is None:
        return from_body({"code": 502}, headers)
    return from_body(error, headers)


def is_moderated(error: object) -> bool:
    """Whether the error says that the filter of a router such as OpenRouter refused the prompt."""
    metadata = error.get("metadata") if isinstance(error, dict) else None
    return isinstance(metadata, dict) and bool(metadata.get("reasons"))


def declined() -> Permanent:
    """The error for a model, or a filter in front of the model, that refuses to answer."""
    return Permanent("The language model declined to answer.", code="llm_refused")


def malformed() -> Transient:
    """The error for a malformed answer."""
    return Transient("The language model's server sent a malformed answer.")


def unusable(why: str) -> Permanent:
    """The error for a useless answer, which may repeat page content and is not quoted."""
    return Permanent(f"The language model's answer was unusable: {why}.", code="llm_invalid_output")


def cut_off() -> Permanent:
    """The error for an answer that was cut at its length limit."""
    return unusable("it was cut off at its length limit")


def safe_word(word: object) -> str | None:
    """The word if it looks like an error word; None for other text, which may be private."""
    if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]{1,60}", word):
        return word
    return None


def _code(error: object) -> object:
    if not isinstance(error, dict):
        return None
    return error["code"] if error.get("code") is not None else error.get("status")


def refuses_key(error: object) -> bool:
    """Whether the error is Google's error for a wrong or expired key."""
    if not isinstance(error, dict):
        return False
    details = error.get("details")
    reasons = [
        one.get("reason")
        for one in (details[:_MAX_DETAILS] if isinstance(details, list) else [])
        if isinstance(one, dict)
    ]
    message = str(error.get("message") or "")[:_READ_CHARACTERS]
    return "API_KEY_INVALID" in reasons or _SAYS_KEY_INVALID.search(message) is not None


def word_of(error: object) -> str | None:
    """The vendor's safe error word, or None; `KEY_INVALID` for Google's error for a wrong key."""
    if refuses_key(error):
        return KEY_INVALID
    kind = error.get("type") if isinstance(error, dict) else None
    return safe_word(_code(error)) or safe_word(kind)


def with_passed_on(headers: Mapping[str, str], error: object) -> dict[str, str]:
    """The answer's headers with lower-case names, and the headers that its error contains.

    A header in the error replaces one of the same name.
    """
    known = {name.lower(): value for name, value in headers.items()}
    if not isinstance(error, dict):
        return known
    metadata = error.get("metadata")
    passed_on = metadata.get("headers") if isinstance(metadata, dict) else None
    if isinstance(passed_on, dict):
        known |= {str(name).lower(): str(value) for name, value in passed_on.items()}
    details = error.get("details")
    for detail in details[:_MAX_DETAILS] if isinstance(details, list) else []:
        if isinstance(detail, dict) and isinstance(detail.get("retryDelay"), str):
            known["retry-after"] = detail["retryDelay"]
    return known
