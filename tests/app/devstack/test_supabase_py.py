"""supabase-py works over the stack as over Supabase."""

from __future__ import annotations

import secrets
from typing import Any, cast

import httpx
import pytest
from postgrest import APIError
from storage3.exceptions import StorageApiError
from storage3.types import FileOptions
from supabase_auth.errors import AuthApiError, AuthError

from devstack.stack import User
from tests.app.devstack.conftest import LARGEST, Connect, SignedIn
from tests.support.stack import Stack

pytestmark = pytest.mark.needs("stack")

TEXT: FileOptions = {"content-type": "text/plain"}


async def test_sign_up_refresh_and_sign_out(stack: Stack, connect: Connect) -> None:
    client = await connect(stack.publishable_key)
    email, password = f"carol-{secrets.token_hex(6)}@example.com", "correct horse"
    signed_up = await client.auth.sign_up(
        {"email": email, "password": password, "options": {"data": {"nick": "Caz"}}}
    )
    assert signed_up.user is not None
    assert signed_up.session is not None
    assert signed_up.user.user_metadata["nick"] == "Caz"
    assert signed_up.session.expires_in == 3600

    refreshed = await client.auth.refresh_session()
    assert refreshed.session is not None
    assert refreshed.session.refresh_token != signed_up.session.refresh_token
    assert refreshed.session.access_token != signed_up.session.access_token
    found = await client.auth.get_user()
    assert found is not None
    assert found.user.email == email

    again = await client.auth.refresh_session(signed_up.session.refresh_token)
    assert again.session is not None, "a lost answer may be asked for again"

    token = again.session.refresh_token
    await client.auth.sign_out()
    with pytest.raises(AuthApiError) as caught:
        await client.auth.refresh_session(token)
    assert str(caught.value.code) == "refresh_token_not_found"


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        (None, "long enough", "user_already_exists"),
        ("new@example.com", "short", "weak_password"),
        ("no address", "long enough", "validation_failed"),
    ],
)
async def test_a_sign_up_that_is_refused(
    stack: Stack, connect: Connect, alice: User, email: str | None, password: str, code: str
) -> None:
    client = await connect(stack.publishable_key)
    with pytest.raises(AuthError) as caught:
        await client.auth.sign_up({"email": email or alice.email, "password": password})
    assert caught.value.code == code


async def test_a_wrong_password_is_refused(stack: Stack, connect: Connect, alice: User) -> None:
    client = await connect(stack.publishable_key)
    with pytest.raises(AuthApiError) as caught:
        await client.auth.sign_in_with_password({"email": alice.email, "password": "wrong"})
    assert (caught.value.status, caught.value.code) == (400, "invalid_credentials")


async def test_the_claims_are_verified_with_the_public_keys(
    stack: Stack, alice: User, signed_in: SignedIn
) -> None:
    client = await signed_in(alice)
    answered = await client.auth.get_claims()
    assert answered is not None
    claims: dict[str, Any] = {**answered["claims"]}
    assert (claims["sub"], claims["role"], claims["aud"]) == (
        alice.id,
        "authenticated",
        "authenticated",
    )
    assert claims["iss"] == f"{stack.url}/auth/v1"


async def test_a_user_sees_and_adds_only_their_own_rows(
    alice: User, bob: User, signed_in: SignedIn
) -> None:
    mine, theirs = await signed_in(alice), await signed_in(bob)
    added = await mine.table("job_positions").insert({"job_url": "https://a.example/"}).execute()
    row: dict[str, Any] = cast("Any", added.data)[0]
    assert (row["account_id"], row["processing_status"]) == (alice.id, "pending")
    seen = await mine.table("job_positions").select("id").eq("id", row["id"]).execute()
    hidden = await theirs.table("job_positions").select("id").eq("id", row["id"]).execute()
    assert (len(seen.data), len(hidden.data)) == (1, 0)
    with pytest.raises(APIError) as caught:
        await mine.table("job_positions").insert({"processing_status": "completed"}).execute()
    assert caught.value.code == "42501"


async def test_the_secret_key_calls_the_contract_and_the_publishable_one_does_not(
    stack: Stack, connect: Connect
) -> None:
    secret = await connect(stack.secret_key)
    answered = await secret.schema("processing").rpc("contract_version", {}).execute()
    assert isinstance(answered.data, int)
    public = await connect(stack.publishable_key)
    with pytest.raises(APIError) as caught:
        await public.schema("processing").rpc("contract_version", {}).execute()
    assert caught.value.code == "42501"


async def test_a_file_goes_up_comes_back_and_goes(
    stack: Stack, bucket: str, alice: User, signed_in: SignedIn
) -> None:
    files = (await signed_in(alice)).storage.from_(bucket)
    path = f"{alice.id}/notes/first take.txt"
    await files.upload(path, b"first", {**TEXT, "cache-control": "60"})
    with pytest.raises(StorageApiError) as caught:
        await files.upload(path, b"again", TEXT)
    assert (caught.value.status, caught.value.code) == ("409", "Duplicate")
    await files.upload(path, b"second take", {**TEXT, "upsert": "true"})

    assert await files.download(path) == b"second take"
    assert [entry["name"] for entry in await files.list(alice.id)] == ["notes"]
    (entry,) = await files.list(f"{alice.id}/notes")
    assert (entry["name"], entry["metadata"]["size"]) == ("first take.txt", 11)
    assert (await files.info(path))["size"] == 11

    (removed,) = await files.remove([path])
    assert removed["name"] == path
    with pytest.raises(StorageApiError) as caught:
        await files.download(path)
    assert int(caught.value.status) == 404


async def test_a_signed_url_opens_one_file_until_it_expires(
    stack: Stack, bucket: str, alice: User, signed_in: SignedIn
) -> None:
    files = (await signed_in(alice)).storage.from_(bucket)
    path = f"{alice.id}/signed.txt"
    await files.upload(path, b"0123456789", TEXT)
    url = (await files.create_signed_url(path, 60))["signedURL"]
    assert url is not None
    async with httpx.AsyncClient() as anyone:
        whole = await anyone.get(url)
        part = await anyone.get(url, headers={"range": "bytes=2-4"})
        other = await anyone.get(url.replace("signed.txt", "other.txt"))
        forged = await anyone.get(f"{url}x")
    assert (whole.status_code, whole.text) == (200, "0123456789")
    assert whole.headers["content-type"] == "text/plain"
    assert (part.status_code, part.text) == (206, "234")
    assert part.headers["content-range"] == "bytes 2-4/10"
    assert (other.status_code, other.json()["code"]) == (400, "InvalidSignature")
    assert (forged.status_code, forged.json()["code"]) == (400, "InvalidJWT")


async def test_another_user_s_folder_is_closed(
    bucket: str, alice: User, bob: User, signed_in: SignedIn
) -> None:
    mine = (await signed_in(alice)).storage.from_(bucket)
    theirs = (await signed_in(bob)).storage.from_(bucket)
    path = f"{alice.id}/private.txt"
    await mine.upload(path, b"mine", TEXT)
    for call, status in (
        (lambda: theirs.upload(f"{alice.id}/planted.txt", b"x", TEXT), 403),
        (lambda: theirs.upload(path, b"x", {**TEXT, "upsert": "true"}), 403),
        (lambda: theirs.download(path), 404),
        (lambda: theirs.create_signed_url(path, 60), 404),
    ):
        with pytest.raises(StorageApiError) as caught:
            await call()
        assert int(caught.value.status) == status
    assert await theirs.remove([path]) == []
    assert await theirs.list(alice.id) == []
    assert await mine.download(path) == b"mine"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * (LARGEST + 1), "text/plain", 413),
        (b"x", "image/png", 415),
        (b"x", "application/octet-stream", 415),
    ],
)
async def test_a_file_that_the_bucket_does_not_take(
    bucket: str, alice: User, signed_in: SignedIn, body: bytes, kind: str, status: int
) -> None:
    files = (await signed_in(alice)).storage.from_(bucket)
    with pytest.raises(StorageApiError) as caught:
        await files.upload(f"{alice.id}/refused", body, {"content-type": kind})
    assert int(caught.value.status) == status
    assert "refused" not in [entry["name"] for entry in await files.list(alice.id)]


async def test_the_worker_s_key_reads_every_file(
    stack: Stack, connect: Connect, bucket: str, alice: User, signed_in: SignedIn
) -> None:
    path = f"{alice.id}/for-the-worker.txt"
    await (await signed_in(alice)).storage.from_(bucket).upload(path, b"speech", TEXT)
    worker = await connect(stack.secret_key)
    assert await worker.storage.from_(bucket).download(path) == b"speech"
