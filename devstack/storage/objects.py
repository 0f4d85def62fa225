"""Reads and writes buckets and objects as rows, with the rights of the caller."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg

from devstack.keys import Claims
from devstack.storage.errors import (
    access_denied,
    already_exists,
    invalid_key,
    invalid_mime_type,
    no_such_bucket,
    no_such_object,
)

KEY = re.compile(r"[A-Za-z0-9_/!.*'() &$=@;:+,?-]+")
ROLES = {"anon", "authenticated", "service_role"}
LARGEST_FILE = 50 * 1024 * 1024
"""In bytes. `supabase start` has the same limit for a bucket without its own."""

COLUMNS = (
    "id, bucket_id, name, owner, owner_id, version, metadata, user_metadata,"
    " created_at, updated_at, last_accessed_at"
)

REMOVE = "delete from storage.objects where bucket_id = $1 and name = any ($2)"

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Bucket:
    """The limits of a bucket: the largest size in bytes, and the allowed types if it names any."""

    id: str
    largest: int
    mime_types: Sequence[str]

    def check_type(self, mime_type: str) -> None:
        """Raise for a type that the bucket does not allow. As in the real Storage, parameters such
        as a charset count too."""
        kind = mime_type.partition("/")[0]
        if self.mime_types and not {mime_type, f"{kind}/*"} & set(self.mime_types):
            raise invalid_mime_type(mime_type)


@dataclass(frozen=True, slots=True)
class NewObject:
    """A file that is going to get a row."""

    bucket: str
    name: str
    version: str
    metadata: dict[str, Any]
    user_metadata: dict[str, Any] | None
    owner: str | None
    upsert: bool


class Objects:
    """The tables of the schema `storage`, over one pool of superuser connections."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def bucket(self, bucket_id: str) -> Bucket:
        """The limits of a bucket, without a check of rights."""
        row = await self._pool.fetchrow(
            "select file_size_limit, allowed_mime_types from storage.buckets where id = $1",
            bucket_id,
        )
        if row is None:
            raise no_such_bucket()
        largest = min(row["file_size_limit"] or LARGEST_FILE, LARGEST_FILE)
        return Bucket(bucket_id, largest, row["allowed_mime_types"] or ())

    async def may_add(self, claims: Claims, new: NewObject) -> None:
        """Raise unless the caller's policies allow this row. Nothing is stored."""
        if not KEY.fullmatch(new.name):
            raise invalid_key(new.name)
        try:
            async with self._as(claims) as connection:
                await _insert(connection, new)
                raise _Undo
        except _Undo:
            return

    async def add(self, new: NewObject) -> tuple[str, str | None]:
        """Add the row without a check of rights; returns its id and the version it replaced."""
        async with self._pool.acquire() as connection, connection.transaction():
            replaced = await connection.fetchval(
                "select version from storage.objects where bucket_id = $1 and name = $2 for update",
                *(new.bucket, new.name),
            )
            return await _insert(connection, new), replaced

    async def find(self, claims: Claims, bucket: str, name: str) -> dict[str, Any]:
        """The row, if the caller may see it."""
        async with self._as(claims) as connection:
            return await _find(connection, bucket, name)

    async def find_signed(self, bucket: str, name: str) -> dict[str, Any]:
        """The row for the holder of a signed URL, so without a check of rights."""
        async with self._pool.acquire() as connection:
            return await _find(connection, bucket, name)

    async def under(self, claims: Claims, bucket: str, prefix: str) -> list[dict[str, Any]]:
        """The objects whose names begin with `prefix`, as far as the caller may see them."""
        async with self._as(claims) as connection:
            rows = await connection.fetch(
                f"select {COLUMNS} from storage.objects"  # noqa: S608 (a constant)
                " where bucket_id = $1 and starts_with(name, $2) order by name",
                *(bucket, prefix),
            )
        return [as_json(row) for row in rows]

    async def remove(
        self, claims: Claims, bucket: str, names: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Remove those objects that the caller may see and delete; returns the removed rows."""
        async with self._as(claims) as connection:
            statement = f"{REMOVE} returning {COLUMNS}"
            rows = await connection.fetch(statement, bucket, list(names))
        return [as_json(row) for row in rows]

    @asynccontextmanager
    async def _as(self, claims: Claims) -> AsyncIterator[Connection]:
        """A transaction with the caller's role and claims."""
        role = claims.get("role")
        if role not in ROLES:
            raise access_denied(f'role "{role}" does not exist')
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "select set_config('role', $1, true),"
                    " set_config('request.jwt.claims', $2, true)",
                    *(role, json.dumps(claims)),
                )
                yield connection
        except asyncpg.InsufficientPrivilegeError as error:
            raise access_denied("new row violates row-level security policy") from error


class _Undo(Exception):
    """Rolls a transaction back."""


async def _insert(connection: Connection, new: NewObject) -> str:
    statement = (
        "insert into storage.objects"
        " (bucket_id, name, version, metadata, user_metadata, owner, owner_id)"
        " values ($1, $2, $3, $4, $5, $6::text::uuid, $6)"
    )
    if new.upsert:
        statement += (
            " on conflict (bucket_id, name) do update set version = excluded.version,"
            " metadata = excluded.metadata, user_metadata = excluded.user_metadata,"
            " owner = excluded.owner, owner_id = excluded.owner_id, updated_at = now()"
        )
    user_metadata = None if new.user_metadata is None else json.dumps(new.user_metadata)
    try:
        return str(
            await connection.fetchval(
                f"{statement} returning id",
                *(new.bucket, new.name, new.version, json.dumps(new.metadata)),
                *(user_metadata, new.owner),
            )
        )
    except asyncpg.UniqueViolationError:
        raise already_exists() from None


async def _find(connection: Connection, bucket: str, name: str) -> dict[str, Any]:
    row = await connection.fetchrow(
        f"select {COLUMNS} from storage.objects"  # noqa: S608 (a constant)
        " where bucket_id = $1 and name = $2",
        *(bucket, name),
    )
    if row is None:
        raise no_such_object()
    return as_json(row)


def as_json(row: asyncpg.Record) -> dict[str, Any]:
    """A row in the form that clients expect."""
    found = dict(row)
    for name in ("id", "owner"):
        found[name] = None if found[name] is None else str(found[name])
    for name in ("created_at", "updated_at", "last_accessed_at"):
        found[name] = found[name].isoformat().replace("+00:00", "Z")
    for name in ("metadata", "user_metadata"):
        found[name] = json.loads(found[name]) if found[name] else None
    return found


def new_version() -> str:
    """A new name for one content of an object."""
    return str(uuid4())
