"""Which rows a claim would take, and what Postgres says about how it finds them."""

from __future__ import annotations

from typing import Any

from due_work_harness.host import ReadCosts
from psycopg import connect

from tests.library.duework.site import SLUG, owner, site

PICK = (
    "select processing.pick_of($1, 1000, 1000000, processing.clock(), '{}'::text[], false)"
    " as picked"
)
"""The generated function with which `processing.claim` picks rows."""


class Selection(list[str]):
    """The keys of due rows, in the order in which claims take them."""


async def _picked() -> Selection:
    async with owner() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            found = await connection.fetchval(PICK, SLUG)
        finally:
            await transaction.rollback()  # it has locked the rows
    return Selection(found)


def due_rows() -> Selection:
    """Ask the database what a claim with room for all would take now."""
    return site().run(_picked())


class TableScans:
    """Answers the harness from the table statistics of the transaction that picks."""

    def understands(self, selection: object) -> bool:
        return isinstance(selection, Selection)

    def index_served(self, selection: object) -> tuple[bool, str]:
        """Beside many finished rows, whether the selection reads the table by an index alone."""
        site().things.run(
            "insert into public.things (processing_status)"
            " select 'completed' from generate_series(1, 3000)"
        )
        site().things.add(3)
        site().things.run("analyze public.things")
        whole, by_index = self._scans()
        told = f"{whole} rows read by scans of the whole table, {by_index} by an index"
        return whole == 0 and by_index <= 30, told

    def _scans(self) -> tuple[int, int]:
        with connect(site().database.dsn) as connection:
            connection.execute(PICK.replace("$1", f"'{SLUG}'"))
            found = connection.execute(
                "select seq_tup_read, idx_tup_fetch from pg_stat_xact_user_tables"
                " where relid = 'public.things'::regclass"
            ).fetchone()
            connection.rollback()
        assert found is not None
        return found[0], found[1]

    def replica_read(self, selection: object) -> str | None:
        """A claim writes, so it cannot run on a replica at all."""
        (row,) = site().things.run("select pg_is_in_recovery() as replica")
        return "the replica" if row["replica"] else None

    def scan_counts(self, selection: object) -> tuple[float, float]:
        raise AssertionError("no proof of this contract asks for rows that a filter discards")

    def read_costs(self, selection: object) -> ReadCosts:
        raise AssertionError("no proof of this contract asks for buffers")

    def statements_during(self, run: Any) -> list[str]:
        raise AssertionError("no proof of this contract counts statements")
