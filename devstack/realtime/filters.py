"""Filters, which Postgres evaluates with the operators and casts of the real server."""

from __future__ import annotations

import re
from collections.abc import Sequence

import asyncpg

from devstack.realtime.bindings import OPERATORS, Binding, Filter
from devstack.realtime.pgoutput import Row
from devstack.realtime.rls import selectable_columns
from devstack.realtime.tables import Connection, Table, published_tables

MOST_IN = 100
KEYWORDS = ("null", "true", "false", "unknown")
PATTERNS = {"like": "~~", "ilike": "~~", "match": "~", "imatch": "~*"}


class CannotSubscribe(Exception):
    """The bindings are well-formed but cannot be served; the message is the real server's."""


async def matching(
    connection: Connection, table: Table, filters: Sequence[Filter], rows: Sequence[Row]
) -> list[bool]:
    """For each row, whether it matches every filter. If the row lacks a filter's column, it does
    not match."""
    result = [True] * len(rows)
    for one in filters:
        holds = await _holds(connection, table, one, [row.get(one.column) for row in rows])
        for at, row in enumerate(rows):
            result[at] = result[at] and one.column in row and holds[at]
    return result


async def _holds(
    connection: Connection, table: Table, one: Filter, texts: list[str | None]
) -> list[bool]:
    column = table.columns.get(one.column)
    if column is None:
        return [False] * len(texts)
    arguments: list[object] = [texts]
    if one.operator == "is":
        right = one.value
    else:
        right = f"($2::text)::{column.cast}" + ("[]" if one.operator == "in" else "")
        right = f"({right})" if one.operator == "in" else right
        arguments.append(one.value)
    condition = f"(value::{column.cast}) {OPERATORS[one.operator]} {right}"
    if one.negated:
        condition = f"not ({condition})"
    records = await connection.fetch(
        f"select coalesce({condition}, false) "  # noqa: S608 (operators are our own)
        "from unnest($1::text[]) with ordinality as rows (value, place) order by place",
        *arguments,
    )
    return [record[0] for record in records]


async def check_subscription(
    connection: Connection, bindings: Sequence[Binding], role: str
) -> None:
    """Raise `CannotSubscribe` for bindings that the real server refuses too."""
    tables = await published_tables(connection)
    for binding in bindings:
        found = [table for table in tables.values() if binding.covers(table.schema, table.name)]
        if not found:
            raise CannotSubscribe(
                "Unable to subscribe to changes with given parameters. Please check Realtime "
                f"is enabled for the given connect parameters: {binding}"
            )
        for table in found:
            try:
                await _check(connection, binding, table, role)
            except asyncpg.PostgresError as error:
                raise CannotSubscribe(_exception(binding, error)) from error


async def _check(connection: Connection, binding: Binding, table: Table, role: str) -> None:
    readable = await selectable_columns(connection, table, role)
    for one in binding.filters:
        if one.column not in readable:
            raise _refusal(f"invalid column for filter {one.column}")
        await _check_filter(connection, table, one)
    for name in binding.select or ():
        if name not in readable:
            raise _refusal(f"invalid column for select {name}")


async def _check_filter(connection: Connection, table: Table, one: Filter) -> None:
    cast = table.columns[one.column].cast
    if one.operator == "in":
        count = f"select cardinality(($1::text)::{cast}[])"
        if (await connection.fetchval(count, one.value) or 0) > MOST_IN:
            raise _refusal(f"too many values for `in` filter. Maximum {MOST_IN}")
    elif one.operator == "is":
        if one.value not in KEYWORDS:
            raise _refusal("invalid value for is filter: must be null, true, false, or unknown")
        if one.value != "null" and cast != "boolean":
            raise _refusal(f"is {one.value} filter requires a boolean column, got {cast}")
    elif one.operator in PATTERNS:
        await _check_pattern(connection, cast, one)
    else:
        await connection.fetchval(f"select (($1::text)::{cast}) is null", one.value)


async def _check_pattern(connection: Connection, cast: str, one: Filter) -> None:
    known = await connection.fetchval(
        "select exists (select 1 from pg_operator "
        "where oprname = $1 and oprleft = ($2::text)::regtype)",
        PATTERNS[one.operator],
        cast,
    )
    if not known:
        raise _refusal(
            f"operator {one.operator} requires a text-compatible column type, got {cast}"
        )
    if one.operator in ("match", "imatch"):
        try:
            await connection.fetchval("select '' ~ $1::text", one.value)
        except asyncpg.PostgresError as error:
            raise _refusal(
                f"invalid regular expression for {one.operator} filter: {error}"
            ) from error


def _refusal(message: str) -> asyncpg.RaiseError:
    """An error as from `raise exception`, because the real check is a trigger in PL/pgSQL."""
    return asyncpg.RaiseError(message)


def _exception(binding: Binding, error: asyncpg.PostgresError) -> str:
    """The error as `ERROR 22P02 (invalid_text_representation) …`; the name is made from the name
    of the error's class."""
    words = re.findall("[A-Z][a-z0-9]*", type(error).__name__.removesuffix("Error"))
    name = "_".join(words).lower()
    name = "raise_exception" if name == "raise" else name
    return (
        "Unable to subscribe to changes with given parameters. An exception happened so please "
        f"check your connect parameters: {binding}. "
        f"Exception: ERROR {error.sqlstate} ({name}) {error.args[0]}"
    )
