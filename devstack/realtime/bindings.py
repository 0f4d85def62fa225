"""Reads the bindings that a client asks for in `config.postgres_changes`, with their filters."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

Params: TypeAlias = dict[str, Any]

OPERATORS = {
    "eq": "=",
    "neq": "!=",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "in": "= any",
    "like": "like",
    "ilike": "ilike",
    "match": "~",
    "imatch": "~*",
    "is": "is",
    "isdistinct": "is distinct from",
}

EVENTS = ("INSERT", "UPDATE", "DELETE")

NO_PARAMS = (
    "No subscription params provided. "
    "Please provide at least a `schema` or `table` to subscribe to: "
)
SELECT_IS_TEXT = (
    "Error parsing `select` params: expected a list of column name strings, "
    'e.g. select: ["col1", "col2"]'
)
SELECT_OF_ALL = (
    "Column selection is not supported for wildcard subscriptions. "
    "Provide an explicit schema and table name."
)


class BadBinding(ValueError):
    """A binding that the real server refuses too; the message is the real server's."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter `column=operator.value`; `not.` before the operator negates it."""

    column: str
    operator: str
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """Which changes a client wants; `*` as schema, table or event means any."""

    event: str
    schema: str
    table: str
    filters: tuple[Filter, ...] = ()
    select: tuple[str, ...] | None = None

    def covers(self, schema: str, table: str) -> bool:
        """Whether the binding includes that table."""
        return self.schema in ("*", schema) and self.table in ("*", table)

    def __str__(self) -> str:
        """The binding as the real server's messages write it."""
        filters = [(one.column, one.operator, one.value, one.negated) for one in self.filters]
        select = None if self.select is None else list(self.select)
        return (
            f"[event: {self.event}, schema: {self.schema}, table: {self.table}, "
            f"filters: {inspect(filters)}, select: {inspect(select)}]"
        )


def binding_id(params: Params) -> int:
    """A stable hash: equal bindings have equal ids, as with the real server's `phash2`."""
    return zlib.crc32(json.dumps(params, sort_keys=True).encode()) >> 5


def parse_binding(params: Params) -> Binding:
    """Read one element of `postgres_changes`; raises `BadBinding`."""
    select = _select(params.get("select"))
    schema, table, filter_ = (params.get(key) for key in ("schema", "table", "filter"))
    if "filter" in params and not (isinstance(schema, str) and isinstance(table, str)):
        raise BadBinding(NO_PARAMS + inspect(params))
    if not (isinstance(schema, str) or isinstance(table, str)):
        raise BadBinding(NO_PARAMS + inspect(params))
    schema = schema if isinstance(schema, str) else "public"
    table = table if isinstance(table, str) else "*"
    if select is not None and "*" in (schema, table):
        raise BadBinding(SELECT_OF_ALL)
    event = str(params.get("event", "*")).upper()
    filters = _filters(filter_) if isinstance(filter_, str) else ()
    return Binding(event if event in EVENTS else "*", schema, table, filters, select)


def inspect(value: Any) -> str:
    """Write a value the way Elixir does in the real server's messages."""
    match value:
        case None | bool() | int() | float():
            return "nil" if value is None else str(value).lower()
        case tuple() | list():
            opening, closing = "{}" if isinstance(value, tuple) else "[]"
            return opening + ", ".join(map(inspect, value)) + closing
        case dict():
            pairs = (f"{inspect(key)} => {inspect(value[key])}" for key in sorted(value))
            return "%{" + ", ".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)


def _select(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        raise BadBinding(SELECT_IS_TEXT)
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    return tuple(sorted(names)) or None


def _filters(text: str) -> tuple[Filter, ...]:
    if not text.strip():
        return ()
    return tuple(_filter(part.strip()) for part in _split(text.strip()))


def _split(text: str) -> list[str]:
    """Cut at commas that are neither in parentheses nor in a quoted value."""
    parts, depth, quoted, start, previous = [], 0, False, 0, ""
    for at, letter in enumerate(text):
        if quoted:
            quoted = letter != '"' or previous == "\\"
        elif letter == '"' and previous in ("", ".", "(", ","):
            quoted = True
        elif letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
        else:
            depth = max(0, depth + (letter == "(") - (letter == ")"))
        previous = "" if previous == "\\" else letter
    return [*parts, text[start:]]


def _filter(text: str) -> Filter:
    if not text:
        raise _bad_filter("filter must not contain empty segments (check for extra commas)")
    column, equals, rest = text.partition("=")
    if not equals:
        raise _bad_filter(inspect([text]))
    negated = rest.startswith("not.")
    operator, dot, value = rest.removeprefix("not.").partition(".")
    if not dot:
        raise _bad_filter(inspect([operator]))
    if operator not in OPERATORS:
        raise _bad_filter(inspect([operator, value]))
    if operator != "in":
        return Filter(column, operator, _unquoted(value), negated)
    if not (value.startswith("(") and value.endswith(")") and len(value) > 1):
        raise _bad_filter("`in` filter value must be wrapped by parentheses")
    return Filter(column, operator, "{" + value[1:-1] + "}", negated)


def _bad_filter(reason: str) -> BadBinding:
    return BadBinding(f"Error parsing `filter` params: {reason}")


def _unquoted(value: str) -> str:
    """A value without its quotes: `"a,\\"b"` becomes `a,"b`. A value that is not completely in
    quotes is not changed."""
    if not value.startswith('"'):
        return value
    letters: list[str] = []
    rest = iter(value[1:])
    for letter in rest:
        if letter == '"':
            return "".join(letters) if next(rest, None) is None else value
        letters.append(next(rest, "") if letter == "\\" else letter)
    return value
