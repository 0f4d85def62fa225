"""A bucket and users on the stack."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeAlias

import httpx
import psycopg
import pytest
from psycopg import sql
from supabase import AsyncClient, AsyncClientOptions, create_async_client

from devstack.stack import User
from tests.support.stack import Stack

LARGEST = 7_000_000

Connect: TypeAlias = Callable[[str], Awaitable[AsyncClient]]
SignedIn: TypeAlias = Callable[[User], Awaitable[AsyncClient]]

POLICIES = """
create policy {name} on storage.objects for all to authenticated
using (bucket_id = {bucket} and (storage.foldername(name))[1] = (select auth.uid())::text)
with check (bucket_id = {bucket} and (storage.foldername(name))[1] = (select auth.uid())::text)
"""


@pytest.fixture(scope="module")
def bucket(stack: Stack) -> Iterator[str]:
    """A private bucket for text and audio of at most `LARGEST` bytes; each user has a folder."""
    name = f"test-{secrets.token_hex(4)}"
    policy = sql.SQL(POLICIES).format(name=sql.Identifier(name), bucket=sql.Literal(name))
    with psycopg.connect(stack.db_url, autocommit=True) as owner:
        owner.execute(
            "insert into storage.buckets (id, name, file_size_limit, allowed_mime_types)"
            " values (%s, %s, %s, %s)",
            [name, name, LARGEST, ["text/plain", "audio/*"]],
        )
        owner.execute(policy)
    yield name
    with psycopg.connect(stack.db_url, autocommit=True) as owner:
        owner.execute(sql.SQL("drop policy {} on storage.objects").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def alice(stack: Stack) -> User:
    return stack.sign_up()


@pytest.fixture(scope="module")
def bob(stack: Stack) -> User:
    return stack.sign_up()


@pytest.fixture
async def connect(stack: Stack) -> AsyncIterator[Connect]:
    """`await connect(key)`: supabase-py with an API key; its connections close with the test."""
    async with httpx.AsyncClient(timeout=30) as http:

        async def connected(key: str) -> AsyncClient:
            options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False)
            return await create_async_client(stack.url, key, options)

        yield connected


@pytest.fixture
def signed_in(stack: Stack, connect: Connect) -> SignedIn:
    """`await signed_in(user)`: supabase-py with the session of that user."""

    async def with_session(user: User) -> AsyncClient:
        client = await connect(stack.publishable_key)
        await client.auth.sign_in_with_password({"email": user.email, "password": user.password})
        return client

    return with_session
