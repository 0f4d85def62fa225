"""The one client of Supabase's Data API: its address, its key, and what its errors mean.

supabase-py makes the calls. It takes the body of an HTTP 200 for the function's answer, even
if a gateway sent that body, and its errors do not contain the HTTP status. So each response is
checked before supabase-py reads it. If the connection breaks during a call, the function may have
run even so.
"""

from __future__ import annotations

import asyncio
import json
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
from liverows.database.contract import refusal
from liverows.database.reachability import GrowingWait, Reachability

log = get_logger(__name__)

_CONNECT_SECONDS = 5.0
# `keepalive_expiry` is in seconds. It is longer than the pause between two heartbeats, so that an
# idle worker keeps the connection for its heartbeats.
_LIMITS = httpx.Limits(max_connections=6, keepalive_expiry=60)

_URL_CURE = "set SUPABASE_URL to the project's URL, as in https://<project>.supabase.co"
_KEY_CURE = "set SUPABASE_SECRET_KEY to a secret key (sb_secret_…) of this project"

_CODE = re.compile(r"[0-9A-Z]{5}|PGRST\w{3}")
"""Matches the `code` in an error of PostgREST: a SQLSTATE, or a code of PostgREST's own. An error
of the gateway in front of PostgREST has no such code."""

_FIRST_OF_JSON = frozenset(bytes([one]) for one in b'{["-0123456789tfn')
_BAD_TOKEN = frozenset({"PGRST301", "PGRST302", "PGRST303"})
_NOT_PERMITTED = "42501"
_LOST_BY_POSTGREST = (
    "terminating connection",
    "the database system is",
    "sorry, too many",
    "too many connections",
    "remaining connection slots",
)
"""The first words of messages which, with a SQLSTATE of class 53 or 57, mean that PostgREST lost or
did not get its connection to the database. The SQLSTATE alone does not show this, because a trigger
may raise the same SQLSTATE, and PostgREST leaves out the word FATAL."""
_REFUSED_CAP = 10.0
"""The longest pause, in seconds, between two tries after the key or the address was refused."""


class DataApi:
    """Calls SQL functions as `POST /rest/v1/rpc/<function>`, with the arguments as JSON.

    The schema of a function must be exposed under API settings. Redirects are not followed,
    because the key would be sent to the other address too.

    Somebody may replace the key in the settings. So when the key or the address is refused,
    `read_again` is called: it returns the key that the settings have now, or None if they have
    none or cannot be read. If that key is a new one, later calls use it.
    """

    def __init__(
        self,
        supabase_url: str,
        secret_key: SecretStr,
        *,
        read_again: Callable[[], SecretStr | None] | None = None,
    ) -> None:
        self.reachability = Reachability()
        self._url = supabase_url
        self._secret_key = secret_key
        self._read_again = read_again
        self._refused_wait = GrowingWait()

    async def call(
        self, line: Line, schema: str, function: str, arguments: JsonObject, *, waits: bool
    ) -> Json:
        """Call a function and return its answer. Raises like `Transport.call`.

        `waits` is true for the functions in `WORK`. After the key or the address was refused, and
        no new key was found, a call with `waits` is not sent before a wait is over. Until then the
        call fails with the last trouble. The wait grows with the refusals, up to ten seconds. A
        call without `waits` is sent at once.
        """
        refused = self.reachability.trouble
        if waits and refused is not None and not self._refused_wait.is_over:
            raise refused.again()
        try:
            answer = await self._post(line, schema, function, arguments, waits)
        except DatabaseTrouble as trouble:
            self._note(trouble)
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
        if trouble.unfit and self._key_has_changed():
            trouble.unfit = False  # the next call uses the new key, so a worker need not end
        elif trouble.unfit:
            self._refused_wait.failed(_REFUSED_CAP)

    def _key_has_changed(self) -> bool:
        key = self._read_again() if self._read_again is not None else None
        if key is None or key.get_secret_value() == self._secret_key.get_secret_value():
            return False
        log.warning("secret_key_changed", reason="the key was refused; the new one is tried")
        self._secret_key = key
        return True

    async def _post(
        self, line: Line, schema: str, function: str, arguments: JsonObject, waits: bool
    ) -> Json:
        # Errors are raised without their cause, because a message of PostgREST may quote the
        # row, and a message of the HTTP library may quote the key.
        named: Any = arguments
        try:
            async with asyncio.timeout(line.call_seconds):
                api = await line.api(self._url, self._secret_key, schema)
                answered = await api.rpc(function, named).execute()
        except _NoContent:
            return None
        except PostgrestAPIError as error:
            raise _refusal(error, function if waits else None) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            raise _malformed() from None
        except (httpx.RequestError, TimeoutError) as error:  # also a body that cannot be unpacked
            raise _unanswered(_named(error)) from None
        except ValueError:
            raise Permanent("a value has no form in JSON", code="bad_output") from None
        return cast(Json, answered.data)


class Line:
    """Connections to the Data API for some of the calls, opened when they are needed.

    `call_seconds` is the time limit of each call. With `may_be_empty`, HTTP 204 means that a
    function has run that returns nothing (`void`). Without `may_be_empty`, HTTP 204 is an error,
    because every function of the contract returns something: a gateway must have answered.
    """

    def __init__(self, call_seconds: float, *, may_be_empty: bool = False) -> None:
        self.call_seconds = call_seconds
        self._may_be_empty = may_be_empty
        self._opening = asyncio.Lock()
        self._http: httpx.AsyncClient | None = None
        self._key: SecretStr | None = None
        self._apis: dict[str, AsyncPostgrestClient] = {}

    async def api(self, url: str, key: SecretStr, schema: str) -> AsyncPostgrestClient:
        """Return the client of one schema; it is made at the first call and when the key changes.

        Raises `SetupError` if the URL or the key is malformed.
        """
        found = self._apis.get(schema)
        if found is not None and key is self._key:
            return found
        async with self._opening:
            if self._http is None:
                self._http = self._new_http()
            if key is not self._key:
                self._apis.clear()
                self._key = key
            if schema not in self._apis:
                self._apis[schema] = await _new_api(url, key, schema, self._http)
            return self._apis[schema]

    async def close(self) -> None:
        """Close the connections. A running call is cut off; the next call opens new connections."""
        http, self._http = self._http, None
        self._apis.clear()
        if http is not None:
            await http.aclose()

    def _new_http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=httpx.Timeout(
                self.call_seconds, connect=min(_CONNECT_SECONDS, self.call_seconds)
            ),
            limits=_LIMITS,
            follow_redirects=False,
            event_hooks={"response": [self._inspect]},
        )

    async def _inspect(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.NO_CONTENT and self._may_be_empty:
            raise _NoContent
        await _inspect(response)


class _NoContent(Exception):
    """Raised when a function that returns nothing has run: supabase-py would return `[]` for it."""


async def _new_api(
    url: str, key: SecretStr, schema: str, http: httpx.AsyncClient
) -> AsyncPostgrestClient:
    options = AsyncClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
    try:
        client = await create_async_client(url, key.get_secret_value(), options)
        return client.schema(schema)
    except (AsyncSupabaseException, ValueError):
        raise _malformed() from None


async def _inspect(response: httpx.Response) -> None:
    """Raise an error unless this response looks like one that PostgREST sent.

    A success of PostgREST has a body of JSON, and an error of PostgREST is JSON with a `code`.
    """
    is_json = response.headers.get("content-type", "").partition(";")[0].endswith("json")
    if response.is_success and is_json:
        # supabase-py would return a body that is not JSON, or only the beginning of JSON, as text,
        # as if it were the answer.
        body = await response.aread()
        is_json = body[:1] in _FIRST_OF_JSON and _is_whole(body)
        if is_json:
            return
    if response.has_redirect_location:
        raise _not_let_in("the Data API is at another address", _URL_CURE)
    if not is_json:
        raise _unanswered(f"HTTP {response.status_code} without JSON")
    await response.aread()
    if not _has_code(response):
        raise _gateway_error(response.status_code)


def _is_whole(body: bytes) -> bool:
    try:
        json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return False
    except ValueError:
        return True  # JSON, with a number that is too long for Python
    return True


def _has_code(response: httpx.Response) -> bool:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return False
    code = body.get("code") if isinstance(body, dict) else None
    return isinstance(code, str) and _CODE.fullmatch(code) is not None


def _gateway_error(status: int) -> WorkerError:
    if status in {401, 403}:
        return _not_let_in(f"the Data API refused the key (HTTP {status})", _KEY_CURE)
    if status == 404:
        return _not_let_in("there is no Data API at this address (HTTP 404)", _URL_CURE)
    return _unanswered(f"HTTP {status}")


def _refusal(error: PostgrestAPIError, function: str | None) -> WorkerError:
    """Return the library's error for an error of PostgREST.

    `function` is the name of the called function if it is in `WORK`, otherwise None.
    """
    code, message = error.code or "", error.message or "no message"
    if code in _BAD_TOKEN:
        return _not_let_in(f"the Data API refused the key: {message}", _KEY_CURE)
    if code == _NOT_PERMITTED:
        cure = f"{_KEY_CURE}, not a publishable one"
        if function is not None:
            return DatabaseTrouble(message, code="database_refused", sqlstate=code, cure=cure)
        refused = SetupError(message, cure=cure, code="not_permitted")
        refused.sqlstate = code
        return refused
    if code[:2] in {"53", "57"} and message.startswith(_LOST_BY_POSTGREST):
        return DatabaseTrouble(f"the Data API lost the database: {message}", sqlstate=code)
    return refusal(code, message, error.hint, function=function)


def _not_let_in(reason: str, cure: str) -> DatabaseTrouble:
    return DatabaseTrouble(reason, cure=cure, unfit=True)


def _unanswered(reason: str) -> DatabaseTrouble:
    return DatabaseTrouble(f"the Data API did not answer: {reason}")


def _named(error: Exception) -> str:
    """Return the error's class, and of a failed connection also why: no name, no certificate, …

    Other messages of the HTTP library may quote the key. No key is sent before the connection.
    """
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, httpx.ConnectError) else name


def _malformed() -> SetupError:
    # Callers raise this error without its cause, because the cause's message may quote the key.
    return SetupError(
        "SUPABASE_URL or SUPABASE_SECRET_KEY is malformed",
        cure=f"{_URL_CURE}; {_KEY_CURE}",
        code="malformed_settings",
    )
