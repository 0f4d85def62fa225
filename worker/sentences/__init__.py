"""What users read, by code: errors of rows, warnings, refusals of the API, and stages.

`en.json` and `de.json` hold the sentences. Rows get the English ones for errors. The page has a
copy of both files, and the Edge Function one of the refusals; `python -m devstack.sentences` writes
them. The German file also translates the library's own sentences.
"""

from __future__ import annotations

import json
from pathlib import Path

LANGUAGES = ("en", "de")


def table(language: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the sentences of a language, by section and code."""
    path = Path(__file__).with_name(f"{language}.json")
    found: dict[str, dict[str, dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _error_sentences() -> dict[str, str]:
    return {
        code: " ".join(filter(None, (said["message"], said.get("action"))))
        for code, said in table("en")["errors"].items()
    }


ERRORS = _error_sentences()
"""By error code: what happened and what a person can do, in English, for the rows."""

AGAIN = {
    "audio_changed": True,
    "internal": True,
    "llm_invalid_output": True,
    "provider_auth": True,
    "provider_error": True,
    "reader_crashed": False,
    "transcriptions_spent": True,
    "worker_crashed": False,
}
"""By error code, whether a person may have the row run again, where its `retryable` says otherwise.

A worker does not try again what fails for good, but somebody may pay the service meanwhile; and it
does try again what then fails in the same way.
"""
