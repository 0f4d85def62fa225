"""A check for `liverows doctor`: what of the server and of the role's settings hinders workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liverows.base.finding import Finding
from liverows.database.sessions import Connection

_MOST_QUEUE_PERCENT = 50
"""Above this, the SQL of the queue sends no notifications any more, so that no commit fails."""
_MOST_AGE = 1_500_000_000
"""So many of 2,100,000,000 transaction ids; Postgres then refuses all writes."""
_LEAST_STATEMENT_MS = 1_000
_MOST_KEPT_BYTES = 5 * 1024**3

_SERVER = """
select pg_notification_queue_usage() * 100 as queue_percent,
    (select max(greatest(age(d.datfrozenxid), mxid_age(d.datminmxid))) from pg_database as d) as age,
    (select s.setting::bigint from pg_settings as s where s.name = 'statement_timeout') as statement_ms,
    current_setting('default_transaction_read_only')::boolean as reads_only,
    current_setting('session_replication_role') as replication_role,
    array(
        select s.slot_name::text from pg_replication_slots as s
        where not s.active and not pg_is_in_recovery()
            and pg_wal_lsn_diff(case when not pg_is_in_recovery() then pg_current_wal_lsn() end, s.restart_lsn) > $1
        order by 1
    ) as slots
"""  # noqa: E501 - SQL reads best with one expression a line


@dataclass(frozen=True, slots=True)
class _Hindrance:
    is_there: Callable[[Mapping[str, Any]], bool]
    detail: str
    cure: str


_HINDRANCES = (
    _Hindrance(
        lambda seen: seen["queue_percent"] > _MOST_QUEUE_PERCENT,
        "the queue of NOTIFY is {queue_percent:.0f} % full, so no doorbell rings",
        "end the session that listens inside an open transaction: see xact_start in "
        "pg_stat_activity",
    ),
    _Hindrance(
        lambda seen: seen["age"] > _MOST_AGE,
        "a database is {age:,} transactions old, and at 2,100,000,000 all writes end",
        "vacuum; see old transactions, prepared transactions and replication slots",
    ),
    _Hindrance(
        lambda seen: bool(seen["slots"]),
        "unused replication slots keep more than 5 GB of log, until the disk is full: {slots}",
        "use them again, or drop them with pg_drop_replication_slot",
    ),
    _Hindrance(
        lambda seen: seen["reads_only"],
        "default_transaction_read_only is on, so no row can be claimed",
        "find where with \\drds in psql, and reset it; a full disk sets it on Supabase",
    ),
    _Hindrance(
        lambda seen: 0 < seen["statement_ms"] < _LEAST_STATEMENT_MS,
        "statement_timeout is {statement_ms} ms, in which few claims end",
        "alter role … set statement_timeout = '20s'",
    ),
    _Hindrance(
        lambda seen: seen["replication_role"] != "origin",
        "session_replication_role is {replication_role}, so the triggers of the queue are off",
        "alter role … reset session_replication_role",
    ),
)


async def check_server(connection: Connection) -> list[Finding]:
    """Return a warning for each thing that hinders workers; nothing if there is none."""
    row = await connection.fetchrow(_SERVER, _MOST_KEPT_BYTES)
    seen = {**dict(row or {}), "slots": ", ".join(row["slots"]) if row else ""}
    return [
        Finding("server", "warning", one.detail.format(**seen), one.cure)
        for one in _HINDRANCES
        if one.is_there(seen)
    ]
