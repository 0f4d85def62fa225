"""Calls the application's own SQL functions, over a database URL or over the Data API."""

from __future__ import annotations

import json
from typing import Any, Protocol

import asyncpg
import httpx
from pydantic import SecretStr

from liverows import Json, JsonObject, Permanent, Transient

CALL_SECONDS = 10.0
# SQLSTATEs of temporary trouble: deadlock, no resources, a lock not available, a statement that was
# cancelled, a server that is stopping or starting.
_PASSING = ("40", "53", "55P03", "57", "58")


class DatabaseCalls(Protocol):
    """Calls functions of the schema `public` by name; they must return JSON, text or null."""

    async def call(self, function: str, **arguments: str | bool | int) -> Json:
        """The function's answer. Raises `Transient` or `Permanent`."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class PostgresCalls:
    """`DatabaseCalls` over a database URL. Calls are rare, so each opens its own connection."""

    def __init__(self, database_url: SecretStr) -> None:
        self._database_url = database_url

    async def aclose(self) -> None:
        """Does nothing, because no connection is kept open."""

    async def call(self, function: str, **arguments: str | bool | int) -> Json:
        """See `DatabaseCalls.call`."""
        named = ", ".join(f"{name} => ${place}" for place, name in enumerate(arguments, 1))
        # Safe in SQL: names of functions and arguments come from this program, never from a user.
        statement = f"select pg_catalog.to_json(public.{function}({named}))::text"
        answer = await self._fetch(statement, *arguments.values())
        found: Json = None if answer is None else json.loads(answer)
        return found

    async def _fetch(self, statement: str, *arguments: Any) -> Any:
        try:
            connection = await asyncpg.connect(
                self._database_url.get_secret_value(),
                statement_cache_size=0,
                timeout=CALL_SECONDS,
                server_settings={"application_name": "worker calls"},
            )
            try:
                return await connection.fetchval(statement, *arguments, timeout=CALL_SECONDS)
            finally:
                await connection.close(timeout=CALL_SECONDS)
        except (asyncpg.PostgresConnectionError, asyncpg.TooManyConnectionsError) as error:
            raise _unreachable() from error
        except asyncpg.PostgresError as error:
            state = error.sqlstate or "XX000"
            raise (_unreachable() if state.startswith(_PASSING) else _refused(state)) from error
        except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
            raise _unreachable() from error


class DataApiCalls:
    """`DatabaseCalls` over a project's URL and secret key."""

    def __init__(self, supabase_url: str, secret_key: SecretStr) -> None:
        key = secret_key.get_secret_value()
        self._rpc = f"{supabase_url.rstrip('/')}/rest/v1/rpc"
        self._http = httpx.AsyncClient(
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
            timeout=CALL_SECONDS,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def call(self, function: str, **arguments: str | bool | int) -> Json:
        """See `DatabaseCalls.call`."""
        named: JsonObject = dict(arguments)
        try:
            response = await self._http.post(f"{self._rpc}/{function}", json=named)
            if response.is_success:
                found: Json = response.json() if response.content else None
                return found
        except (httpx.HTTPError, ValueError):
            # Hide the cause: the HTTP library's message may quote the key.
            raise _unreachable() from None
        if response.status_code >= 500:
            raise _unreachable()
        raise _refused(f"HTTP {response.status_code}")


def _unreachable() -> Transient:
    return Transient("The database did not answer.", code="database_unreachable")


def _refused(code: str) -> Permanent:
    return Permanent(f"The database refused to say what is known ({code}).", code="internal")
