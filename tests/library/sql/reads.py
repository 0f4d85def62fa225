"""How much of a table one call of a worker reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from psycopg.rows import class_row

from tests.support.queue import Queue

T = TypeVar("T")

QUESTIONS = "public.questions"

QUERY = """
select coalesce(sum(s.seq_scan), 0)::bigint as scans,
    coalesce(sum(s.seq_tup_read + s.idx_tup_fetch), 0)::bigint as rows,
    (select coalesce(sum(pg_stat_get_xact_blocks_fetched(r.oid)), 0) from (
        select unnest(%(tables)s::regclass[])::oid as oid
        union all
        select i.indexrelid from pg_index as i where i.indrelid = any (%(tables)s::regclass[])
    ) as r)::bigint as pages
from pg_stat_xact_all_tables as s where s.relid = any (%(tables)s::regclass[])
"""


@dataclass(frozen=True, slots=True)
class Reads:
    """`scans` of a whole table, rows, and pages of 8 kB of the tables and their indexes."""

    scans: int
    rows: int
    pages: int


def reads(queue: Queue, call: Callable[[], T], *tables: str) -> tuple[T, Reads]:
    """Make a call in a transaction of its own; answers what it answers, and what it read.

    Without `tables`, this is about the table of questions. Only the worker's own session counts,
    because autovacuum may read the tables meanwhile.
    """
    with queue.connection.transaction():
        before = _so_far(queue, tables)
        answer = call()
        after = _so_far(queue, tables)
    return answer, Reads(
        after.scans - before.scans, after.rows - before.rows, after.pages - before.pages
    )


def _so_far(queue: Queue, tables: tuple[str, ...]) -> Reads:
    with queue.connection.cursor(row_factory=class_row(Reads)) as cursor:
        found = cursor.execute(QUERY, {"tables": list(tables or (QUESTIONS,))}).fetchone()
    assert found is not None
    return found
