"""`/storage/v1`: the calls of the clients' `upload`, `download`, signed URLs, `list`, `remove`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from devstack.gateway.app import CORS
from devstack.gateway.door import Refused, answer_refusal, authorization_of
from devstack.keys import Claims, InvalidToken, Keys
from devstack.storage.bodies import receive
from devstack.storage.errors import (
    StorageError,
    access_denied,
    answer_error,
    invalid_request,
    no_such_bucket,
    no_such_object,
)
from devstack.storage.files import Files
from devstack.storage.listing import listed
from devstack.storage.objects import NewObject, Objects, new_version
from devstack.storage.resumable import Resumable

CONNECTIONS = 10
DOWNLOAD_SCOPE = "storage:download"


class Storage:
    """The stand-in for Storage; file contents are in `folder`."""

    def __init__(self, keys: Keys, dsn: str, url: str, folder: Path) -> None:
        self._keys = keys
        self._dsn = dsn
        self._files = Files(folder)
        self._resumable = Resumable(self.claims, self._files, f"{url}/storage/v1")
        self._objects: Objects

    def routes(self) -> list[BaseRoute]:
        path = "{bucket}/{name:path}"
        routes = [
            *self._resumable.routes(),
            Route(f"/object/sign/{path}", self._signed, methods=["GET"]),
            Route(f"/object/sign/{path}", self._sign, methods=["POST"]),
            Route("/object/sign/{bucket}", self._sign_many, methods=["POST"]),
            Route(f"/object/authenticated/{path}", self._download, methods=["GET", "HEAD"]),
            Route(f"/object/info/{path}", self._info, methods=["GET"]),
            Route("/object/list/{bucket}", self._list, methods=["POST"]),
            Route(f"/object/{path}", self._download_short, methods=["GET", "HEAD"]),
            Route(f"/object/{path}", self._upload, methods=["POST", "PUT"]),
            Route("/object/{bucket}", self._remove, methods=["DELETE"]),
        ]
        handlers = {StorageError: answer_error, Refused: answer_refusal}
        app = Starlette(routes=routes, middleware=[CORS], exception_handlers=handlers)
        return [Mount("/storage/v1", app)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._dsn, min_size=0, max_size=CONNECTIONS) as pool:
            self._objects = self._resumable.objects = Objects(pool)
            yield

    def claims(self, request: Request) -> Claims:
        """The caller's claims. A caller with a token of its own does not need an API key."""
        authorization = request.headers.get("authorization", "")
        if "apikey" in request.headers:
            authorization = authorization_of(request, self._keys)
        if not authorization:
            raise StorageError(
                400, "InvalidRequest", "headers must have required property 'authorization'"
            )
        try:
            return self._keys.verify(authorization.partition(" ")[2])
        except InvalidToken as error:
            raise access_denied(str(error)) from error

    async def _upload(self, request: Request) -> Response:
        claims = self.claims(request)
        bucket = await self._objects.bucket(request.path_params["bucket"])
        version = new_version()
        path = self._files.path(version)
        try:
            body = await receive(request, path, bucket.largest, bucket.check_type)
            new = NewObject(
                bucket.id,
                request.path_params["name"],
                version,
                await self._files.metadata(version, body.mime_type, body.cache_control),
                body.user_metadata,
                claims.get("sub"),
                request.method == "PUT" or request.headers.get("x-upsert") == "true",
            )
            await self._objects.may_add(claims, new)
            object_id, replaced = await self._objects.add(new)
        except BaseException:
            self._files.forget(version)
            raise
        self._files.forget(replaced)
        return JSONResponse({"Id": object_id, "Key": f"{bucket.id}/{new.name}"})

    async def _download_short(self, request: Request) -> Response:
        """Answer the address without `authenticated`, where an invalid token counts as none."""
        try:
            return await self._download(request)
        except StorageError as error:
            if error.code == "AccessDenied":
                raise no_such_bucket() from error
            raise

    async def _download(self, request: Request) -> Response:
        claims = self.claims(request)
        row = await self._objects.find(claims, **_place(request))
        return self._content(row, request)

    async def _signed(self, request: Request) -> Response:
        place = _place(request)
        try:
            token = self._keys.verify(request.query_params.get("token", ""))
        except InvalidToken as error:
            raise StorageError(400, "InvalidJWT", str(error)) from error
        if token.get("scope") != DOWNLOAD_SCOPE or token["url"] != "/".join(place.values()):
            raise StorageError(400, "InvalidSignature", "Invalid signature")
        return self._content(await self._objects.find_signed(**place), request)

    async def _info(self, request: Request) -> Response:
        row = await self._objects.find(self.claims(request), **_place(request))
        metadata = row["metadata"]
        return JSONResponse(
            {
                "id": row["id"],
                "name": row["name"],
                "version": row["version"],
                "bucket_id": row["bucket_id"],
                "size": metadata["size"],
                "content_type": metadata["mimetype"],
                "cache_control": metadata["cacheControl"],
                "etag": metadata["eTag"],
                "metadata": row["user_metadata"],
                "last_modified": metadata["lastModified"],
                "created_at": row["created_at"],
            }
        )

    async def _sign(self, request: Request) -> Response:
        claims, place = self.claims(request), _place(request)
        seconds = _seconds(await _json(request))
        await self._objects.find(claims, **place)
        return JSONResponse({"signedURL": self._signed_url(seconds, **place)})

    async def _sign_many(self, request: Request) -> Response:
        claims, bucket = self.claims(request), request.path_params["bucket"]
        body = await _json(request)
        seconds, answers = _seconds(body), list[dict[str, str | None]]()
        for name in body.get("paths", []):
            try:
                await self._objects.find(claims, bucket, name)
            except StorageError:
                error = "Either the object does not exist or you do not have access to it"
                answers.append({"error": error, "path": name, "signedURL": None})
                continue
            url = self._signed_url(seconds, bucket, name)
            answers.append({"error": None, "path": name, "signedURL": url})
        return JSONResponse(answers)

    async def _list(self, request: Request) -> Response:
        claims, body = self.claims(request), await _json(request)
        prefix = str(body.get("prefix") or "")
        folder = f"{prefix.rstrip('/')}/" if prefix else ""
        rows = await self._objects.under(claims, request.path_params["bucket"], folder)
        return JSONResponse(listed(rows, folder, body))

    async def _remove(self, request: Request) -> Response:
        claims, body = self.claims(request), await _json(request)
        names = body.get("prefixes")
        if not isinstance(names, list) or not names:
            raise invalid_request("body must have required property 'prefixes'")
        removed = await self._objects.remove(claims, request.path_params["bucket"], names)
        for row in removed:
            self._files.forget(row["version"])
        return JSONResponse(removed)

    def _signed_url(self, seconds: int, bucket: str, name: str) -> str:
        place, now = f"{bucket}/{name}", int(time.time())
        claims = {"url": place, "scope": DOWNLOAD_SCOPE, "iat": now, "exp": now + seconds}
        return f"/object/sign/{place}?token={self._keys.sign(claims)}"

    def _content(self, row: Mapping[str, Any], request: Request) -> Response:
        if not self._files.path(row["version"] or "none").is_file():
            raise no_such_object()
        return self._files.response(row, request.query_params.get("download"))


def _place(request: Request) -> dict[str, str]:
    return {name: request.path_params[name] for name in ("bucket", "name")}


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise invalid_request("body must be object")
    return body


def _seconds(body: Mapping[str, Any]) -> int:
    seconds = body.get("expiresIn")
    try:
        if (number := int(seconds or 0)) >= 1:
            return number
    except (TypeError, ValueError):
        pass
    raise invalid_request("body/expiresIn must be >= 1")
