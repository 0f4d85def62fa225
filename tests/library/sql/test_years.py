"""Calls cost the same when a queue has years of rows behind it as on its first day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest

from bench.past import LAST_DAY, TABLE, Past, Sizes
from bench.years import Asker, Cost, catch_up, measure
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Database, fresh_database

DUE = 2000
FIRST_DAY = Sizes(finished=LAST_DAY, waiting=500, owners=200, events=2 * LAST_DAY, due=DUE)
YEARS = Sizes(finished=200_000, waiting=5_000, owners=200, events=100_000, due=DUE)

KEPT_STALE = "alter table {} set (autovacuum_enabled = off)"
TABLES = (TABLE, "processing.events", "processing.checkpoints", "processing.usage",
          "processing.failed_rows", "processing.paid_calls", "processing.traces")  # fmt: skip

MOST = 1.5

ROOM = {"list_rows": 50, "history: a day": 288, "failures": 36}
"""How many pages more a call may read, because what it answers may lie on as many pages: 50 rows,
288 lines of five minutes, and 12 groups in indexes that are up to three pages deeper."""

PRUNE = "select processing.prune(answers_older_than => '3 years')"


@dataclass(frozen=True, slots=True)
class Aged:
    """A filled queue: what its calls cost with stale and with fresh statistics, and `prune`."""

    stale: dict[str, Cost]
    fresh: dict[str, Cost]
    prune: Cost
    pruned: dict[str, int]
    empty_prune: Cost


def room(call: str) -> int:
    """How many pages more the call may read than `MOST` times those of the first day."""
    return sum(pages for start, pages in ROOM.items() if call.startswith(start))


def aged(database: Database, sizes: Sizes) -> Aged:
    """Fill the queue and measure."""
    with ExitStack() as stack:
        owner, admin = (
            stack.enter_context(psycopg.connect(dsn, autocommit=True))
            for dsn in (database.dsn, database.superuser_dsn)
        )
        past = Past(owner, admin, lambda _: None)
        past.begin(FIRST_DAY.waiting, sizes.owners)
        for table in TABLES:
            admin.execute(KEPT_STALE.format(table))
        past.fill(sizes)
        asker = Asker(owner)
        stale = measure(asker, 3, sizes.finished - 1)
        admin.execute("vacuum analyze")
        catch_up(owner)
        fresh = measure(asker, 3, sizes.finished - 1)
        answer, prune = asker.cost(PRUNE)
        assert json.loads(asker.cost(PRUNE)[0])["events"] == 0
        _, empty = asker.cost(PRUNE)
    return Aged(stale, fresh, prune, json.loads(answer), empty)


@pytest.fixture(scope="module")
def first_day(postgres_server: PostgresServer, project_template: str) -> Iterator[Aged]:
    with fresh_database(postgres_server, project_template) as database:
        yield aged(database, FIRST_DAY)


@pytest.fixture(scope="module")
def years(postgres_server: PostgresServer, project_template: str) -> Iterator[Aged]:
    with fresh_database(postgres_server, project_template) as database:
        yield aged(database, YEARS)


CALLS = ("claim 1", "claim 10", "claim 100", "finish 1", "finish 10", "finish 100", "insert 1",
         "insert 100", "explain", "inspect", "overview", "history: a day",
         "spending: a day", "failures: a day",
         "list_rows: all", "list_rows: waiting", "list_rows: failed",
         "list_rows: completed")  # fmt: skip


@pytest.mark.parametrize("statistics", ["stale", "fresh"])
def test_no_call_reads_more_after_years(first_day: Aged, years: Aged, statistics: str) -> None:
    before = first_day.fresh
    after: dict[str, Cost] = getattr(years, statistics)
    more = {
        call: (before[call].pages, after[call].pages)
        for call in CALLS
        if after[call].pages > MOST * before[call].pages + room(call)
    }
    assert more == {}


def test_what_prune_reads_depends_on_what_it_deletes(first_day: Aged, years: Aged) -> None:
    assert years.pruned["events"] == first_day.pruned["events"] == DUE
    assert years.pruned["usage"] == first_day.pruned["usage"] == DUE
    lines = [sum(of.pruned.values()) for of in (first_day, years)]
    assert years.prune.pages / lines[1] <= MOST * first_day.prune.pages / lines[0]
    assert years.empty_prune.pages <= MOST * first_day.empty_prune.pages
