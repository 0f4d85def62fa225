"""Counts of what a call reads do not depend on what else runs on the machine."""

from __future__ import annotations

from tests.library.sql.questions import ask
from tests.library.sql.reads import Reads, reads
from tests.support.queue import Connection, Queue


def test_what_autovacuum_reads_meanwhile_is_not_counted(owner: Connection, queue: Queue) -> None:
    ask(owner, 100)
    _, read = reads(queue, lambda: owner.execute("analyze public.questions"))
    assert read == Reads(scans=0, rows=0, pages=0)


def test_what_the_worker_reads_is_counted(owner: Connection, queue: Queue) -> None:
    ask(owner, 100)
    query = "select count(*) from public.questions"
    _, read = reads(queue, lambda: queue.connection.execute(query))
    assert (read.scans, read.rows) == (1, 100)
    assert read.pages > 0
