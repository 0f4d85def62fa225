"""Resumable uploads: the part of the TUS protocol 1.0.0 that Supabase's clients use."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from devstack.keys import Claims
from devstack.storage.errors import StorageError, too_large
from devstack.storage.files import Files
from devstack.storage.objects import NewObject, Objects, new_version

VERSION = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
EXTENSIONS = "creation,creation-with-upload,termination"
CHUNK_TYPE = "application/offset+octet-stream"

Handler: TypeAlias = Callable[["Resumable", Request], Awaitable[Response]]


@dataclass(slots=True)
class Upload:
    """A file whose upload has begun; `metadata` is the client's header, decoded."""

    version: str
    length: int
    bucket: str
    name: str
    metadata: dict[str, str]
    offset: int = 0

    @property
    def cache_control(self) -> str:
        seconds = self.metadata.get("cacheControl", "")
        return f"max-age={seconds}" if re.fullmatch(r"-?\d+", seconds) else "no-cache"

    def new_object(self, claims: Claims, metadata: dict[str, Any], upsert: bool) -> NewObject:
        try:
            given = json.loads(self.metadata.get("metadata", "null"))
        except ValueError:
            given = None
        owner = claims.get("sub")
        return NewObject(self.bucket, self.name, self.version, metadata, given, owner, upsert)


def _in_plain_text(handler: Handler) -> Handler:
    """Answer errors with their own status and a line of text. The rest of Storage does not do
    this."""

    @wraps(handler)
    async def guarded(self: Resumable, request: Request) -> Response:
        try:
            return await handler(self, request)
        except StorageError as error:
            return PlainTextResponse(error.message, error.status, headers=VERSION)

    return guarded


class Resumable:
    """`/upload/resumable`. `claims` reads the caller's claims; `objects` is set before the first
    request."""

    objects: Objects

    def __init__(self, claims: Callable[[Request], Claims], files: Files, url: str) -> None:
        self._claims = claims
        self._files = files
        self._url = f"{url}/upload/resumable"
        self._uploads: dict[str, Upload] = {}

    def routes(self) -> list[Route]:
        """The routes that a TUS client calls."""
        one = "/upload/resumable/{id}"
        return [
            Route("/upload/resumable", self._options, methods=["OPTIONS"]),
            Route("/upload/resumable", self._create, methods=["POST"]),
            Route(one, self._state, methods=["HEAD"]),
            Route(one, self._append, methods=["PATCH"]),
            Route(one, self._terminate, methods=["DELETE"]),
        ]

    async def _options(self, _request: Request) -> Response:
        headers = {**VERSION, "Tus-Version": "1.0.0", "Tus-Extension": EXTENSIONS}
        return Response(status_code=204, headers=headers)

    @_in_plain_text
    async def _create(self, request: Request) -> Response:
        claims = self._claims(request)
        metadata = _metadata(request.headers.get("upload-metadata", ""))
        upload = Upload(
            new_version(),
            _number(request, "upload-length"),
            metadata.get("bucketName", ""),
            metadata.get("objectName", ""),
            metadata,
        )
        bucket = await self.objects.bucket(upload.bucket)
        await self._authorize(request, upload, claims)
        if upload.length > bucket.largest:
            raise StorageError(413, "TusError", "Maximum size exceeded\n")
        if kind := metadata.get("contentType"):
            bucket.check_type(kind)
        self._files.path(upload.version).touch()
        self._uploads[upload.version] = upload
        if request.headers.get("content-type") == CHUNK_TYPE:
            await self._take(request, upload, claims)
        headers = self._progress(upload) | {"Location": f"{self._url}/{upload.version}"}
        return Response(status_code=201, headers=headers)

    @_in_plain_text
    async def _state(self, request: Request) -> Response:
        upload = self._upload(request)
        headers = self._progress(upload) | {"Upload-Length": str(upload.length)}
        return Response(headers=headers)

    @_in_plain_text
    async def _append(self, request: Request) -> Response:
        claims, upload = self._claims(request), self._upload(request)
        if request.headers.get("content-type") != CHUNK_TYPE:
            raise StorageError(415, "TusError", "Content-Type header required\n")
        if _number(request, "upload-offset") != upload.offset:
            raise StorageError(409, "TusError", "Upload-Offset conflict\n")
        await self._authorize(request, upload, claims)
        await self._take(request, upload, claims)
        return Response(status_code=204, headers=self._progress(upload))

    @_in_plain_text
    async def _terminate(self, request: Request) -> Response:
        claims, upload = self._claims(request), self._upload(request)
        await self._authorize(request, upload, claims)
        if upload.offset == upload.length:
            raise StorageError(400, "TusError", "Cannot terminate an already completed upload\n")
        del self._uploads[upload.version]
        self._files.forget(upload.version)
        return Response(status_code=204, headers=VERSION)

    async def _authorize(self, request: Request, upload: Upload, claims: Claims) -> None:
        """Check that the caller's policies would allow the object; done for each request."""
        kind = upload.metadata.get("contentType")
        expected = {"mimetype": kind, "contentLength": upload.length}
        await self.objects.may_add(claims, upload.new_object(claims, expected, _upsert(request)))

    async def _take(self, request: Request, upload: Upload, claims: Claims) -> None:
        """Append the body. When the last byte has arrived, the object is created."""
        with self._files.path(upload.version).open("ab") as file:
            async for chunk in request.stream():
                if upload.offset + len(chunk) > upload.length:
                    raise too_large()
                file.write(chunk)
                upload.offset += len(chunk)
        if upload.offset < upload.length:
            return
        kind = upload.metadata.get("contentType", "application/octet-stream")
        metadata = await self._files.metadata(upload.version, kind, upload.cache_control)
        new = upload.new_object(claims, metadata, _upsert(request))
        _, replaced = await self.objects.add(new)
        self._files.forget(replaced)

    def _upload(self, request: Request) -> Upload:
        upload = self._uploads.get(request.path_params["id"])
        if upload is None:
            raise StorageError(404, "NoSuchUpload", "The file for this url was not found\n")
        return upload

    def _progress(self, upload: Upload) -> dict[str, str]:
        return {**VERSION, "Upload-Offset": str(upload.offset)}


def _upsert(request: Request) -> bool:
    return request.headers.get("x-upsert") == "true"


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isdecimal():
        raise StorageError(400, "TusError", f"{header} is missing or invalid\n")
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """Read a header of the form `name base64, name base64`."""
    found = {}
    for pair in filter(None, header.split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise StorageError(400, "InvalidParameter", "Invalid Upload-Metadata header") from error
    return found
