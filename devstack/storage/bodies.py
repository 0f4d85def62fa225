"""Reads the body of an upload: a form with one file, or only the bytes of the file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from starlette.requests import Request
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from devstack.storage.errors import invalid_request, too_large

CheckType = Callable[[str], None]


@dataclass(slots=True)
class Body:
    """The properties that were sent together with the file."""

    mime_type: str = "application/octet-stream"
    cache_control: str = "no-cache"
    user_metadata: dict[str, Any] | None = None


async def receive(request: Request, target: Path, largest: int, check_type: CheckType) -> Body:
    """Write the file of a request to `target`.

    Raises `StorageError` for more than `largest` bytes, and the errors of `check_type`. It does so
    only after the whole body has arrived, because a client does not read an answer while it sends.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    with target.open("wb") as file:
        sink = _Sink(file, largest)
        if kind == "multipart/form-data":
            body = await _form(request, options.get("boundary", ""), sink)
        else:
            body = _bare(request)
            async for chunk in request.stream():
                sink.write(chunk)
    check_type(body.mime_type)
    if sink.size > largest:
        raise too_large()
    return body


@dataclass(slots=True)
class _Sink:
    """Writes as many bytes as are allowed, but counts all of them."""

    file: BinaryIO
    largest: int
    size: int = field(default=0)

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size <= self.largest:
            self.file.write(chunk)


def _bare(request: Request) -> Body:
    headers = request.headers
    body = Body(cache_control=headers.get("cache-control", "no-cache"))
    body.mime_type = headers.get("content-type") or body.mime_type
    if given := headers.get("x-metadata"):
        body.user_metadata = _object(base64.b64decode(given))
    return body


async def _form(request: Request, boundary: str, sink: _Sink) -> Body:
    decoder = MultipartDecoder(boundary.encode())
    fields: dict[str, bytes] = {}
    file: File | None = None
    current: Field | File | None = None

    def take() -> None:
        nonlocal file, current
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Data) and isinstance(current, Field):
                fields[current.name] = fields.get(current.name, b"") + event.data
            elif isinstance(event, Data):
                sink.write(event.data)
            elif isinstance(event, Field | File):
                current = event
                file = event if isinstance(event, File) else file

    try:
        async for chunk in request.stream():
            decoder.receive_data(chunk)
            take()
    except ValueError as error:
        raise invalid_request(str(error)) from error
    if file is None:
        raise invalid_request("No content provided")
    return _described(fields, file)


def _described(fields: dict[str, bytes], file: File) -> Body:
    body = Body(mime_type=file.headers.get("content-type", "application/octet-stream"))
    if kind := fields.get("contentType"):
        body.mime_type = kind.decode()
    if seconds := fields.get("cacheControl"):
        body.cache_control = f"max-age={seconds.decode()}"
    if metadata := fields.get("metadata") or fields.get("userMetadata"):
        body.user_metadata = _object(metadata)
    return body


def _object(text: bytes) -> dict[str, Any] | None:
    """The JSON object in a text; None if it is not one, because the real Storage ignores it too."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
