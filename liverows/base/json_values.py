"""Makes JSON that a `jsonb` column can store, and one hash for equal values.

A value is hashed before its first run, and again after it was stored and read back. Therefore
changes that `jsonb` makes (the order of keys, `1.0` to `1`) must not change the hash.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from collections.abc import Mapping
from enum import Enum
from typing import cast

from pydantic_core import PydanticSerializationError, from_json, to_json, to_jsonable_python

from liverows.base.types import Json

_PLAIN = frozenset({str, int, bool, type(None)})
_EXACT_INTEGERS = 2**53
_LONG_TEXT = 65_536
_HASHED = "\x00sha256:"
_MOST_LEVELS = 200
"""About as deep as pydantic can read."""
_BRACKETS_OR_TEXT = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*+"', re.DOTALL)
_LARGE_EXPONENT = re.compile(r"[eE]\+?\d{3}")
_MANY_DIGITS = 300


def fingerprint(value: object) -> str:
    """SHA-256 in hex of the canonical JSON; `ValueError` if the value cannot become JSON."""
    return hashlib.sha256(_text(_shortened(canonical(value))).encode()).hexdigest()


def canonical(value: object) -> Json:
    """The one JSON form that equal values share; a set becomes a sorted list."""
    kind = type(value)
    if kind in _PLAIN:  # The most frequent case first: a transcript has many thousand words.
        return cast(Json, value)
    if kind is dict:
        pairs = cast(dict[object, object], value).items()
        return {key if type(key) is str else _key(key): canonical(item) for key, item in pairs}
    if kind is float:
        return _canonical_float(cast(float, value))
    return _canonical_other(value)


def _canonical_other(value: object) -> Json:
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _canonical_float(value)
    return _canonical_container(value)


def _shortened(plain: Json) -> Json:
    """The same value, with each long text replaced by its hash.

    Hashing a page of 5 MB is faster than escaping it for JSON. A short text that looks like such a
    hash is replaced too, so that different values never get the same form.
    """
    if isinstance(plain, str):
        if len(plain) <= _LONG_TEXT and not plain.startswith(_HASHED):
            return plain
        return _HASHED + hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
    if isinstance(plain, list):
        return [_shortened(item) for item in plain]
    if isinstance(plain, dict):
        return {key: _shortened(item) for key, item in plain.items()}
    return plain


def encoded(value: Json) -> str:
    """The JSON text of a value, like `json.dumps`, in a third of the time."""
    try:
        return to_json(value).decode()
    except ValueError:  # nested too deep for pydantic, or text with lone surrogates
        return json.dumps(value)


def decoded(text: str) -> Json:
    """The value of a JSON text, like `json.loads`, in half the time."""
    try:
        # The same keys come in every row; the same values rarely do.
        return cast(Json, from_json(text, cache_strings="keys"))
    except ValueError:  # nested too deep for pydantic, or text with lone surrogates
        return cast(Json, json.loads(text))


def read_stored(text: str) -> Json:
    """The value of a stored column, from its JSON text; `ValueError` if Python cannot handle it.

    A user can store JSON of any depth and numbers of any size. A value deeper than 200 levels, or a
    number outside a double's range, is refused here. Otherwise later code would raise
    RecursionError or write a different number.
    """
    try:
        # This refuses deeper nesting by itself, so a long text is not scanned twice.
        value = cast(Json, from_json(text, cache_strings="keys"))
    except ValueError:
        value = _read_slowly(text)
    if _may_be_infinite(text) and not _is_finite(value):
        raise ValueError("it holds a number that is too large")
    return value


def _read_slowly(text: str) -> Json:
    if _depth(text) > _MOST_LEVELS:
        raise ValueError(f"it is nested deeper than {_MOST_LEVELS} levels")
    try:
        return cast(Json, json.loads(text))
    except (ValueError, RecursionError):
        raise ValueError("it is nested too deep or holds a number that is too long") from None


def _depth(text: str) -> int:
    """How deep the JSON in the text is nested; the time is linear in the text's length."""
    level = deepest = 0
    for token in _BRACKETS_OR_TEXT.finditer(text):
        character = token.group()[0]
        if character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def _may_be_infinite(text: str) -> bool:
    """Whether some number may be outside a double's range; fast, because every row is checked."""
    # A run of 300 digits fully covers at least one of these pieces of 150 characters.
    piece = _MANY_DIGITS // 2
    has_many = any(text[at : at + piece].isdigit() for at in range(0, len(text), piece))
    return has_many or _LARGE_EXPONENT.search(text) is not None


def _is_finite(value: Json) -> bool:
    """Whether all numbers in the value fit a double; its depth was checked before."""
    if isinstance(value, list):
        return all(_is_finite(item) for item in value)
    if isinstance(value, dict):
        return all(_is_finite(item) for item in value.values())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return abs(value) <= sys.float_info.max


def storable_json(text: str) -> Json:
    """The value of a JSON text that pydantic wrote, without anything that `jsonb` refuses.

    For a transcript of 36,000 words this takes a tenth of the time of `storable`. Text written by
    pydantic has no lone surrogates, NaN or infinities; a NUL appears only as an escape.
    """
    value = decoded(text)
    return storable(value) if "\\u0000" in text else value


def storable(value: Json) -> Json:
    """The same value without anything that `jsonb` refuses.

    Web pages contain NUL characters and lone surrogates, and a paid answer must not be lost because
    of one. NUL is removed and a lone surrogate becomes `?`. NaN and infinities become null.
    """
    if isinstance(value, str):
        return _storable_text(value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable_text(key): storable(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _storable_text(text: str) -> str:
    if text.isascii() and "\x00" not in text:
        return text  # Most texts are like this, and the check is cheaper than a copy.
    text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _canonical_float(value: float) -> float | int:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no form in JSON")
    is_whole = value.is_integer() and abs(value) < _EXACT_INTEGERS
    return int(value) if is_whole else value


def _canonical_container(value: object) -> Json:
    if isinstance(value, Mapping):
        return {_key(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((canonical(item) for item in value), key=_text)
    return _jsonable(value)


def _text(plain: Json) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def _key(key: object) -> str:
    plain = canonical(key)
    if isinstance(plain, dict | list):
        raise ValueError(f"a {type(key).__name__} cannot be a key in JSON")
    return plain if isinstance(plain, str) else json.dumps(plain)


def _jsonable(value: object) -> Json:
    try:
        return cast(Json, to_jsonable_python(value, bytes_mode="base64"))
    except PydanticSerializationError:
        raise ValueError(f"a {type(value).__name__} is not data") from None
