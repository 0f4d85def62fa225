"""Situations in which somebody else has left a transaction open."""

from __future__ import annotations

from tests.library.hostile.situation import ALL_BUT_COMMIT, Moment, Situation, ends

HELD = ends("held", "aside", "completed")
"""Nothing is wrong with the row: it waits, and `explain` answers meanwhile."""

TABLE_HELD = ends("held", "aside", "broken", "completed")


def held(name: str, makes: str, *moments: Moment, rows: int = 1) -> Situation:
    """Somebody holds some rows of the table locked; the other rows are free."""
    return Situation(
        name=name,
        kind="row",
        rows=rows,
        moments=moments or ALL_BUT_COMMIT,
        ends=HELD,
        makes=makes,
        stays_open=True,
    )


def table_held(mode: str) -> Situation:
    """Somebody holds the whole table locked, like a migration that waits or was left open."""
    return Situation(
        name=f"table is locked in {mode} mode",
        kind="table",
        moments=ALL_BUT_COMMIT,
        ends=TABLE_HELD,
        makes=f"lock table {{table}} in {mode} mode",
        stays_open=True,
    )


SITUATIONS = [
    # isolation 10 and security 05
    held("row is locked for update", "select from {table} where id = {key} for update"),
    held("row is edited", "update {table} set extra = 'by hand' where id = {key}"),
    held("two rows are edited", "update {table} set extra = 'x' where id in ({keys})", rows=2),
    held("row is locked for share", "select from {table} where id = {key} for share"),
    held("row is being deleted", "delete from {table} where id = {key}"),
    held(
        "row is being cancelled",
        "update {table} set processing_status = 'cancelled' where id = {key}",
    ),
    held(
        "lease of the row is locked",
        "select from processing.leases where table_id = '{table}'::regclass"
        " and row_id = '{key}' for update",
        Moment.CHECKPOINT,
        Moment.PROGRESS,
        Moment.HEARTBEAT,
        Moment.TAKE_BACK,
        Moment.FINISH,
    ),
    held(
        "twelve rows are locked",
        "select from {table} where id in ({keys}) for update",
        Moment.CLAIM,
        Moment.TAKE_BACK,
        Moment.FINISH,
        rows=12,
    ),
    table_held("share row exclusive"),
    table_held("exclusive"),
    table_held("access exclusive"),
    Situation(
        name="column is being added",
        kind="table",
        moments=ALL_BUT_COMMIT,
        ends=TABLE_HELD,
        makes="alter table {table} add column later text",
        stays_open=True,
    ),
    Situation(
        name="pipeline's own line is locked",
        kind="pipeline",
        moments=(Moment.CLAIM, Moment.FINISH, Moment.TAKE_BACK, Moment.HEARTBEAT),
        ends=TABLE_HELD,
        attach={"concurrency": 5, "concurrency_per_owner": 5, "owner": "boss"},
        makes="select from processing.pipelines where pipeline = '{pipeline}' for update",
        stays_open=True,
    ),
]
