"""Searches every column of every table of a database for words."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from tests.support.queue import Connection

_TABLES = """
select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
    and n.nspname !~ '^pg_toast' order by 1, 2
"""

_COLUMNS = """
select a.attname from pg_attribute as a
where a.attrelid = format('%%I.%%I', %s::text, %s::text)::regclass
    and a.attnum > 0 and not a.attisdropped
"""

_SAMPLED = """
select format('%%s.%%s', c.relname, a.attname) from pg_statistic as s
join pg_class as c on c.oid = s.starelid
join pg_attribute as a on a.attrelid = c.oid and a.attnum = s.staattnum
where concat(s.stavalues1::text, s.stavalues2::text, s.stavalues3::text, s.stavalues4::text,
    s.stavalues5::text) ~* %s
"""


def found(superuser: Connection, words: Iterable[str]) -> dict[str, set[str]]:
    """By table and column: which of the words it contains, in any row.

    A word is found in capital letters too, inside JSON, arrays and composite values, and inside
    bytes. The catalogue says which tables and columns there are.
    """
    spelled = {word: word for word in words}
    # Bytes are shown in hexadecimal digits.
    spelled |= {word.encode().hex(): word for word in list(spelled)}
    pattern = "|".join(spelled)
    kept: dict[str, set[str]] = {}
    for schema, table in superuser.execute(_TABLES).fetchall():
        place = sql.Identifier(schema, table)
        rows = superuser.execute(
            sql.SQL("select t::text from {} as t where t::text ~* %s").format(place), [pattern]
        )
        if rows.fetchone() is None:
            continue
        for (column,) in superuser.execute(_COLUMNS, [schema, table]).fetchall():
            values = superuser.execute(
                sql.SQL("select {0}::text from {1} where {0}::text ~* %s").format(
                    sql.Identifier(column), place
                ),
                [pattern],
            ).fetchall()
            text = "\n".join(value for (value,) in values).lower()
            seen = {word for spelling, word in spelled.items() if spelling.lower() in text}
            if seen:
                kept[f"{schema}.{table}.{column}"] = seen
    return kept


def sampled(superuser: Connection, words: Iterable[str]) -> set[str]:
    """The columns of which the planner keeps samples that contain one of the words."""
    superuser.execute("analyze")
    return {name for (name,) in superuser.execute(_SAMPLED, ["|".join(words)]).fetchall()}
