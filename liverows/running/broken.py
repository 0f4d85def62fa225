"""Describes an error that a recipe did not raise on purpose, for operators.

The row's owner does not see it, because its text may be private.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from liverows.base.log import masked
from liverows.base.own_frames import own_frames, placed
from liverows.base.types import JsonObject

_LONGEST_TEXT = 500
_MOST_FRAMES = 8


def described(error: BaseException) -> JsonObject:
    """Return `type`, `text`, `frames` and, if there is one, `caused_by` of the error.

    `frames` are lines in the code of the project, the last one is where the error was raised.
    """
    frames = own_frames(error.__traceback__)[-_MOST_FRAMES:]
    found: JsonObject = {
        "type": _type(error),
        "text": _text(error),
        "frames": [f"{placed(one.filename, one.lineno)} in {one.name}" for one in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and not isinstance(cause, BaseExceptionGroup):
        found["caused_by"] = f"{_type(cause)}: {_text(cause)}"
    return found


def _type(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _text(error: BaseException) -> str:
    text = masked(_said(error))
    shown = text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
    return shown.encode(errors="replace").decode().replace("\x00", "?")


def _said(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return _of_model(error)
    try:
        return str(error)
    except Exception as broken:
        return f"(its text cannot be made: {type(broken).__name__})"


def _of_model(error: ValidationError) -> str:
    """Return what pydantic found, without the values, which may be long or private."""
    found: list[Any] = error.errors(include_input=False, include_url=False)
    return f"{error.title}: " + "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'value'}: {one['msg']}" for one in found
    )
