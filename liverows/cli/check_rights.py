"""A check for `liverows doctor`: roles that could slip something into the queue's functions."""

from __future__ import annotations

from liverows.base.finding import Finding
from liverows.database.contract import SCHEMA
from liverows.database.sessions import Connection

_DEFERRED_SAFE = 18
"""Since this version of Postgres, a deferred trigger runs with the rights of whoever fired it."""
_MAKERS = """
with home as (
    select n.oid, n.nspowner as owner, (
        select p.oid from pg_catalog.pg_proc as p
        where p.pronamespace = n.oid and p.proname = 'finish' limit 1) as finish
    from pg_catalog.pg_namespace as n where n.nspname = $1
), places as (
    select 'schema ' || quote_ident(n.nspname) as place, n.oid = home.oid as is_home,
        -- Statements that fire triggers of the application look in these, see usual_path.
        n.oid = home.oid or n.nspname in ('public', 'extensions') or exists (
            select from pg_catalog.pg_class as c
            join pg_catalog.pg_trigger as t on t.tgrelid = c.oid
            join pg_catalog.pg_proc as f on f.oid = t.tgfoid
            where c.relnamespace = n.oid and f.pronamespace = home.oid) as is_path,
        n.nspowner as owner, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_catalog.pg_namespace as n cross join home where n.nspname !~ '^pg_'
    union all
    select 'database ' || quote_ident(d.datname), false, false, d.datdba,
        coalesce(d.datacl, acldefault('d', d.datdba))
    from pg_catalog.pg_database as d where d.datname = current_database()
)
select distinct p.place, p.is_path,
    case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as maker,
    a.grantee = p.owner as owns, quote_ident(pg_get_userbyid(home.owner)) as keeper
from places as p cross join home cross join lateral aclexplode(p.acl) as a
left join pg_catalog.pg_roles as r on r.oid = a.grantee
where a.privilege_type = 'CREATE'
    -- These can do all that the owner of the functions can.
    and not (a.grantee <> 0 and (r.rolsuper or r.rolname = 'pg_database_owner'
        or pg_has_role(a.grantee, home.owner, 'member')))
    and case when p.is_path then a.grantee <> p.owner or p.is_home
        when a.grantee = 0 then true
        else has_function_privilege(a.grantee, home.finish, 'execute') end
order by 1, 3
"""


async def check_makers(connection: Connection, major: int) -> list[Finding]:
    """Return a warning about roles that may create things where the functions of the queue look.

    `major` is the version of Postgres. Nobody else may create anything in the schema of the queue,
    and in those where its statements look for names. Elsewhere it matters up to Postgres 17.
    """
    rows = [
        row for row in await connection.fetch(_MAKERS, SCHEMA) if row["is_path"] or _is_open(major)
    ]
    if not rows:
        return []
    said = ", ".join(f"{row['maker']} in {row['place']}" for row in rows)
    why = (
        "up to Postgres 17, functions of the queue run deferred checks of such a role's own tables "
        "with the rights of their owner"
        if _is_open(major)
        else "an operator, function or type there can take the place of one that the queue means"
    )
    cures = "; ".join(
        f"alter {row['place']} owner to {row['keeper']}"
        if row["owns"]
        else f"revoke create on {row['place']} from {row['maker']}"
        for row in rows
    )
    return [
        Finding(
            "rights to create",
            "warning",
            f"roles that may create things: {said}; {why}",
            f"run, unless the role is trusted like {rows[0]['keeper']}: {cures}",
        )
    ]


def _is_open(major: int) -> bool:
    return major < _DEFERRED_SAFE
