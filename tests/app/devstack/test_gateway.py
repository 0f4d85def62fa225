"""The gateway accepts requests with a valid key, and tells the others why it refuses them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from devstack.stack import LocalStack, User
from tests.support.stack import Stack

pytestmark = pytest.mark.needs("stack")

TABLE = "/rest/v1/job_positions?select=id"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def expired(stack: Stack, user: User) -> str:
    """A token of the user that expired more than 30 s ago, because PostgREST accepts one for 30 s
    after its expiry."""
    if not isinstance(stack, LocalStack):
        pytest.skip("only a stack of our own makes a token that has expired already")
    exp = int(time.time()) - 60
    return stack.sign({"sub": user.id, "role": "authenticated", "aud": "authenticated", "exp": exp})


async def test_no_key_and_a_wrong_key_are_refused(http: httpx.AsyncClient) -> None:
    none = await http.get(TABLE)
    wrong = await http.get(TABLE, headers={"apikey": "sb_secret_wrong"})
    assert (none.status_code, wrong.status_code) == (401, 401)
    assert none.json()["message"] == "No API key found in request"
    assert wrong.json()["message"] == "Invalid API key"


async def test_a_secret_key_is_refused_in_a_browser(http: httpx.AsyncClient, stack: Stack) -> None:
    headers = {"apikey": stack.secret_key}
    allowed = await http.get(TABLE, headers=headers)
    refused = await http.get(TABLE, headers={**headers, "user-agent": BROWSER})
    assert allowed.status_code == 200
    assert refused.status_code in (401, 403)
    public = {"apikey": stack.publishable_key, "user-agent": BROWSER}
    assert (await http.get("/auth/v1/health", headers=public)).status_code == 200


async def test_a_user_s_token_counts_more_than_the_key(
    http: httpx.AsyncClient, stack: Stack, alice: User
) -> None:
    key = {"apikey": stack.publishable_key}
    as_anon = await http.get(TABLE, headers={**key, **bearer(stack.publishable_key)})
    as_alice = await http.get(TABLE, headers={**key, **bearer(alice.access_token)})
    assert (as_anon.status_code, as_anon.json()["code"]) == (401, "42501")
    assert as_alice.status_code == 200


@pytest.mark.parametrize("token", ["garbage", "a.b.c"])
async def test_a_token_that_is_none_is_refused(
    http: httpx.AsyncClient, stack: Stack, token: str
) -> None:
    headers = {"apikey": stack.publishable_key, **bearer(token)}
    assert (await http.get(TABLE, headers=headers)).status_code == 401
    assert (await http.get("/auth/v1/user", headers=headers)).status_code == 403
    stored = await http.get("/storage/v1/object/any/thing.txt", headers=headers)
    assert (stored.status_code, stored.json()["statusCode"]) == (400, "404")
    assert (await http.post("/functions/v1/api", headers=headers)).status_code == 401


async def test_an_expired_token_is_refused(
    http: httpx.AsyncClient, stack: Stack, alice: User
) -> None:
    headers = {"apikey": stack.publishable_key, **bearer(expired(stack, alice))}
    rest = await http.get(TABLE, headers=headers)
    assert (rest.status_code, rest.json()["message"]) == (401, "JWT expired")
    auth = await http.get("/auth/v1/user", headers=headers)
    assert (auth.status_code, auth.json()["error_code"]) == (403, "bad_jwt")
    stored = await http.get("/storage/v1/object/any/thing.txt", headers=headers)
    assert (stored.status_code, stored.json()["statusCode"]) == (400, "404")
    assert (await http.post("/functions/v1/api", headers=headers)).status_code == 401


async def test_a_token_that_somebody_else_signed_is_refused(
    http: httpx.AsyncClient, stack: Stack, alice: User
) -> None:
    head, claims, signature = alice.access_token.split(".")
    forged = f"{head}.{claims}.{signature[::-1]}"
    headers = {"apikey": stack.publishable_key, **bearer(forged)}
    assert (await http.get(TABLE, headers=headers)).status_code == 401


async def test_who_signed_out_may_not_ask_for_the_user_again(
    http: httpx.AsyncClient, stack: Stack
) -> None:
    headers = {"apikey": stack.publishable_key, **bearer(stack.sign_up().access_token)}
    assert (await http.get("/auth/v1/user", headers=headers)).status_code == 200
    assert (await http.post("/auth/v1/logout", headers=headers)).status_code == 204
    assert (await http.get("/auth/v1/user", headers=headers)).status_code == 403


async def test_realtime_refuses_a_bad_key_before_the_handshake(stack: Stack) -> None:
    address = f"{stack.url.replace('http', 'ws', 1)}/realtime/v1/websocket?vsn=1.0.0&apikey="
    with pytest.raises(InvalidStatus) as caught:
        await connect(f"{address}wrong")
    assert caught.value.response.status_code == 401
    async with connect(f"{address}{stack.publishable_key}"):
        pass


async def test_a_page_of_another_origin_may_call(http: httpx.AsyncClient) -> None:
    asking = {
        "origin": "http://localhost:5173",
        "access-control-request-method": "POST",
        "access-control-request-headers": "apikey,authorization,content-type,prefer",
    }
    for path in ("/rest/v1/job_positions", "/auth/v1/token", "/storage/v1/object/a/b"):
        answer = await http.options(path, headers=asking)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] in ("*", asking["origin"])
        assert "apikey" in answer.headers["access-control-allow-headers"].lower()


async def test_an_answer_names_once_which_origins_may_read_it(
    http: httpx.AsyncClient, stack: Stack
) -> None:
    headers = {"apikey": stack.publishable_key, "origin": "http://localhost:5173"}
    answer = await http.get("/rest/v1/job_positions", headers=headers)
    assert len(answer.headers.get_list("access-control-allow-origin")) == 1


async def test_a_query_reaches_postgrest_as_it_was_written(
    http: httpx.AsyncClient, stack: Stack, alice: User
) -> None:
    headers = {"apikey": stack.publishable_key, **bearer(alice.access_token)}
    quoted = 'https://a.example/?q="ä",(b)&c=%d'
    posted = await http.post(
        "/rest/v1/job_positions",
        headers={**headers, "prefer": "return=representation"},
        json={"job_url": quoted},
    )
    assert posted.status_code == 201
    found = await http.get(
        "/rest/v1/job_positions",
        headers={**headers, "prefer": "count=exact", "range": "0-0"},
        params={"select": "job_url", "job_url": f"eq.{quoted}"},
    )
    assert found.json() == [{"job_url": quoted}]
    assert found.headers["content-range"] == "0-0/1"
