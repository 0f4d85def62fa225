"""The Storage API through the worker's client: streams, limits and named errors."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from liverows.base.errors import InvalidInput, Permanent, RateLimited, Transient, WorkerError
from tests.support.fake_storage import KEY, FakeStorage, fake_storage
from worker.services.storage import SupabaseStorage

BUCKET = "interviews"


@asynccontextmanager
async def storage_with(**objects: bytes) -> AsyncIterator[tuple[SupabaseStorage, FakeStorage]]:
    async with fake_storage() as fake:
        for name, content in objects.items():
            fake.objects[BUCKET, f"u/{name}"] = content
        client = SupabaseStorage(fake.url, SecretStr(KEY))
        try:
            yield client, fake
        finally:
            await client.aclose()


async def test_an_object_is_copied_and_hashed_on_the_way() -> None:
    content = bytes(range(256)) * 5000
    async with storage_with(a=content) as (storage, _):
        file = io.BytesIO()
        copied = await storage.copy(BUCKET, "u/a", file, max_bytes=2**21)
    assert file.read() == content
    assert (copied.size, copied.sha256) == (len(content), hashlib.sha256(content).hexdigest())


async def test_copying_stops_at_the_limit() -> None:
    async with storage_with(a=bytes(3 * 2**20)) as (storage, _):
        file = io.BytesIO()
        with pytest.raises(InvalidInput) as refused:
            await storage.copy(BUCKET, "u/a", file, max_bytes=2**20)
    assert refused.value.code == "object_too_large"
    assert file.tell() <= 2**20


async def test_what_is_missing_is_none_to_read_and_an_error_to_copy() -> None:
    async with storage_with() as (storage, _):
        assert await storage.read(BUCKET, "u/gone", max_bytes=100) is None
        with pytest.raises(InvalidInput) as refused:
            await storage.copy(BUCKET, "u/gone", io.BytesIO(), max_bytes=100)
    assert refused.value.code == "object_not_found"


async def test_what_is_written_is_read_again_and_replaced() -> None:
    async with storage_with() as (storage, _):
        for content in (b"{}", b'{"a": 1}'):
            await storage.write(BUCKET, "u/it em/1.json", content, content_type="application/json")
        assert await storage.read(BUCKET, "u/it em/1.json", max_bytes=100) == b'{"a": 1}'


async def test_a_folder_is_listed_over_several_pages_and_removed() -> None:
    async with storage_with(**{f"i/{n:03}": b"x" for n in range(230)}) as (storage, fake):
        names = await storage.names(BUCKET, "u/i/")
        assert len(names) == 230
        assert await storage.remove(BUCKET, [*names, "u/never"]) == 230
        assert await storage.remove(BUCKET, []) == 0
    assert fake.objects == {}


async def test_what_lies_in_folders_of_a_folder_is_listed_too() -> None:
    paths = [*(f"i/{n:03}/x" for n in range(100)), "i/a/b/c/d"]
    async with storage_with(**dict.fromkeys(paths, b"x"), **{"i/z": b"x"}) as (storage, _):
        assert await storage.names(BUCKET, "u/i/") == ["u/i/z", *(f"u/{path}" for path in paths)]


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (429, RateLimited, "provider_rate_limited"),
        (503, Transient, "provider_error"),
        (401, Permanent, "provider_auth"),
        (403, Permanent, "provider_auth"),
        (409, Permanent, "provider_error"),
        (413, InvalidInput, "object_too_large"),
    ],
)
async def test_refusals_become_the_workers_own_errors(
    status: int, kind: type[WorkerError], code: str
) -> None:
    async with storage_with() as (storage, fake):
        answer: dict[str, Any] = {"message": "secret detail"}
        fake.trouble = lambda method, path: (status, answer)
        with pytest.raises(kind) as refused:
            await storage.write(BUCKET, "u/a", b"x", content_type="audio/mpeg")
    assert refused.value.code == code
    assert "secret" not in refused.value.message


async def test_a_server_that_is_gone_is_worth_another_try() -> None:
    async with storage_with() as (storage, fake):
        fake.stop()
        with pytest.raises(Transient):
            await storage.read(BUCKET, "u/a", max_bytes=1)
        fake.start = lambda: None  # type: ignore[method-assign] # it is stopped already
        fake.stop = lambda: None  # type: ignore[method-assign] # it is stopped already
