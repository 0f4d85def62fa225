"""Writes the SQL call that attaches a table to a pipeline, for a person to copy and run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from liverows.base.types import Json

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"when"})


def attach_call(
    table: str,
    pipeline: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    settings: Mapping[str, Json] | None = None,
) -> str:
    """Return a `select` that calls `processing.attach` with these columns.

    `settings` are further arguments by name.
    """
    arguments = [
        _text(table),
        _text(pipeline),
        f"inputs => {_array(inputs)}",
        f"outputs => {_array(outputs)}",
        *_named(settings or {}),
    ]
    return f"select processing.attach({', '.join(arguments)})"


def _named(settings: Mapping[str, Json]) -> Iterator[str]:
    for name, value in settings.items():
        if value is not None:
            quoted = f'"{name}"' if name in _RESERVED else name
            yield f"{quoted} => {_literal(value)}"


def _literal(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return _text(json.dumps(value))
    if isinstance(value, list):
        return _array([str(item) for item in value])
    return _text(str(value))


def _array(names: Sequence[str]) -> str:
    return _text("{" + ", ".join(map(_element, names)) + "}")


def _element(name: str) -> str:
    # Without quotes, Postgres would read an array element `null` as NULL and not as a name.
    if _PLAIN.fullmatch(name) and name.lower() != "null":
        return name
    escaped = name.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _text(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"
