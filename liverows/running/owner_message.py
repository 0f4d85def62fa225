"""Decides what a row's owner reads about an error, and what only operators read."""

from __future__ import annotations

from collections.abc import Mapping

from liverows.base.errors import NotConfigured, SetupError, WorkerError
from liverows.base.json_values import storable
from liverows.base.log import masked
from liverows.base.sentences import AUTHORS_CODES, SENTENCES, filled, in_one
from liverows.base.types import JsonObject

_LONGEST = 2_000
"""Characters of each text. A list with a thousand wrong elements has as many complaints."""


def owner_message(error: WorkerError, sentences: Mapping[str, str]) -> JsonObject:
    """Return the error as its row shows it: `code`, `message` and, if it has any, `params`.

    `sentences` are those of the pipeline, by code. Secrets are masked as in the log.
    """
    shown: JsonObject = {
        "code": _code(error),
        "message": _presentable(_sentence(error, sentences) or error.message),
    }
    if error.params:
        shown["params"] = {
            name: _presentable(value) if isinstance(value, str) else value
            for name, value in error.params.items()
        }
    return shown


def operator_detail(error: WorkerError, sentences: Mapping[str, str]) -> str | None:
    """Return what operators read beside that; None if the owner reads all there is.

    Secrets are masked as in the log.
    """
    known = [error.detail] if error.detail else []
    if _sentence(error, sentences) not in (None, error.message):
        known.insert(0, error.message)
    if isinstance(error, NotConfigured) and not any(error.setting in one for one in known):
        known.append(f"{error.setting} is not set")
    return _presentable("; ".join(known)) or None


def sentence_of(code: str) -> str:
    """Return the library's own sentence for a code, which must be one of `SENTENCES`."""
    return in_one(SENTENCES[code])


def _presentable(text: str) -> str:
    """Return a text that the log and the database can hold, without secrets and not too long.

    The recipe of a pipeline may have put anything into it, also the text of a page.
    """
    shown = masked(str(storable(text)))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


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
