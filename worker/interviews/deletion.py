"""Removes stored objects of deleted rows."""

from __future__ import annotations

from liverows import InvalidInput, NotConfigured
from worker.services.storage import Storage


async def delete_objects(storage: Storage | None, bucket: str, paths: list[str]) -> int:
    """Remove the objects at these paths; a path that ends with a slash means a whole folder.

    Returns how many existed; a path without an object is no error. Raises `NotConfigured` without
    access to storage.
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
