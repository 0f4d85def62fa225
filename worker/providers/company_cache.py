"""The shared row of a company in the database: known already, ours to research, or busy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

import asyncpg
import httpx
from pydantic import SecretStr

from worker.base.errors import Permanent, Transient
from worker.base.resource import Resource
from worker.base.types import JsonObject

CALL_SECONDS = 10.0
# SQLSTATEs of what passes: deadlock, no room, a lock or a statement too slow, and a server that
# is going down or coming up.
_PASSING = ("40", "53", "55P03", "57", "58")


@dataclass(frozen=True, slots=True)
class Leave:
    """What the database says about a company.

    `known` brings its profile, `yours` the right to research it for as long as the row
    is processing, `busy` that another row has this right.
    """

    state: Literal["known", "yours", "busy"]
    profile: JsonObject | None = None


class CompanyCache(Resource, Protocol):
    """The SQL functions of the companies' migration. Raises only `base.errors`."""

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """Ask for a company's profile, or for the leave to research it.

        A profile counts only if it is as deep as wanted, and made by a model if one is at hand.
        """
        ...

    async def domain_of(self, known_name: str) -> str | None:
        """The domain that a proven source has named for a normalised name."""
        ...


class PostgresCompanies:
    """`CompanyCache` over a database URL; a connection for each of its few calls."""

    def __init__(self, database_url: SecretStr) -> None:
        self._database_url = database_url

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """See `CompanyCache.take`."""
        answer = await self._call(
            "select public.take_company("
            "key => $1, research_id => $2, deep => $3, with_model => $4)",
            key,
            research_id,
            deep,
            with_model,
        )
        return _leave(json.loads(answer))

    async def domain_of(self, known_name: str) -> str | None:
        """See `CompanyCache.domain_of`."""
        answer = await self._call("select public.domain_of_company(known_name => $1)", known_name)
        return answer if isinstance(answer, str) else None

    async def _call(self, statement: str, *arguments: Any) -> Any:
        try:
            connection = await asyncpg.connect(
                self._database_url.get_secret_value(),
                statement_cache_size=0,
                timeout=CALL_SECONDS,
                server_settings={"application_name": "worker companies"},
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


class DataApiCompanies:
    """`CompanyCache` over a project's URL and secret key."""

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

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """See `CompanyCache.take`."""
        named: JsonObject = {
            "key": key,
            "research_id": str(research_id),
            "deep": deep,
            "with_model": with_model,
        }
        return _leave(await self._call("take_company", named))

    async def domain_of(self, known_name: str) -> str | None:
        """See `CompanyCache.domain_of`."""
        answer = await self._call("domain_of_company", {"known_name": known_name})
        return answer if isinstance(answer, str) else None

    async def _call(self, function: str, arguments: JsonObject) -> Any:
        try:
            response = await self._http.post(f"{self._rpc}/{function}", json=arguments)
            if response.is_success:
                return response.json()
        except (httpx.HTTPError, ValueError):
            # Without the cause, because the HTTP library's message may quote the key.
            raise _unreachable() from None
        if response.status_code >= 500:
            raise _unreachable()
        raise _refused(f"HTTP {response.status_code}")


def _leave(answer: Any) -> Leave:
    return Leave(answer["state"], answer.get("profile"))


def _unreachable() -> Transient:
    return Transient("The database did not answer.", code="database_unreachable")


def _refused(code: str) -> Permanent:
    return Permanent(f"The database refused to say what is known ({code}).", code="internal")
