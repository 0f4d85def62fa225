"""Makes JSON that a `jsonb` column can store, and one hash for equal values.

Another order of keys, or `1` in place of `1.0`, must not change the hash.
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
"""The most levels of nested JSON that `_read_slowly` accepts."""
_BRACKETS_OR_TEXT = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*+"', re.DOTALL)
_LARGE_EXPONENT = re.compile(r"[eE]\+?\d{3}")
_MANY_DIGITS = 208
"""A number of fewer digits, with an exponent of at most 99, always fits a double."""


def fingerprint(value: object) -> str:
    """Return a SHA-256 in hex: the same for values whose `canonical` forms are equal as JSON."""
    return hashlib.sha256(_text(_shortened(canonical(value))).encode()).hexdigest()


def canonical(value: object) -> Json:
    """Return the value as plain JSON data, in the form that `fingerprint` hashes.

    Raises `ValueError` for most values that have no form in JSON.
    """
    kind = type(value)
    if kind in _PLAIN:  # checked first: the most frequent case
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
    """Return the value with long texts (not keys) hashed: escaping them for JSON is slower."""
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
    """Return the value as JSON text; pydantic is faster than `json.dumps`."""
    try:
        return to_json(value).decode()
    except ValueError:  # nested too deep for pydantic, or text with lone surrogates
        return json.dumps(value)


def decoded(text: str) -> Json:
    """Return the value of a JSON text.

    Raises `ValueError` if the text is not JSON, and `RecursionError` if it is nested too deep.
    """
    try:
        # Rows usually have the same keys, but rarely the same values.
        return cast(Json, from_json(text, cache_strings="keys"))
    except (ValueError, TypeError):  # not JSON, nested too deep for pydantic, or lone surrogates
        return cast(Json, json.loads(text))


def read_stored(text: str) -> Json:
    """Return the value of a stored column from its JSON text.

    Raises `ValueError` for very deep JSON and for numbers that do not fit a double.
    """
    try:
        # `from_json` itself refuses values that are nested too deep.
        value = cast(Json, from_json(text, cache_strings="keys"))
    except (ValueError, TypeError):  # the second for lone surrogates
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
    """Return how many levels deep the JSON text is nested."""
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
    """Whether the text may hold a number that is too large for a double."""
    # A run of 208 digits fully covers one of these pieces of 104 characters.
    piece = _MANY_DIGITS // 2
    has_many = any(text[at : at + piece].isdigit() for at in range(0, len(text), piece))
    return has_many or _LARGE_EXPONENT.search(text) is not None


def _is_finite(value: Json) -> bool:
    """Whether all numbers in the value fit a double."""
    if isinstance(value, list):
        return all(_is_finite(item) for item in value)
    if isinstance(value, dict):
        return all(_is_finite(item) for item in value.values())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return abs(value) <= sys.float_info.max


def storable_json(text: str) -> Json:
    """Return the value of a JSON text that pydantic wrote, without the NULs that `jsonb` refuses.

    By default pydantic writes a NUL only as `\\u0000`.
    """
    value = decoded(text)
    return storable(value) if "\\u0000" in text else value


def storable(value: Json) -> Json:
    """Return the value in a form that `jsonb` accepts.

    NULs are removed, lone surrogates become `?`, and NaN and infinities become null.
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
        return text  # Most texts are ASCII without NUL, and this check is cheaper than a copy.
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
