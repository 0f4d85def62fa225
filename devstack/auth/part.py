"""`/auth/v1`: sign-up, sign-in, refresh, the user, sign-out and the public keys."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from devstack.auth.accounts import Accounts, Session, UserExists
from devstack.gateway.app import CORS
from devstack.gateway.door import Refused, answer_refusal, key_of
from devstack.keys import Claims, InvalidToken, Keys

API_VERSION = "2024-01-01"
VERSION_HEADER = "X-Supabase-Api-Version"
SHORTEST_PASSWORD = 6
CONNECTIONS = 5


class AuthError(Exception):
    """A request is refused, with this status, code and message."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.more = more
        self.status = status
        self.code = code
        self.message = message


class Auth:
    """Issues tokens. Access tokens are valid for `token_seconds`; `url` is the stack's."""

    def __init__(self, keys: Keys, dsn: str, url: str, *, token_seconds: int = 3600) -> None:
        self._keys = keys
        self._dsn = dsn
        self._issuer = f"{url}/auth/v1"
        self._token_seconds = token_seconds
        self._accounts: Accounts

    def routes(self) -> list[BaseRoute]:
        routes = [
            Route("/signup", self._sign_up, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/user", self._user, methods=["GET"]),
            Route("/logout", self._log_out, methods=["POST"]),
            Route("/.well-known/jwks.json", self._jwks, methods=["GET"]),
            Route("/health", self._health, methods=["GET"]),
        ]
        app = Starlette(
            routes=routes,
            middleware=[CORS],
            exception_handlers={AuthError: _answer_error, Refused: answer_refusal},
        )
        return [Mount("/auth/v1", app)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._dsn, min_size=0, max_size=CONNECTIONS) as pool:
            self._accounts = Accounts(pool)
            yield

    async def _sign_up(self, request: Request) -> Response:
        key_of(request)
        body = await _body(request)
        email, password = _credentials(body)
        if "@" not in email:
            raise AuthError(
                400, "validation_failed", "Unable to validate email address: invalid format"
            )
        if len(password) < SHORTEST_PASSWORD:
            raise AuthError(
                422,
                "weak_password",
                f"Password should be at least {SHORTEST_PASSWORD} characters.",
                weak_password={"reasons": ["length"]},
            )
        try:
            user_id = await self._accounts.add(email, password, body.get("data") or {})
        except UserExists:
            raise AuthError(422, "user_already_exists", "User already registered") from None
        return self._issue(await self._accounts.open(user_id))

    async def _token(self, request: Request) -> Response:
        key_of(request)
        body = await _body(request)
        match request.query_params.get("grant_type"):
            case "password":
                user_id = await self._accounts.check(*_credentials(body))
                if user_id is None:
                    raise AuthError(400, "invalid_credentials", "Invalid login credentials")
                return self._issue(await self._accounts.open(user_id))
            case "refresh_token":
                session = await self._accounts.renew(str(body.get("refresh_token", "")))
                if session is None:
                    raise AuthError(
                        400,
                        "refresh_token_not_found",
                        "Invalid Refresh Token: Refresh Token Not Found",
                    )
                return self._issue(session)
            case _:
                raise AuthError(400, "validation_failed", "unsupported_grant_type")

    async def _user(self, request: Request) -> Response:
        key_of(request)
        claims = await self._claims(request)
        user = await self._accounts.user(UUID(claims["sub"]))
        if user is None:
            raise AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")
        return JSONResponse(user)

    async def _log_out(self, request: Request) -> Response:
        key_of(request)
        claims = await self._claims(request)
        scope = request.query_params.get("scope", "global")
        await self._accounts.close(UUID(claims["session_id"]), everywhere=scope == "global")
        return Response(status_code=204)

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse(self._keys.jwks(), headers={"cache-control": "public, max-age=600"})

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"name": "devstack", "description": "A stand-in of Supabase Auth"})

    async def _claims(self, request: Request) -> Claims:
        """The claims of the caller's own token; its session must still be open."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.startswith("sb_"):
            raise AuthError(401, "no_authorization", "This endpoint requires a valid Bearer token")
        try:
            claims = self._keys.verify(token)
        except InvalidToken as error:
            raise AuthError(
                403, "bad_jwt", f"invalid JWT: unable to parse or verify signature, {error}"
            ) from error
        if not {"sub", "session_id"} <= claims.keys():
            raise AuthError(403, "bad_jwt", "invalid claim: missing sub claim")
        if not await self._accounts.is_open(UUID(claims["session_id"])):
            raise AuthError(
                403, "session_not_found", "Session from session_id claim in JWT does not exist"
            )
        return claims

    def _issue(self, session: Session) -> Response:
        now = int(time.time())
        user, expires_at = session.user, now + self._token_seconds
        claims = {
            "iss": self._issuer,
            "sub": user["id"],
            "aud": user["aud"],
            "exp": expires_at,
            "iat": now,
            "email": user["email"],
            "phone": user["phone"],
            "app_metadata": user["app_metadata"],
            "user_metadata": user["user_metadata"],
            "role": user["role"],
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "session_id": str(session.id),
            "is_anonymous": user["is_anonymous"],
        }
        return JSONResponse(
            {
                "access_token": self._keys.sign(claims),
                "token_type": "bearer",
                "expires_in": self._token_seconds,
                "expires_at": expires_at,
                "refresh_token": session.refresh_token,
                "user": user,
            }
        )


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON")
    return body


def _credentials(body: dict[str, Any]) -> tuple[str, str]:
    return str(body.get("email") or "").strip().lower(), str(body.get("password") or "")


async def _answer_error(request: Request, error: Exception) -> Response:
    """The answer for an error. Its form depends on the API version that the client names."""
    assert isinstance(error, AuthError)
    if request.headers.get(VERSION_HEADER, "") >= API_VERSION:
        body: dict[str, Any] = {"code": error.code, "message": error.message, **error.more}
        return JSONResponse(body, error.status, headers={VERSION_HEADER: API_VERSION})
    body = {"code": error.status, "error_code": error.code, "msg": error.message, **error.more}
    return JSONResponse(body, error.status)
