"""Bugs to plant into the database of a round, to see that the harness finds them."""

from __future__ import annotations

from dataclasses import dataclass

from bench.chaos.served.three_paid import SLUG
from bench.chaos.world.cluster import Cluster


@dataclass(frozen=True, slots=True)
class Plant:
    """Replaces parts of the text of a SQL function of the library."""

    function: str
    changes: tuple[tuple[str, str], ...]


PLANTS = {
    "fence off": Plant(
        "processing.complete_sql",
        (
            (
                "(l.table_id = {table_name}::regclass and l.nonce = k.nonce"
                " and l.worker = for_worker and l.pipeline = {pipeline}) is true",
                "(l.table_id = {table_name}::regclass) is true",
            ),
        ),
    ),
    "lease check off": Plant(
        "processing.checkpoint",
        ((" and l.nonce = checkpoint.nonce and l.worker = checkpoint.worker", ""),),
    ),
    "checkpoint of another round": Plant(
        "processing.forget_run",
        (("if becomes = 'pending' and was = 'completed' then", "if false then"),),
    ),
    "prune by age": Plant(
        "processing.prune_answers",
        (
            (
                "x.expires_at < expired_before",
                "x.created_at < processing.clock() - interval '1 second'",
            ),
        ),
    ),
    "budget off": Plant(
        "processing.budgets_for", (("where b.measure = any (measures) and", "where false and"),)
    ),
    "protection off": Plant(
        "processing.protect", (("if touched is not null then", "if false then"),)
    ),
}


def plant(cluster: Cluster, name: str) -> None:
    """Replace the function, and build the statements of the pipeline anew."""
    bug = PLANTS[name]
    ((text,),) = cluster.ask(f"select pg_get_functiondef('{bug.function}'::regproc)")
    for old, new in bug.changes:
        if old not in text:
            raise ValueError(f"{bug.function} has changed: {old!r} is not in it")
        text = text.replace(old, new)
    cluster.ask(text)
    cluster.ask(f"set role postgres; select processing.build_statements('{SLUG}')")
