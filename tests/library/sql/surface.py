"""The surface of the migrations: what others build on, as sorted lines.

`python -m tests.library.sql.surface` writes `surface.txt` anew after a wanted change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from devstack.project import create_project
from liverows.testing.postgres import PostgresServer

SURFACE = Path(__file__).with_name("surface.txt")

OURS = "in ('processing'::regnamespace, 'public'::regnamespace)"

GRANTEE = "case g.grantee when 0 then 'public' else g.grantee::regrole::text end"

LINES = f"""
select format('column   %s.%s %s%s', c.oid::regclass, a.attname,
    format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end)
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and c.relnamespace {OURS}
union all
select format('function %s(%s) -> %s%s', f.oid::regproc, pg_get_function_arguments(f.oid),
    format_type(f.prorettype, null), case when f.prosecdef then ' security definer' else '' end)
from pg_proc as f where f.pronamespace = 'public'::regnamespace
    or f.pronamespace = 'processing'::regnamespace and (
        f.proname in ('attach', 'detach', 'clock', 'schedule', 'unschedule', 'pause_schedule',
            'cron_next')
        or has_function_privilege('service_role', f.oid, 'execute'))
union all
select format('trigger  %s %s', t.tgrelid::regclass, t.tgname)
from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace {OURS}
union all
select format('policy   %I.%I %s: for %s to %s', schemaname, tablename, policyname, lower(cmd),
    roles)
from pg_policies where schemaname in ('public', 'processing')
union all
select format('grant    %s on %s to %s', lower(g.privilege_type), c.oid::regclass, {GRANTEE})
from pg_class as c cross join lateral aclexplode(c.relacl) as g
where c.relnamespace {OURS} and g.grantee <> c.relowner
union all
select format('grant    %s (%s) on %s to %s', lower(g.privilege_type), a.attname,
    a.attrelid::regclass, {GRANTEE})
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
cross join lateral aclexplode(a.attacl) as g
where c.relnamespace {OURS} and g.grantee <> c.relowner
union all
select format('grant    execute on %s to %s', f.oid::regprocedure, {GRANTEE})
from pg_proc as f
cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as g
where f.pronamespace {OURS} and g.grantee <> f.proowner
union all
select format('publish  %I.%I by %s', schemaname, tablename, pubname) from pg_publication_tables
"""


def surface(connection: psycopg.Connection[Any]) -> list[str]:
    """Columns, functions that are not internal, triggers, policies, grants, publications."""
    connection.execute("set search_path = ''")
    lines = connection.execute(LINES).fetchall()
    return sorted(line.replace('"', "") for (line,) in lines)


def write() -> None:
    """Build a database from nothing and note its surface."""
    with PostgresServer() as server:
        dsn = create_project(server, "surface")
        with psycopg.connect(dsn, autocommit=True) as connection:
            SURFACE.write_text("\n".join(surface(connection)) + "\n")


if __name__ == "__main__":
    write()
