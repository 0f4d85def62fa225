"""The Data API as a transport: its keys, its gateway, and the secrets that must not leak."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import psycopg
import pytest
from pydantic import SecretStr
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from liverows.base.errors import (
    ContractMismatch,
    DatabaseTrouble,
    SetupError,
    Transient,
    Unreachable,
    WorkerError,
)
from liverows.base.types import Json, JsonObject
from liverows.database.data_api import DataApi as DataApiClient
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from tests.support.data_api import DataApi, answer, data_api_of, lose_reply, never_answer
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.samples import PIPELINE, TABLE_NAME, Samples
from tests.support.waits import answered, most_tries

pytestmark = pytest.mark.needs("postgrest")

Calls = Callable[[str, JsonObject], Awaitable[Json]]


@pytest.fixture(scope="module")
def samples(module_database: Database) -> Samples:
    table = Samples(module_database)
    table.create()
    return table


@pytest.fixture(scope="module")
def shared_data_api(module_database: Database, samples: Samples) -> Iterator[DataApi]:
    with data_api_of(module_database) as api:
        yield api


@pytest.fixture
def data_api(shared_data_api: DataApi) -> DataApi:
    """The Data API that the whole module shares, without the faults that earlier tests set."""
    shared_data_api.faults.forget()
    return shared_data_api


@asynccontextmanager
async def calling(
    url: str, key: str | SecretStr, *, call_seconds: float = 20
) -> AsyncIterator[Calls]:
    secret = key if isinstance(key, SecretStr) else SecretStr(key)
    transport = DataApiTransport(DataApiClient(url, secret), call_seconds=call_seconds)
    try:
        yield transport.call
    finally:
        await transport.close()


async def refused(url: str, key: str, *, call_seconds: float = 20) -> WorkerError:
    """The error that a call raises. It is checked that the error does not contain the key."""
    async with calling(url, key, call_seconds=call_seconds) as call:
        with pytest.raises(WorkerError) as caught:
            await call("list_pipelines", {})
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


# The same answers as over a database connection

READS: list[tuple[str, JsonObject]] = [
    ("contract_version", {}),
    ("list_pipelines", {}),
    ("explain", {"table_name": TABLE_NAME, "row_id": "1"}),
    ("shared_checkpoint", {"pipeline": "p", "step": "s", "version": "1", "input_hash": "h"}),
    ("spending", {"since": None, "owner": None}),
    ("spending", {"since": "2026-02-28T12:00:00+00:00"}),
    ("cancel", {"table_name": TABLE_NAME, "row_id": "1", "requested_by": None}),
    ("redrive", {"pipeline": PIPELINE, "failed_since": "2026-02-28 12:00:00+00", "fresh": False}),
    ("pause", {"pipeline": PIPELINE, "paused": False}),
    ("prune", {"events_older_than": "30 days", "workers_older_than": "1 day", "max_rows": 5}),
    ("finish", {"worker": str(uuid4()), "results": []}),
    ("take_back", {"worker": str(uuid4())}),
    ("sign_off", {"worker": str(uuid4())}),
    ("ping_doorbell", {"nonce": "n"}),
]


async def test_both_ways_give_the_same_answers(
    module_database: Database, samples: Samples, data_api: DataApi
) -> None:
    samples.add(title="Zoë")
    samples.set_status("cancelled")
    postgres = PostgresTransport(SecretStr(module_database.dsn_as("service_role")))
    try:
        async with calling(data_api.url, data_api.secret_key) as call:
            for function, arguments in READS:
                expected = await postgres.call(function, arguments)
                assert (function, await call(function, arguments)) == (function, expected)
    finally:
        await postgres.close()


# Keys


async def test_a_wrong_key_names_the_setting_to_mend(data_api: DataApi) -> None:
    error = await refused(data_api.url, "sb_secret_of_another_project")
    assert isinstance(error, Unreachable)
    assert "SUPABASE_SECRET_KEY" in error.cure


async def test_a_publishable_key_may_not_call_the_contract(data_api: DataApi) -> None:
    error = await refused(data_api.url, data_api.publishable_key)
    assert isinstance(error, SetupError)
    assert error.code == "not_permitted"
    assert "not a publishable one" in error.cure


async def test_a_token_that_postgrest_refuses_names_the_key(data_api: DataApi) -> None:
    body = {"code": "PGRST301", "message": "JWSError JWSInvalidSignature"}
    data_api.faults.next(answer(JSONResponse(body, 401)))
    error = await refused(data_api.url, data_api.secret_key)
    assert isinstance(error, Unreachable)
    assert "SUPABASE_SECRET_KEY" in error.cure


@pytest.mark.parametrize("key", ["", "sb_secret_with\na line break", "sb_secret_größe"])
async def test_a_malformed_key_is_refused_without_being_quoted(data_api: DataApi, key: str) -> None:
    async with calling(data_api.url, key) as call:
        with pytest.raises(SetupError) as caught:
            await call("list_pipelines", {})
    assert caught.value.code == "malformed_settings"
    assert caught.value.__cause__ is None
    assert not key or key not in str(caught.value)
    assert data_api.faults.requests == []


@pytest.mark.parametrize("url", ["", "project.supabase.co", "http://:no-port", "ftp://host"])
async def test_a_malformed_url_is_refused(url: str) -> None:
    error = await refused(url, "sb_secret_of_the_tests")
    assert isinstance(error, SetupError)
    assert error.code == "malformed_settings"


async def test_the_key_reaches_no_log(data_api: DataApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with calling(data_api.url, data_api.secret_key) as call:
        await call("contract_version", {})
        data_api.faults.next(lose_reply, answer(PlainTextResponse("no", 500)))
        for _ in range(2):
            with pytest.raises(Transient):
                await call("contract_version", {})
    assert data_api.secret_key not in caplog.text


# Gateways and proxies between us and PostgREST

PASSING = [
    HTMLResponse("<h1>Bad Gateway</h1>", 502),
    HTMLResponse("<h1>Please sign in to this network</h1>", 200),
    HTMLResponse("<h1>Blocked</h1>", 403),
    JSONResponse({"message": "name resolution failed"}, 503),
    JSONResponse({"code": 500, "message": "of the gateway itself"}, 500),
    JSONResponse({"message": "too many requests"}, 429),
    JSONResponse({"code": "PGRST002", "message": "Could not query the database"}, 503),
    Response("{", 500, media_type="application/json"),
    Response('{"taken_back": 0, "oth', 200, media_type="application/json"),
    Response(b'{"taken_back": "\xff"}', 200, media_type="application/json"),
    Response("[" * 200_000, 200, media_type="application/json"),
    Response("no gzip", 200, {"content-encoding": "gzip"}, "application/json"),
    Response("no gzip", 502, {"content-encoding": "gzip"}, "text/html"),
    Response(status_code=204),
]


@pytest.mark.parametrize("response", PASSING, ids=lambda one: f"{one.status_code}-{one.body[:9]}")
async def test_a_gateway_that_answers_for_the_database_is_transient(
    data_api: DataApi, response: Response
) -> None:
    data_api.faults.next(answer(response))
    async with calling(data_api.url, data_api.secret_key) as call:
        with pytest.raises(Transient) as caught:
            await call("list_pipelines", {})
        assert caught.value.code == "database_unreachable"
        assert await call("contract_version", {}) == 1


async def test_a_silent_server_is_given_up_after_the_deadline(data_api: DataApi) -> None:
    data_api.faults.next(never_answer)
    error = await refused(data_api.url, data_api.secret_key, call_seconds=0.3)
    assert isinstance(error, Transient)


async def test_a_closed_port_is_transient() -> None:
    error = await refused("http://127.0.0.1:1", "sb_secret_of_the_tests")
    assert isinstance(error, Transient)
    assert error.code == "database_unreachable"


async def test_the_key_does_not_follow_a_redirect(data_api: DataApi) -> None:
    data_api.faults.next(answer(RedirectResponse("http://127.0.0.1:1/elsewhere", 308)))
    error = await refused(data_api.url, data_api.secret_key)
    assert isinstance(error, Unreachable)
    assert "SUPABASE_URL" in error.cure


async def test_an_address_without_a_data_api_names_the_setting(data_api: DataApi) -> None:
    data_api.faults.next(answer(JSONResponse({"error": "requested path is invalid"}, 404)))
    error = await refused(data_api.url, data_api.secret_key)
    assert isinstance(error, Unreachable)
    assert "SUPABASE_URL" in error.cure


async def test_each_call_is_one_request_without_a_retry(data_api: DataApi) -> None:
    data_api.faults.next(answer(PlainTextResponse("no", 503)), lose_reply)
    async with calling(data_api.url, data_api.secret_key) as call:
        for _ in range(2):
            with pytest.raises(Transient):
                await call("contract_version", {})
    assert data_api.faults.requests == ["/rest/v1/rpc/contract_version"] * 2


async def test_an_address_may_end_with_a_slash(data_api: DataApi) -> None:
    async with calling(f"{data_api.url}/", data_api.secret_key) as call:
        assert await call("contract_version", {}) == 1


async def test_a_closed_transport_has_let_its_connections_go(data_api: DataApi) -> None:
    transport = DataApiTransport(DataApiClient(data_api.url, SecretStr(data_api.secret_key)))
    await transport.close()
    await transport.call("contract_version", {})
    await transport.close()
    await transport.close()


# While a worker runs

WAITED_OUT = [
    JSONResponse({"message": "Invalid API key"}, 401),
    JSONResponse({"message": "forbidden"}, 403),
    JSONResponse({"error": "requested path is invalid"}, 404),
    RedirectResponse("http://127.0.0.1:1/elsewhere", 308),
    JSONResponse({"code": "PGRST301", "message": "JWSError JWSInvalidSignature"}, 401),
    JSONResponse({"code": "PGRST202", "message": "Could not find the function"}, 404),
    JSONResponse({"code": "42501", "message": "permission denied for function claim"}, 403),
    HTMLResponse("<h1>Project paused</h1>", 540),
    *PASSING,
]


@pytest.mark.parametrize("response", WAITED_OUT, ids=lambda one: f"{one.status_code}")
async def test_whatever_is_refused_to_a_running_worker_is_waited_out(
    data_api: DataApi, response: Response
) -> None:
    data_api.faults.next(answer(response))
    async with calling(data_api.url, data_api.secret_key) as call:
        with pytest.raises(DatabaseTrouble):
            await call("take_back", {"worker": str(uuid4())})
        assert await until_answered(call) == {"taken_back": 0, "others_hold": False}


async def until_answered(call: Calls) -> Json:
    return await answered(lambda: call("take_back", {"worker": str(uuid4())}))


async def test_a_key_that_is_refused_is_tried_ever_more_rarely(data_api: DataApi) -> None:
    began = time.monotonic()
    async with calling(data_api.url, "sb_secret_of_yesterday") as call:
        for _ in range(100):
            with pytest.raises(DatabaseTrouble) as caught:
                await call("take_back", {"worker": str(uuid4())})
            await asyncio.sleep(0.005)  # a worker that tries far too often
    assert caught.value.unfit
    assert len(data_api.faults.requests) <= most_tries(time.monotonic() - began)


async def test_a_beat_waits_behind_no_call_that_hangs(data_api: DataApi) -> None:
    """There are more calls than connections, and none of them is answered."""
    async with calling(data_api.url, data_api.secret_key, call_seconds=30) as call:
        data_api.faults.next(*[never_answer] * 10)
        hung = [asyncio.ensure_future(call("list_pipelines", {})) for _ in range(10)]
        await until(lambda: len(data_api.faults.requests) >= 6)
        data_api.faults.forget()
        async with asyncio.timeout(60):
            await call("heartbeat", {"worker": str(uuid4()), "held": [], "info": {}})
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_a_key_that_was_changed_is_read_again(data_api: DataApi) -> None:
    transport = DataApiTransport(
        DataApiClient(
            data_api.url,
            SecretStr("sb_secret_of_yesterday"),
            read_again=lambda: SecretStr(data_api.secret_key),
        )
    )
    try:
        assert await until_answered(transport.call) == {"taken_back": 0, "others_hold": False}
    finally:
        await transport.close()


async def test_postgrest_that_lost_its_database_is_told_from_a_trigger_that_says_so(
    data_api: DataApi,
) -> None:
    lost = {"code": "57P01", "message": "terminating connection due to administrator command"}
    raised = {"code": "57P01", "message": "go away"}
    codes = []
    async with calling(data_api.url, data_api.secret_key) as call:
        for body in (lost, raised):
            data_api.faults.next(answer(JSONResponse(body, 503)))
            with pytest.raises(DatabaseTrouble) as caught:
                await call("take_back", {"worker": str(uuid4())})
            codes.append(caught.value.code)
    assert codes == ["database_unreachable", "database_busy"]


# A project that is not set up


async def test_a_project_without_the_migrations_names_the_cure(bare_database: Database) -> None:
    with psycopg.connect(bare_database.dsn) as connection:
        # The schema must exist, because the API exposes it and PostgREST would not start without.
        connection.execute("create schema processing")
    with data_api_of(bare_database) as api:
        error = await refused(api.url, api.secret_key)
    assert isinstance(error, ContractMismatch)
    assert "liverows migrate" in error.cure


async def test_a_schema_that_is_not_exposed_names_the_setting(data_api: DataApi) -> None:
    body = {"code": "PGRST106", "message": "The schema must be one of the following: public"}
    data_api.faults.next(answer(JSONResponse(body, 406)))
    error = await refused(data_api.url, data_api.secret_key)
    assert isinstance(error, ContractMismatch)
    assert "Exposed schemas" in error.cure


# The gateway of the tests is as strict as Supabase's


async def test_the_gateway_wants_a_key_and_passes_users_through(
    samples: Samples, data_api: DataApi
) -> None:
    async with httpx.AsyncClient(base_url=f"{data_api.url}/rest/v1") as client:
        assert (await client.get("/samples")).status_code == 401
        apikey = {"apikey": data_api.publishable_key}
        assert (await client.get("/samples", headers=apikey)).json()["code"] == "42501"
        forged = {**apikey, "authorization": "Bearer forged"}
        assert (await client.get("/samples", headers=forged)).json()["code"] == "PGRST301"
