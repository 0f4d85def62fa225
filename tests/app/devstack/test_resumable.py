"""A large file is uploaded in chunks; after a lost connection the upload continues."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import httpx
import pytest

from devstack.stack import User
from tests.app.devstack.conftest import LARGEST, SignedIn
from tests.support.stack import Stack

pytestmark = pytest.mark.needs("stack")

UPLOADS = "/storage/v1/upload/resumable"
CHUNK = 6 * 1024 * 1024
CHUNK_TYPE = {"content-type": "application/offset+octet-stream"}


@pytest.fixture
async def http(stack: Stack, alice: User) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {alice.access_token}", "tus-resumable": "1.0.0"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30) as client:
        yield client


def announced(bucket: str, name: str, length: int, kind: str = "audio/mpeg") -> dict[str, str]:
    values = {
        "bucketName": bucket,
        "objectName": name,
        "contentType": kind,
        "cacheControl": "3600",
    }
    pairs = (f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items())
    return {"upload-length": str(length), "upload-metadata": ",".join(pairs)}


async def test_a_file_in_two_chunks_with_a_cut_between(
    http: httpx.AsyncClient, bucket: str, alice: User, signed_in: SignedIn
) -> None:
    content = bytes(range(256)) * 26_000
    path = f"{alice.id}/interview.mp3"
    created = await http.post(UPLOADS, headers=announced(bucket, path, len(content)))
    assert (created.status_code, created.headers["tus-resumable"]) == (201, "1.0.0")
    place = created.headers["location"]

    first = await http.patch(
        place, headers={**CHUNK_TYPE, "upload-offset": "0"}, content=content[:CHUNK]
    )
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(CHUNK))
    files = (await signed_in(alice)).storage.from_(bucket)
    assert "interview.mp3" not in [entry["name"] for entry in await files.list(alice.id)]
    again = await http.patch(place, headers={**CHUNK_TYPE, "upload-offset": "0"}, content=b"x")
    assert again.status_code == 409

    state = await http.head(place)
    assert (state.headers["upload-offset"], state.headers["upload-length"]) == (
        str(CHUNK),
        str(len(content)),
    )
    rest = await http.patch(
        place, headers={**CHUNK_TYPE, "upload-offset": str(CHUNK)}, content=content[CHUNK:]
    )
    assert rest.status_code == 204
    assert await files.download(path) == content
    assert (await files.info(path))["content_type"] == "audio/mpeg"


async def test_what_the_bucket_or_its_policies_refuse_is_refused_at_once(
    http: httpx.AsyncClient, bucket: str, alice: User, bob: User
) -> None:
    mine = f"{alice.id}/refused.mp3"
    refusals = {
        "foreign folder": (announced(bucket, f"{bob.id}/a.mp3", 10), 403),
        "too large": (announced(bucket, mine, LARGEST + 1), 413),
        "type": (announced(bucket, mine, 10, "image/png"), 415),
        "no bucket": (announced("no-such-bucket", mine, 10), 404),
    }
    for why, (headers, status) in refusals.items():
        assert (await http.post(UPLOADS, headers=headers)).status_code == status, why


async def test_another_user_may_not_go_on_with_an_upload(
    http: httpx.AsyncClient, bucket: str, alice: User, bob: User
) -> None:
    created = await http.post(UPLOADS, headers=announced(bucket, f"{alice.id}/mine.mp3", 10))
    stranger = {"authorization": f"Bearer {bob.access_token}", "upload-offset": "0"}
    answer = await http.patch(
        created.headers["location"], headers={**CHUNK_TYPE, **stranger}, content=b"0123456789"
    )
    assert answer.status_code == 403
    state = await http.head(created.headers["location"])
    assert state.headers["upload-offset"] == "0"
