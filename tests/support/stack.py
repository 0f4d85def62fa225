"""The stack that tests run against: the local one, or a real one.

If TEST_SUPABASE_URL, TEST_SUPABASE_SECRET_KEY, TEST_SUPABASE_PUBLISHABLE_KEY and
TEST_SUPABASE_DB_URL are set, the fixture `stack` is that project. It must have our migrations and
functions and must confirm addresses automatically. Otherwise the fixture is devstack's stack.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import psycopg

from devstack.stack import LocalStack, User, sign_up

VARIABLES = (
    "TEST_SUPABASE_URL",
    "TEST_SUPABASE_SECRET_KEY",
    "TEST_SUPABASE_PUBLISHABLE_KEY",
    "TEST_SUPABASE_DB_URL",
)


class Stack(Protocol):
    """What a test may use of a stack."""

    @property
    def url(self) -> str: ...
    @property
    def publishable_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def db_url(self) -> str: ...
    def environment(self) -> dict[str, str]: ...
    def sign_up(self, email: str | None = None) -> User: ...


@dataclass(frozen=True, slots=True)
class RealStack:
    """A Supabase that was started elsewhere."""

    url: str
    secret_key: str
    publishable_key: str
    db_url: str

    def environment(self) -> dict[str, str]:
        """See `LocalStack.environment`."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_DB_URL": self.db_url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
        }

    def sign_up(self, email: str | None = None) -> User:
        """See `LocalStack.sign_up`."""
        return sign_up(self.url, self.publishable_key, email)


def named_stack() -> RealStack | None:
    """The real stack named in the environment, if all four variables are set."""
    values = [os.environ.get(name, "") for name in VARIABLES]
    return RealStack(*values) if all(values) else None


@contextmanager
def left_as_found(stack: RealStack) -> Iterator[None]:
    """Remove at the end what tests have added to a real stack since the beginning of the block.

    These are users with an address at example.com, which takes the rows of their accounts with
    them, files with their buckets, and requests to delete files. A row that stayed pending would
    be worked on in a later test. Two processes must not run tests on one stack at the same time.
    """
    with psycopg.connect(stack.db_url, autocommit=True) as connection:
        before = _Found.read(connection)
        try:
            yield
        finally:
            _restore(stack, connection, before)


def _restore(stack: RealStack, connection: psycopg.Connection[Any], before: _Found) -> None:
    new = _Found.read(connection).without(before)
    for bucket, names in new.files_by_bucket().items():
        httpx.request(
            "DELETE",
            f"{stack.url}/storage/v1/object/{bucket}",
            json={"prefixes": names},
            headers={"apikey": stack.secret_key, "authorization": f"Bearer {stack.secret_key}"},
            timeout=30,
        ).raise_for_status()
    with connection.transaction():
        # The real Storage refuses to delete a bucket by SQL without this setting.
        connection.execute("set local storage.allow_delete_query = 'true'")
        connection.execute("delete from storage.buckets where id = any (%s)", [[*new.buckets]])
        connection.execute(
            "delete from auth.users where id::text = any (%s) and email like '%%@example.com'",
            [[*new.users]],
        )
    late = _Found.read(connection).without(before)
    connection.execute(
        "delete from public.storage_deletions where id::text = any (%s)", [[*late.deletions]]
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in a stack: ids of users, of buckets and of deletion requests, and files as pairs of
    bucket and name."""

    users: frozenset[str]
    buckets: frozenset[str]
    deletions: frozenset[str]
    files: frozenset[tuple[str, str]]

    @classmethod
    def read(cls, connection: psycopg.Connection[Any]) -> _Found:
        def ids(table: str) -> frozenset[str]:
            rows = connection.execute(f"select id::text from {table}")
            return frozenset(row[0] for row in rows)

        files = connection.execute("select bucket_id, name from storage.objects").fetchall()
        return cls(
            ids("auth.users"),
            ids("storage.buckets"),
            ids("public.storage_deletions"),
            frozenset((bucket, name) for bucket, name in files),
        )

    def without(self, other: _Found) -> _Found:
        return _Found(
            self.users - other.users,
            self.buckets - other.buckets,
            self.deletions - other.deletions,
            self.files - other.files,
        )

    def files_by_bucket(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for bucket, name in sorted(self.files):
            found[bucket].append(name)
        return found


@contextmanager
def running_stack() -> Iterator[Stack]:
    """The stack of a test session."""
    real = named_stack()
    if real is not None:
        yield real
        return
    with LocalStack() as stack:
        yield stack
