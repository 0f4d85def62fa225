"""Removes objects from Storage."""

from __future__ import annotations

from liverows import InvalidInput, NotConfigured
from worker.services.storage import Storage


async def delete_objects(storage: Storage | None, bucket: str, paths: list[str]) -> int:
    """Remove the objects at these paths; return how many were removed.

    A path that ends with a slash stands for the objects in a folder and in four levels below.
    Raises `NotConfigured` without a storage, and `InvalidInput` for an empty path.
    """
    if storage is None:
        raise NotConfigured(
            "Removing stored files needs SUPABASE_URL and SUPABASE_SECRET_KEY.",
            setting="SUPABASE_SECRET_KEY",
        )
    if not all(path.strip("/") for path in paths):
        raise InvalidInput("A path to remove is empty.")
    wanted = [path for path in paths if not path.endswith("/")]
    for folder in (path for path in paths if path.endswith("/")):
        wanted += await storage.names(bucket, folder)
    return await storage.remove(bucket, wanted)
