"""All that a database contains, to compare it before and after an upgrade."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from psycopg import sql

from tests.support.queue import Connection

_TABLES = """
select n.nspname, c.relname, array(
    select a.attname from pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attname)
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname in ('processing', 'public', 'auth', 'storage', 'realtime')
order by 1, 2
"""
_GROWS = ("processing", "library_migrations")

Table = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Contents:
    """By table: the names of its columns, and its rows as JSON text, each with its count."""

    columns: dict[Table, list[str]]
    rows: dict[Table, Counter[str]]

    def empty(self) -> set[str]:
        """The tables of the library that have no row."""
        return {
            name
            for (schema, name), rows in self.rows.items()
            if schema == "processing" and not rows
        }


def contents(superuser: Connection, of: Contents | None = None) -> Contents:
    """Return what is stored; with `of`, only its tables and columns, as far as they are there."""
    found = {
        (schema, table): columns for schema, table, columns in superuser.execute(_TABLES).fetchall()
    }
    wanted = found if of is None else of.columns
    columns = {
        table: [name for name in names if name in found[table]]
        for table, names in wanted.items()
        if table in found
    }
    return Contents(columns, {table: _rows(superuser, table, columns[table]) for table in columns})


def _rows(superuser: Connection, table: Table, columns: list[str]) -> Counter[str]:
    if not columns:
        return Counter()
    query = sql.SQL("select to_jsonb(x)::text from (select {} from {}) as x").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(*table)
    )
    return Counter(text for (text,) in superuser.execute(query))


def differences(before: Contents, after: Contents) -> list[str]:
    """Return a sentence for each table, column and row that is not as it was."""
    said = []
    for table, names in before.columns.items():
        name = ".".join(table)
        if table not in after.columns:
            said.append(f"{name} is gone")
            continue
        gone = set(names) - set(after.columns[table])
        said += [f"{name}.{column} is gone" for column in sorted(gone)]
        lost = before.rows[table] - after.rows[table]
        new = after.rows[table] - before.rows[table]
        said += [f"{name} lost {row}" for row in lost]
        said += [f"{name} got {row}" for row in new if table != _GROWS]
    return said
