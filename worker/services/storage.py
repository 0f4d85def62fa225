"""Stored files: the interface that steps use, and Supabase Storage behind it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from liverows import InvalidInput, Resource
from worker.services.outward import CARRIES_TRACE
from worker.services.storage_errors import too_large, translate, unreachable

PAGE = 100
MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Facts about a copied object: its length in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


class Storage(Resource, Protocol):
    """Stored objects by bucket and path.

    Methods must raise only errors of `liverows.base.errors`.
    """

    async def copy(self, bucket: str, path: str, into: BinaryIO, *, max_bytes: int) -> StoredFile:
        """Copy an object into an open file, and go back to the start of the file.

        Raises `InvalidInput`: `object_not_found`, or `object_too_large` above `max_bytes` bytes.
        """
        ...

    async def read(self, bucket: str, path: str, *, max_bytes: int) -> bytes | None:
        """Return a whole object, or None if it does not exist.

        Raises `InvalidInput` with the code `object_too_large` above `max_bytes` bytes.
        """
        ...

    async def write(self, bucket: str, path: str, content: bytes, *, content_type: str) -> None:
        """Store an object; an existing object at this path is replaced."""
        ...

    async def names(self, bucket: str, folder: str) -> list[str]:
        """The paths of the objects in a folder and in four levels of subfolders; may be empty."""
        ...

    async def remove(self, bucket: str, paths: Sequence[str]) -> int:
        """Remove objects and return how many of them existed; missing ones are ignored."""
        ...


class SupabaseStorage:
    """`Storage` over the project's Storage API.

    The class uses httpx, because the client `storage3` holds a whole object in memory.
    """

    def __init__(self, url: str, key: SecretStr, *, timeout_seconds: float = 30) -> None:
        self._base = f"{url.rstrip('/')}/storage/v1"
        secret = key.get_secret_value()
        # The gateway accepts a key `sb_secret_…` as bearer token only with the same key in
        # `apikey`.
        self._client = httpx.AsyncClient(
            headers={"apikey": secret, "authorization": f"Bearer {secret}"},
            timeout=timeout_seconds,
            event_hooks=CARRIES_TRACE,
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()

    async def copy(self, bucket: str, path: str, into: BinaryIO, *, max_bytes: int) -> StoredFile:
        """Copy the object in chunks, and hash the chunks; see `Storage.copy`."""
        digest, size = hashlib.sha256(), 0
        async with self._opened(bucket, path) as response:
            await _raise_for_error(response)
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > max_bytes:
                    raise too_large(max_bytes)
                digest.update(chunk)
                into.write(chunk)
        into.seek(0)
        return StoredFile(size, digest.hexdigest())

    async def read(self, bucket: str, path: str, *, max_bytes: int) -> bytes | None:
        """Read the object into memory; see `Storage.read`."""
        content = bytearray()
        async with self._opened(bucket, path) as response:
            try:
                await _raise_for_error(response)
            except InvalidInput as error:
                if error.code != "object_not_found":
                    raise
                return None
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > max_bytes:
                    raise too_large(max_bytes)
        return bytes(content)

    async def write(self, bucket: str, path: str, content: bytes, *, content_type: str) -> None:
        """Store the object with one request; see `Storage.write`."""
        headers = {"content-type": content_type, "x-upsert": "true"}
        await self._call("POST", _object(bucket, path), content=content, headers=headers)

    async def names(self, bucket: str, folder: str) -> list[str]:
        """List one folder after the other; see `Storage.names`."""
        found: list[str] = []
        folders = [folder.rstrip("/")]
        for _ in range(MAX_DEPTH):
            deeper: list[str] = []
            for each in folders:
                async for name, is_folder in self._listed(bucket, each):
                    (deeper if is_folder else found).append(f"{each}/{name}")
            folders = deeper
        return found

    async def _listed(self, bucket: str, folder: str) -> AsyncIterator[tuple[str, bool]]:
        """Yield the name of each entry of one folder, and whether the entry is a subfolder."""
        seen, count = 0, PAGE
        while count == PAGE:
            page = await self._call(
                "POST",
                f"object/list/{quote(bucket)}",
                json={"prefix": folder, "limit": PAGE, "offset": seen},
            )
            entries = page if isinstance(page, list) else []
            count = len(entries)
            seen += count
            for entry in entries:
                yield entry["name"], not entry.get("id")

    async def remove(self, bucket: str, paths: Sequence[str]) -> int:
        """Remove the objects with one request; see `Storage.remove`."""
        if not paths:
            return 0
        removed = await self._call(
            "DELETE", f"object/{quote(bucket)}", json={"prefixes": list(paths)}
        )
        return len(removed) if isinstance(removed, list) else 0

    @asynccontextmanager
    async def _opened(self, bucket: str, path: str) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream("GET", f"{self._base}/{_object(bucket, path)}") as reply:
                yield reply
        except httpx.RequestError as error:
            raise unreachable(error) from None

    async def _call(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = await self._client.request(method, f"{self._base}/{path}", **request)
        except httpx.RequestError as error:
            raise unreachable(error) from None
        await _raise_for_error(response)
        try:
            return response.json()
        except (ValueError, RecursionError):
            return None


def _object(bucket: str, path: str) -> str:
    return f"object/{quote(bucket)}/{quote(path)}"


async def _raise_for_error(response: httpx.Response) -> None:
    if response.is_error:
        raise translate(response.status_code, response.headers, await response.aread())
