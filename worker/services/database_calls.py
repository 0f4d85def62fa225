"""Calls of the application's own SQL functions, over a database URL or over the Data API."""

from __future__ import annotations

import json
from typing import Any, Protocol

import asyncpg
import httpx
from pydantic import SecretStr

from liverows import Json, JsonObject, Permanent, Transient

CALL_SECONDS = 10.0
# SQLSTATEs of what passes: deadlock, no room, a lock or a statement too slow, and a server that
# is going down or coming up.
_PASSING = ("40", "53", "55P03", "57", "58")


class DatabaseCalls(Protocol):
    """Functions of the schema `public` by name; what they answer must be JSON, text or null."""

    async def call(self, function: str, **arguments: str | bool | int) -> Json:
        """The function's answer. Raises `Transient` or `Permanent`."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class PostgresCalls:
    """`DatabaseCalls` over a database URL; a connection for each of its few calls."""

    def __init__(self, database_url: SecretStr) -> None:
        self._database_url = database_url

    async def aclose(self) -> None:
        """Nothing is kept open."""

    async def call(self, function: str, **arguments: str | bool | int) -> Json:
        """See `DatabaseCalls.call`."""
        named = ", ".join(f"{name} => ${place}" for place, name in enumerate(arguments, 1))
        # Names of functions and arguments are written in this program, never by a user.
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
            # Without the cause, because the HTTP library's message may quote the key.
            raise _unreachable() from None
        if response.status_code >= 500:
            raise _unreachable()
        raise _refused(f"HTTP {response.status_code}")


def _unreachable() -> Transient:
    return Transient("The database did not answer.", code="database_unreachable")


def _refused(code: str) -> Permanent:
    return Permanent(f"The database refused to say what is known ({code}).", code="internal")
