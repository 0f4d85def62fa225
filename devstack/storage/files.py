"""The contents of objects: one flat file for each version."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse, Response


class Files:
    """A folder of files, named by version."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, version: str) -> Path:
        """The file for the content of a version, even if it is not written yet."""
        return self._folder / version

    def forget(self, version: str | None) -> None:
        """Remove a content that no row uses any more."""
        if version is not None:
            self.path(version).unlink(missing_ok=True)

    async def metadata(self, version: str, mime_type: str, cache_control: str) -> dict[str, Any]:
        """The metadata that Storage writes into the row when the content is complete."""
        path = self.path(version)
        digest = await asyncio.to_thread(_digest, path)
        found = path.stat()
        modified = datetime.fromtimestamp(found.st_mtime, UTC)
        return {
            "eTag": f'"{digest}"',
            "size": found.st_size,
            "mimetype": mime_type,
            "cacheControl": cache_control,
            "lastModified": modified.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "contentLength": found.st_size,
            "httpStatusCode": 200,
        }

    def response(self, row: Mapping[str, Any], download: str | None) -> Response:
        """The content of an object, or the range of it that was asked for.

        `download` makes a browser save the file, under that name if it is not empty.
        """
        metadata = row["metadata"]
        modified = datetime.fromisoformat(metadata["lastModified"])
        headers = {
            "etag": metadata["eTag"],
            "last-modified": format_datetime(modified, usegmt=True),
            "cache-control": metadata["cacheControl"],
            "x-robots-tag": "none",
        }
        if download is not None:
            name = quote(download)
            rest = f" filename={name}; filename*=UTF-8''{name}" if name else ""
            headers["content-disposition"] = f"attachment;{rest}"
        response = FileResponse(self.path(row["version"]), headers=headers)
        # Set here, because Starlette would add a charset, which is not known.
        response.headers["content-type"] = metadata["mimetype"]
        return response


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
