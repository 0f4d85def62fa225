"""What a language model's HTTP status means, whoever the vendor is.

The vendor's message is never repeated: it can quote the key, and a 400 can quote the
prompt. What helps is the status and the vendor's word for the error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from worker.base.errors import Permanent, RateLimited, Transient, WorkerError
from worker.providers.llm import PROVIDER
from worker.providers.retry_after import retry_after_seconds


def from_status(status: int, word: str | None, headers: Mapping[str, str]) -> WorkerError:
    """The worker's error for an answer that is none; 529 is Claude's "overloaded"."""
    detail = f"HTTP {status}, {word}" if word else f"HTTP {status}"
    if status == 429:
        return RateLimited(
            "The language model asked us to slow down.",
            retry_after=retry_after_seconds(headers),
            provider=PROVIDER,
        )
    if status in (408, 409) or status >= 500:
        return Transient(f"The language model failed ({detail}).")
    if status in (401, 403):
        return Permanent(f"The language model refused the key ({detail}).", code="provider_auth")
    return Permanent(f"The language model refused the request ({detail}).")


def safe_word(word: object) -> str | None:
    """A vendor's name for an error if it is a plain word, so that no text slips through."""
    if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]{1,60}", word):
        return word
    return None
