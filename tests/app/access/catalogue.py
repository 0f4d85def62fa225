"""What there is to reach, by the catalogue of the database and the document of the API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg

from devstack.project import ROOT

Connection: TypeAlias = "psycopg.Connection[Any]"

SCHEMAS = ("public", "processing")
"""The schemas that PostgREST serves. Of `storage` and `realtime` only the policies are ours."""

_TABLES = """
select n.nspname, c.relname, c.relkind in ('v', 'm'), (
    select json_agg(json_build_array(a.attname, format_type(a.atttypid, null), exists (
        select from pg_constraint as f
        where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any (f.conkey)))
        order by a.attnum)
    from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    exists (
        select from unnest(array['anon', 'authenticated', 'service_role']) as r (role)
        where has_schema_privilege(role, n.oid, 'usage') and (
            has_any_column_privilege(role, c.oid, 'select, insert, update, references')
            or has_table_privilege(role, c.oid, 'delete, truncate, trigger')))
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any (%s) and c.relkind in ('r', 'p', 'f', 'v', 'm') order by 1, 2
"""

_FUNCTIONS = """
select n.nspname, p.proname, oidvectortypes(p.proargtypes), p.oid::bigint,
    p.prorettype = 'trigger'::regtype, (
        select coalesce(json_agg(json_build_array(
            coalesce(p.proargnames[i], ''), format_type(t, null))), '[]')
        from unnest(p.proargtypes::oid[]) with ordinality as x (t, i)
        where i <= p.pronargs - p.pronargdefaults)
from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where n.nspname = any (%s) and p.prokind in ('f', 'p') order by 1, 2, 3
"""

_POLICIES = """
select format('%s.%s "%s"', schemaname, tablename, policyname), format('%s to %s%s%s', lower(cmd),
    array_to_string(roles, ', '), ' using (' || qual || ')', ' check (' || with_check || ')')
from pg_policies where schemaname not in ('pg_catalog') order by 1
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `references` says whether it is part of a foreign key."""

    name: str
    type_name: str
    references: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table or, if `is_view`, a view; `given` says whether any grant gives anything of it."""

    schema: str
    name: str
    is_view: bool
    columns: Sequence[Column]
    given: bool

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function, with the types of its arguments.

    `needed` are names and types of the arguments that a call may not leave out.
    """

    schema: str
    name: str
    arguments: str
    oid: int
    is_trigger: bool
    needed: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}({self.arguments})"


def tables(connection: Connection) -> list[Table]:
    """All tables and views, by name."""
    found = connection.execute(_TABLES, [list(SCHEMAS)]).fetchall()
    return [
        Table(schema, name, is_view, [Column(*column) for column in columns], given)
        for schema, name, is_view, columns, given in found
    ]


def functions(connection: Connection) -> list[Function]:
    """All functions and procedures, by name."""
    found = connection.execute(_FUNCTIONS, [list(SCHEMAS)]).fetchall()
    return [
        Function(schema, name, arguments, oid, is_trigger, [(n, t) for n, t in needed])
        for schema, name, arguments, oid, is_trigger, needed in found
    ]


def policies(connection: Connection) -> dict[str, str]:
    """By table and name: to whom a policy gives what, and which rows."""
    return {name: " ".join(text.split()) for name, text in connection.execute(_POLICIES).fetchall()}


def buckets(connection: Connection) -> list[str]:
    """The names of all buckets."""
    rows = connection.execute("select id from storage.buckets order by id").fetchall()
    return [name for (name,) in rows]


def published(connection: Connection) -> list[str]:
    """The tables of whose changes Realtime tells."""
    rows = connection.execute(
        "select schemaname || '.' || tablename from pg_publication_tables"
        " where pubname = 'supabase_realtime' order by 1"
    ).fetchall()
    return [name for (name,) in rows]


def routes() -> list[tuple[str, str]]:
    """Method and path of each route; a test of the Edge Function compares the document with it."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return sorted(
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    )
