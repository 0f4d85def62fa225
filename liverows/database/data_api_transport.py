"""The contract over Supabase's Data API, for a worker that has a URL and a secret key.

supabase-py makes the calls. It takes whatever arrives with HTTP 200 for the answer, and
tells of errors without their HTTP status; so each response is looked at before it gets
there. A call under way when the connection breaks may have happened, as everywhere.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import httpx
from postgrest import AsyncPostgrestClient
from pydantic import SecretStr
from supabase import (
    AsyncClientOptions,
    AsyncSupabaseException,
    PostgrestAPIError,
    create_async_client,
)

from liverows.base.errors import DatabaseTrouble, Permanent, SetupError, WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject
from liverows.database.contract import SCHEMA, WORK, refusal, unfit
from liverows.database.reachability import GrowingWait, Reachability
from liverows.database.sessions import Sessions

log = get_logger(__name__)

_CALL_SECONDS = 20.0
_BEAT_SECONDS = 5.0
_CONNECT_SECONDS = 5.0
# Longer than the pause between two heartbeats, so that an idle worker keeps its line.
_LIMITS = httpx.Limits(max_connections=6, keepalive_expiry=60)

_URL_CURE = "set SUPABASE_URL to the project's URL, as in https://<project>.supabase.co"
_KEY_CURE = "set SUPABASE_SECRET_KEY to a secret key (sb_secret_…) of this project"

_CODE = re.compile(r"[0-9A-Z]{5}|PGRST\w{3}")
"""SQLSTATEs and PostgREST's own codes; the gateway's errors have neither."""

_BAD_TOKEN = frozenset({"PGRST301", "PGRST302", "PGRST303"})
_NOT_PERMITTED = "42501"
_LOST_BY_POSTGREST = (
    "terminating connection",
    "the database system is",
    "sorry, too many",
    "too many connections",
    "remaining connection slots",
)
"""PostgREST passes a FATAL of its own connection on without saying that it was one. A
row's trigger may raise the same SQLSTATEs; the server's words tell them apart."""
_REFUSED_CAP = 10.0
"""Seconds between tries with a key or at an address that was refused, at most."""


class SupabaseTransport:
    """Calls functions as `POST /rest/v1/rpc/f`, with the arguments as JSON.

    The schema must be exposed under API settings. No redirect is followed, because the
    key would travel along. `read_again` answers the key as it is written now, or None:
    asked when the key is refused, because it may have been changed there meanwhile.
    """

    kind = "supabase"

    def __init__(
        self,
        supabase_url: str,
        secret_key: SecretStr,
        *,
        call_seconds: float = _CALL_SECONDS,
        read_again: Callable[[], SecretStr | None] | None = None,
    ) -> None:
        self.reachability = Reachability()
        self.sessions = Sessions()
        self._url = supabase_url
        self._secret_key = secret_key
        self._read_again = read_again
        self._refused_wait = GrowingWait()
        # Heartbeats have connections of their own, behind no call that could hang.
        self._work = _Line(call_seconds)
        self._beats = _Line(min(call_seconds, _BEAT_SECONDS))

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """See `Transport.call`."""
        working = function in WORK
        refused = self.reachability.trouble
        if working and refused is not None and not self._refused_wait.is_over:
            raise refused.again()
        try:
            answer = await self._post(function, arguments)
        except DatabaseTrouble as trouble:
            self._note(trouble)
            if trouble.unfit and not working:
                raise unfit(trouble) from None
            raise
        except WorkerError:
            self.reachability.answered()
            raise
        self.reachability.answered()
        self._refused_wait.reset()
        return answer

    def _note(self, trouble: DatabaseTrouble) -> None:
        if trouble.code == "database_unreachable":
            self.reachability.failed(trouble)
        else:
            self.reachability.answered()
        if trouble.unfit and not self._key_has_changed():
            self._refused_wait.failed(_REFUSED_CAP)

    def _key_has_changed(self) -> bool:
        key = self._read_again() if self._read_again is not None else None
        if key is None or key.get_secret_value() == self._secret_key.get_secret_value():
            return False
        log.warning("secret_key_changed", reason="the key was refused; the new one is tried")
        self._secret_key = key
        self._work.api = self._beats.api = None
        return True

    async def _post(self, function: str, arguments: JsonObject) -> Json:
        # Errors are raised without their cause: PostgREST's quotes the row, and the
        # HTTP library's may quote the key.
        named: Any = arguments
        line = self._beats if function == "heartbeat" else self._work
        try:
            async with asyncio.timeout(line.call_seconds):
                api = line.api or await self._open(line)
                answered = await api.rpc(function, named).execute()
        except PostgrestAPIError as error:
            raise _refusal(error, function) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            raise _malformed() from None
        except (httpx.TransportError, TimeoutError) as error:
            raise _unanswered(type(error).__name__) from None
        except ValueError:
            raise Permanent("a value has no form in JSON", code="bad_output") from None
        return cast(Json, answered.data)

    async def close(self) -> None:
        """Close the connections; a call under way is cut off."""
        for line in (self._work, self._beats):
            http, line.http, line.api = line.http, None, None
            if http is not None:
                await http.aclose()

    async def _open(self, line: _Line) -> AsyncPostgrestClient:
        async with line.opening:
            if line.api is None:
                line.http = line.http or _new_http(line.call_seconds)
                line.api = await self._new_api(line.http)
        return line.api

    async def _new_api(self, http: httpx.AsyncClient) -> AsyncPostgrestClient:
        options = AsyncClientOptions(
            auto_refresh_token=False, persist_session=False, httpx_client=http
        )
        try:
            client = await create_async_client(
                self._url, self._secret_key.get_secret_value(), options
            )
            return client.schema(SCHEMA)
        except (AsyncSupabaseException, ValueError):
            raise _malformed() from None


class _Line:
    """Connections of one kind, opened when they are needed."""

    def __init__(self, call_seconds: float) -> None:
        self.call_seconds = call_seconds
        self.http: httpx.AsyncClient | None = None
        self.api: AsyncPostgrestClient | None = None
        self.opening = asyncio.Lock()


def _new_http(call_seconds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=httpx.Timeout(call_seconds, connect=min(_CONNECT_SECONDS, call_seconds)),
        limits=_LIMITS,
        follow_redirects=False,
        event_hooks={"response": [_inspect]},
    )


async def _inspect(response: httpx.Response) -> None:
    """Let only PostgREST's answers through: JSON, and a code in every error."""
    is_json = response.headers.get("content-type", "").partition(";")[0].endswith("json")
    if response.is_success and is_json:
        return
    if response.has_redirect_location:
        raise _not_let_in("the Data API is at another address", _URL_CURE)
    if not is_json:
        raise _unanswered(f"HTTP {response.status_code} without JSON")
    await response.aread()
    if not _has_code(response):
        raise _gateway_error(response.status_code)


def _has_code(response: httpx.Response) -> bool:
    try:
        body = response.json()
    except ValueError:
        return False
    code = body.get("code") if isinstance(body, dict) else None
    return isinstance(code, str) and _CODE.fullmatch(code) is not None


def _gateway_error(status: int) -> WorkerError:
    if status in {401, 403}:
        return _not_let_in(f"the Data API refused the key (HTTP {status})", _KEY_CURE)
    if status == 404:
        return _not_let_in("there is no Data API at this address (HTTP 404)", _URL_CURE)
    return _unanswered(f"HTTP {status}")


def _refusal(error: PostgrestAPIError, function: str) -> WorkerError:
    code, message = error.code or "", error.message or "no message"
    if code in _BAD_TOKEN:
        return _not_let_in(f"the Data API refused the key: {message}", _KEY_CURE)
    if code == _NOT_PERMITTED:
        cure = f"{_KEY_CURE}, not a publishable one"
        if function in WORK:
            return DatabaseTrouble(message, code="database_refused", sqlstate=code, cure=cure)
        return SetupError(message, cure=cure, code="not_permitted")
    if code[:2] in {"53", "57"} and message.startswith(_LOST_BY_POSTGREST):
        return DatabaseTrouble(f"the Data API lost the database: {message}", sqlstate=code)
    return refusal(code, message, error.hint, function=function)


def _not_let_in(reason: str, cure: str) -> DatabaseTrouble:
    return DatabaseTrouble(reason, cure=cure, unfit=True)


def _unanswered(reason: str) -> DatabaseTrouble:
    return DatabaseTrouble(f"the Data API did not answer: {reason}")


def _malformed() -> SetupError:
    # Without the cause, because its message may quote the key.
    return SetupError(
        "SUPABASE_URL or SUPABASE_SECRET_KEY is malformed",
        cure=f"{_URL_CURE}; {_KEY_CURE}",
        code="malformed_settings",
    )
