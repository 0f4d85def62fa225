"""The output model refuses every value that its column would refuse, so only a field is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

import worker
from liverows.recipe.registry import discover
from tests.app.tables.test_stored_limits import add
from tests.library.sql.questions import one
from tests.support.queue import Connection
from worker.columns import fits

pytestmark = pytest.mark.any_version

PIPELINES = discover(*worker.PACKAGES)
OUTPUTS = [
    (slug, name)
    for slug, pipeline in sorted(PIPELINES.items())
    for name in pipeline.outputs.model_fields
    if name != "handover"
]
CHECKS = """
    select coalesce(array_agg(pg_get_constraintdef(c.oid)), '{}')
    from pg_constraint as c
    join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
    where c.conrelid = %s::regclass and c.contype = 'c' and a.attname = %s
"""
DEEP: list[Any] = [[[[[[[[["deep"]]]]]]]]]


def hostile_values(kind: str, checks: Sequence[str]) -> Iterator[Any]:
    """Values at and beyond each number in the constraints, and values of other types."""
    bounds = {int(number) for check in checks for number in re.findall(r"\d+", check)}
    if kind == "text":
        for start in ("", "https://a.example/", "javascript:"):
            yield from (start + "x" * (bound + 1) for bound in bounds)
        yield from ("", "of no kind", "usd", "é" * 1_000_001, "https:/a", "ftp://a.example", "€€€")
    elif kind == "jsonb":
        yield from (["x" * (bound + 1)] for bound in bounds)
        yield from (DEEP, [1e300], [[2e15]], [{"a": -2e15}], ["é" * 150_000])
    elif kind in ("integer", "smallint", "numeric", "bigint"):
        yield from (sign * (bound + 1) for bound in bounds for sign in (1, -1))
        yield from (-1, -(2**63), 2**31, 2**63)
    elif kind == "date":
        yield from ("2026-02-30", "tomorrow")
    elif kind == "uuid":
        yield "acme"
    else:
        pytest.fail(f"teach this test the type {kind}")


def is_stored(owner: Connection, table: str, key: str, column: str, value: Any) -> bool:
    """Whether the column accepts the value when a worker writes it."""
    try:
        with owner.transaction():
            owner.execute(
                f"update {table} as t set {column} ="
                f" (jsonb_populate_record(null::{table}, %s)).{column} where t.id = %s",
                [Jsonb({column: value}), key],
            )
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
        return False
    return True


@pytest.mark.parametrize(("slug", "column"), OUTPUTS)
def test_what_a_column_refuses_its_output_model_refuses(
    owner: Connection, slug: str, column: str
) -> None:
    model = PIPELINES[slug].outputs
    table = str(
        one(owner, "select table_id::text from processing.pipelines where pipeline = %s", slug)
    )
    kind = one(
        owner,
        "select atttypid::regtype::text from pg_attribute"
        " where attrelid = %s::regclass and attname = %s",
        table,
        column,
    )
    checks = one(owner, CHECKS, table, column)
    with owner.transaction(force_rollback=True):
        key = row_of(owner, table)
        refused = [
            value
            for value in hostile_values(str(kind), checks)
            if not is_stored(owner, table, key, column, value)
        ]
    assert refused or not checks, f"find a value that {checks} refuse"
    for value in refused:
        assert not fits(model, column, value), (column, str(value)[:80])


def row_of(owner: Connection, table: str) -> str:
    if table == "storage_deletions":
        insert = (
            "insert into public.storage_deletions (account_id, bucket_id, paths)"
            " values (gen_random_uuid(), 'interviews', '[]') returning id"
        )
        return str(one(owner, insert))
    return add(owner, table)


@pytest.mark.parametrize(
    ("slug", "column", "value"),
    [
        ("enrich-job-position", "job_title", "T" * 2000),
        ("enrich-job-position", "company_logo", "HTTPS://a.example/logo.png"),
        ("enrich-job-position", "salary_max", 31_000.5),
        ("analyse-interview", "interview_score", 10),
        ("analyse-interview", "text", "é" * 1_000_000),
        ("company-research", "prep_checklist", [{"item": "é" * 9_980, "done": False}]),
    ],
)
def test_what_a_column_just_takes_fits(
    owner: Connection, slug: str, column: str, value: Any
) -> None:
    table = str(
        one(owner, "select table_id::text from processing.pipelines where pipeline = %s", slug)
    )
    with owner.transaction(force_rollback=True):
        assert is_stored(owner, table, row_of(owner, table), column, value)
    assert fits(PIPELINES[slug].outputs, column, value)
