"""What a row's owner reads about the library's own errors: what happened, and what a person can do.

An application brings the sentences for its own errors, and others for these, with `Pipeline`. In
a sentence, `{name}` is the place of the value `name` among the error's `params`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from liverows.base.errors import Params

SENTENCES: Mapping[str, tuple[str, str]] = {
    "bad_output": (
        "The result could not be saved.",
        "Please tell the people who run this site.",
    ),
    "bad_wait": (
        "This could not wait for what it builds on.",
        "Please tell the people who run this site.",
    ),
    "budget_exceeded": (
        "This would cost more than it may.",
        "Please tell the people who run this site.",
    ),
    "budget_reached": ("The limit for paid work is reached.", "Try again later."),
    "budget_reached.busy": (
        "Other work is using the rest of the limit.",
        "This goes on by itself in a moment.",
    ),
    "budget_reached.day": (
        "Today's limit for paid work is reached.",
        "This goes on by itself tomorrow.",
    ),
    "budget_reached.month": (
        "This month's limit for paid work is reached.",
        "This goes on by itself next month.",
    ),
    "contract_mismatch": (
        "This site is not set up as the work needs it.",
        "Please tell the people who run this site.",
    ),
    "database_busy": ("The database was busy.", "This goes on by itself."),
    "database_changing": ("The database was being changed.", "This goes on by itself."),
    "database_refused": (
        "The database did not let the work in.",
        "Please tell the people who run this site.",
    ),
    "database_unreachable": ("The database did not answer.", "This goes on by itself."),
    "internal": (
        "Something went wrong on our side.",
        "Try again later; if it happens again, please tell the people who run this site.",
    ),
    "invalid_input": (
        "Something in this is missing, or is not in a form that can be used.",
        "Correct it and try again.",
    ),
    "invalid_input.too_large": (
        "What this should work on is too large.",
        "Make it smaller and try again.",
    ),
    "invalid_input.unreadable": (
        "What this should work on cannot be read.",
        "Enter it again.",
    ),
    "provider_error": ("A service that this needs did not work.", "Try again later."),
    "provider_not_configured": (
        "This needs a service that is not set up here.",
        "Nothing is wrong with what you entered; please tell the people who run this site.",
    ),
    "provider_rate_limited": ("A service that this needs is busy.", "Try again later."),
    "reader_busy": ("The machine is too busy to read this now.", "Try again later."),
    "reader_crashed": (
        "This could not be read: reading it failed in the middle.",
        "Try another form of it, such as a shorter one.",
    ),
    "setup": (
        "This site is not set up as the work needs it.",
        "Please tell the people who run this site.",
    ),
    "timeout": ("The work took longer than it may.", "Try again later."),
    "too_complex": (
        "Reading this takes more time or memory than it may: it is too large or too complex.",
        "Try a shorter or simpler form of it.",
    ),
    "unreachable": (
        "This site is not set up as the work needs it.",
        "Please tell the people who run this site.",
    ),
    "worker_crashed": (
        "The work stopped in the middle.",
        "Please tell the people who run this site.",
    ),
}
"""By error code, or `code.kind` (see `WorkerError`): what happened, and what a person can do."""

AUTHORS_CODES = frozenset(
    {"invalid_input", "provider_error", "provider_rate_limited", "budget_exceeded"}
)
"""Codes that pipelines raise with a message for the row's owner, which is better than ours."""

_PLACE = re.compile(r"\{(\w+)\}")


def in_one(sentence: tuple[str, str]) -> str:
    """Return both parts of a sentence as one text."""
    return " ".join(part for part in sentence if part)


def filled(template: str, params: Params) -> str | None:
    """Return the sentence with the values of `params`; None if one is missing."""
    if not params.keys() >= set(_PLACE.findall(template)):
        return None
    return _PLACE.sub(lambda place: _written(params[place[1]]), template)


def _written(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"
