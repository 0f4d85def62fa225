"""Bugs that a test plants into the SQL of its own database, to see whether a harness finds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from tests.support.databases import Database


@dataclass(frozen=True, slots=True)
class Plant:
    """In functions whose name begins with `function`, the text `old` is replaced by `new`."""

    function: str
    old: str
    new: str


_NO_FENCE = Plant("complete\\_\\_%", " and l.nonce = k.nonce and l.worker = for_worker", "")
_BY_AGE = "perform processing.prune_present(moment, max_rows);"

PLANTS: Mapping[str, tuple[Plant, ...]] = {
    "a result needs no fence": (_NO_FENCE,),
    "a checkpoint needs no fence": (
        Plant(
            "checkpoint",
            " and l.nonce = checkpoint.nonce and l.worker = checkpoint.worker",
            "",
        ),
    ),
    "a lease is not looked at before its row is taken back": (
        Plant("take\\_back\\_leases", "+ p.lease < moment", "<= moment"),
        Plant("any\\_gone", "+ shortest < moment", "<= moment"),
    ),
    "a new round keeps the checkpoints of the old one": (
        Plant("forget\\_run", "if becomes = 'pending' and was = 'completed' then", "if false then"),
    ),
    "prune deletes checkpoints by their age alone": (
        Plant("prune", _BY_AGE, f"""{_BY_AGE}
        delete from processing.checkpoints as c
        where c.created_at < moment - events_older_than;"""),
    ),
    "prune deletes leases by their age alone": (
        Plant("prune", _BY_AGE, f"""{_BY_AGE}
        delete from processing.leases as l
        where l.claimed_at < moment - events_older_than;"""),
    ),
    "claims do not wait for each other before they count": (
        Plant("lock\\_capped", "order by p.pipeline for no key update;", "order by p.pipeline;"),
    ),
}  # fmt: skip

_PENDING = "t.processing_status = 'pending'"
_OR_FAILED = "t.processing_status in ('pending', 'failed')"

IN_ORDER: Mapping[str, tuple[Plant, ...]] = {
    "a claim gives a row the run that it had before": (
        Plant("lease\\_\\_%", "= t.processing_run + 1", "= greatest(t.processing_run, 1)"),
    ),
    "a claim takes rows that have failed": (
        Plant("pick\\_\\_%", _PENDING, _OR_FAILED),
        Plant("lease\\_\\_%", _PENDING, _OR_FAILED),
    ),
    "a claim does not count the rows that run": (
        Plant("claim\\_fairly", "if p.concurrency is not null then", "if false then"),
    ),
    "a claim does not count the rows of an owner that run": (
        Plant("claim\\_fairly", "coalesce(p.concurrency_per_owner, 1000000)", "1000000"),
    ),
    "a claim takes the oldest rows first, however urgent others are": (
        Plant("pick\\_\\_%", "t.processing_priority desc, ", ""),
    ),
    "a new round forgets also what later rounds may use": (
        Plant("forget\\_run", "(c.keep = 'round' and c.expires_at is null or", "(true or"),
    ),
    "a reservation does not look for room in the budget": (
        Plant("take\\_room", " and u.spent + u.reserved + amount <= u.room", ""),
    ),
    "prune passes over the checkpoints of completed rows": (
        Plant("prune\\_completed", "pruned + processing.prune_rounds(queue, done, before)", "0"),
    ),
}
"""Bugs that only a harness finds that knows each row and each answer."""

FUNCTIONS = """
select pg_catalog.pg_get_functiondef(f.oid) from pg_catalog.pg_proc as f
where f.pronamespace = 'processing'::regnamespace and f.proname like %s
"""


def plant(database: Database, name: str) -> None:
    """Plant this bug; raises if the text that it replaces is not there any more."""
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        for part in {**PLANTS, **IN_ORDER}[name]:
            bodies = connection.execute(FUNCTIONS, [part.function]).fetchall()
            planted = [body for (body,) in bodies if part.old in body]
            assert planted, f"nothing to plant in {part.function}: {part.old}"
            for body in planted:
                connection.execute(body.replace(part.old, part.new).encode())
