"""Asks the database which columns, rows and private topics a subscriber may see."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import asyncpg

from devstack.realtime.pgoutput import Row
from devstack.realtime.tables import Connection, Table, quoted

log = logging.getLogger("devstack.realtime")

ACT_AS = """
select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
  set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claim.role', $1, true),
  set_config('realtime.topic', $4, true), set_config('request.headers', '{}', true)
"""

Extension = Literal["broadcast", "presence"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Role and claims of a token; tokens with equal claims have the same identity."""

    role: str
    claims: str
    """The claims as JSON."""

    @classmethod
    def of(cls, claims: dict[str, Any]) -> Identity:
        """The identity behind a verified token's claims."""
        return cls(str(claims["role"]), json.dumps(claims, sort_keys=True))


@asynccontextmanager
async def acting_as(
    connection: Connection, identity: Identity, topic: str = ""
) -> AsyncIterator[Connection]:
    """Act with this identity in a transaction that is always rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await _become(connection, identity, topic)
        yield connection
    finally:
        await transaction.rollback()


async def _become(connection: Connection, identity: Identity, topic: str) -> None:
    subject = str(json.loads(identity.claims).get("sub", ""))
    await connection.execute(ACT_AS, identity.role, identity.claims, subject, topic)


async def selectable_columns(connection: Connection, table: Table, role: str) -> set[str]:
    """The columns that the role may read; none for a role that does not exist."""
    records = await connection.fetch(
        "select attname from pg_attribute, pg_roles r where r.rolname = $1 and "
        "attrelid = $2::int8::oid and attnum > 0 and not attisdropped and "
        "has_column_privilege(r.oid, attrelid, attnum, 'SELECT')",
        role,
        table.oid,
    )
    return {record[0] for record in records}


async def visible_rows(
    connection: Connection, table: Table, identity: Identity, rows: Sequence[Row]
) -> list[bool]:
    """For each row, whether the subscriber sees a row with its primary key *now*.

    As on the real server, a row that was deleted meanwhile is not visible.
    """
    names = [f"k{at}" for at in range(len(table.key))]
    same = " and ".join(
        f"t.{quoted(column)} = r.{name}::{table.columns[column].cast}"
        for column, name in zip(table.key, names, strict=True)
    )
    arrays = ", ".join(f"${at + 1}::text[]" for at in range(len(names)))
    keys = [[row.get(column) for row in rows] for column in table.key]
    try:
        async with acting_as(connection, identity):
            records = await connection.fetch(
                f"select exists (select 1 from {table} t where {same}) "  # noqa: S608 (quoted)
                f"from unnest({arrays}) with ordinality as r ({', '.join(names)}, place) "
                "order by place",
                *keys,
            )
    except asyncpg.PostgresError as error:
        log.warning("a policy of %s failed for %s: %s", table, identity.role, error)
        return [False] * len(rows)
    return [record[0] for record in records]


async def may_read_topic(
    connection: Connection, identity: Identity, topic: str, extensions: Sequence[Extension]
) -> set[Extension]:
    """The extensions for which a SELECT policy on `realtime.messages` shows the topic.

    One message of each extension is written, and then read with the subscriber's identity. All
    of it is rolled back.
    """
    probes = {uuid4(): extension for extension in extensions}
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.executemany(
            "insert into realtime.messages (id, topic, extension) values ($1, $2, $3)",
            [(probe, topic, extension) for probe, extension in probes.items()],
        )
        await _become(connection, identity, topic)
        seen = await connection.fetch(
            "select id from realtime.messages where id = any ($1::uuid[])", list(probes)
        )
    except asyncpg.PostgresError as error:
        log.warning("a read policy of realtime.messages failed for %s: %s", identity.role, error)
        return set()
    finally:
        await transaction.rollback()
    return {probes[record["id"]] for record in seen}


async def may_write_topic(
    connection: Connection, identity: Identity, topic: str, extension: Extension
) -> bool:
    """Whether an INSERT policy on `realtime.messages` lets the subscriber send."""
    try:
        async with acting_as(connection, identity, topic):
            await connection.execute(
                "insert into realtime.messages (topic, extension) values ($1, $2)",
                topic,
                extension,
            )
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.PostgresError as error:
        log.warning("a write policy of realtime.messages failed for %s: %s", identity.role, error)
        return False
    return True
