"""Decides what a row's owner reads about an error, and what only operators read."""

from __future__ import annotations

from collections.abc import Mapping

from liverows.base.errors import NotConfigured, SetupError, WorkerError
from liverows.base.log import masked
from liverows.base.sentences import AUTHORS_CODES, SENTENCES, filled, in_one
from liverows.base.types import JsonObject

_LONGEST_DETAIL = 2_000
"""Characters. A list with a thousand wrong elements has as many complaints."""


def owner_message(error: WorkerError, sentences: Mapping[str, str]) -> JsonObject:
    """Return the error as its row shows it: `code`, `message` and, if it has any, `params`.

    `sentences` are those of the pipeline, by code.
    """
    shown: JsonObject = {
        "code": _code(error),
        "message": _sentence(error, sentences) or error.message,
    }
    if error.params:
        shown["params"] = dict(error.params)
    return shown


def operator_detail(error: WorkerError, sentences: Mapping[str, str]) -> str | None:
    """Return what operators read beside that; None if the owner reads all there is.

    It is stored in the history, so secrets are masked as in the log.
    """
    known = [error.detail] if error.detail else []
    if _sentence(error, sentences) not in (None, error.message):
        known.insert(0, error.message)
    if isinstance(error, NotConfigured) and not any(error.setting in one for one in known):
        known.append(f"{error.setting} is not set")
    text = masked("; ".join(known))
    shown = text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 1]}…"
    return shown or None


def sentence_of(code: str) -> str:
    """Return the library's own sentence for a code, which must be one of `SENTENCES`."""
    return in_one(SENTENCES[code])


def _code(error: WorkerError) -> str:
    # The other codes of these errors are about commands and settings.
    if isinstance(error, SetupError) and error.code not in SENTENCES:
        return SetupError.default_code
    return error.code


def _sentence(error: WorkerError, sentences: Mapping[str, str]) -> str | None:
    """Return what the owner reads in place of the message; None if the message is shown."""
    code = _code(error)
    kind = f"{code}.{error.params.get('kind')}"
    for key in (kind, code):
        if sentence := filled(sentences.get(key, ""), error.params):
            return sentence
    if kind in SENTENCES:
        return sentence_of(kind)
    return sentence_of(code) if code in SENTENCES and code not in AUTHORS_CODES else None
