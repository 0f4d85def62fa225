"""Any cursor and any filter is answered, or refused as a mistake of the caller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import example, given

from tests.fuzz.inputs import plain_values_like, texts
from tests.support.databases import Connections, Database
from tests.support.queue import Queue

MISTAKE = "22023"
PLACE = {"label": "due", "at": "2026-11-30T14:00:00+00:00", "tie": "x"}
FILTER = {
    "pipeline": "p", "status": ["failed"], "owner": "o", "code": "c", "text": "t", "signature": "s",
    "step": "s", "id": "7", "table": "public.x", "since": "2026-11-30T14:00:00+00:00",
    "until": "2026-11-30T14:00:00+00:00", "older_than_seconds": 60,
}  # fmt: skip


def clean(value: Any) -> Any:
    """The value as Postgres can be asked: without NUL and without lone surrogates."""
    text = json.dumps(value, allow_nan=True).replace("\\u0000", "")
    return json.loads(text.encode(errors="replace"), parse_constant=lambda _: None)


def as_text(value: str) -> str:
    return value.encode(errors="replace").decode().replace("\x00", "")


cursors = texts.map(as_text) | plain_values_like(PLACE).map(
    lambda place: json.dumps(place).encode().hex()
)


@pytest.fixture(scope="module")
def desk(module_database: Database) -> Iterator[Queue]:
    connections = Connections()
    yield Queue(connections(module_database))
    connections.close()


def answered(desk: Queue, function: str, **arguments: Any) -> None:
    try:
        desk.call(function, **arguments)
    except psycopg.Error as error:
        assert error.sqlstate == MISTAKE, (error.sqlstate, error.diag.message_primary)


@example(after=("[" * 50_000).encode().hex())
@example(after=json.dumps(PLACE | {"label": 7}).encode().hex())
@given(after=cursors)
def test_any_cursor_is_read_or_refused(desk: Queue, after: str) -> None:
    answered(desk, "list_rows", after=after)


@given(wanted=plain_values_like(FILTER, {}))
def test_any_filter_is_read_or_refused(desk: Queue, wanted: Any) -> None:
    cleaned = clean(wanted)
    if isinstance(cleaned, dict):
        answered(desk, "list_rows", filter=cleaned)
        answered(desk, "count_rows", filter=cleaned, most=10)
        answered(desk, "failures", filter=cleaned)
