"""Users, their passwords and their sessions, in the tables of the schema `auth`."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

# Cheap to compute: these passwords only protect invented rows on a developer's machine.
SCRYPT = {"n": 2**12, "r": 8, "p": 1}
SALT_BYTES = 16

COLUMNS = (
    "id, aud, role, email, phone, email_confirmed_at, last_sign_in_at, is_anonymous,"
    " raw_app_meta_data, raw_user_meta_data, created_at, updated_at"
)
APP_META = {"provider": "email", "providers": ["email"]}


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a user. Its refresh token changes with each use, its id does not."""

    id: UUID
    user: Mapping[str, Any]
    refresh_token: str


class UserExists(Exception):
    """The address is already registered."""


class Accounts:
    """Reads and writes users and sessions, over one pool of connections."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def add(self, email: str, password: str, data: Mapping[str, Any]) -> UUID:
        """Add a confirmed user; raises `UserExists`."""
        user_id = uuid4()
        meta = {**data, "sub": str(user_id), "email": email}
        meta |= {"email_verified": True, "phone_verified": False}
        stored = await asyncio.to_thread(hashed, password)
        try:
            await self._pool.execute(
                "insert into auth.users (id, email, encrypted_password, email_confirmed_at,"
                " raw_app_meta_data, raw_user_meta_data) values ($1, $2, $3, now(), $4, $5)",
                *(user_id, email, stored, json.dumps(APP_META), json.dumps(meta)),
            )
        except asyncpg.UniqueViolationError:
            raise UserExists(email) from None
        return user_id

    async def check(self, email: str, password: str) -> UUID | None:
        """The id of the user with this address, if the password is right."""
        row = await self._pool.fetchrow(
            "select id, encrypted_password from auth.users where email = $1", email
        )
        if row is None or row["encrypted_password"] is None:
            return None
        fits = await asyncio.to_thread(matches, password, row["encrypted_password"])
        return row["id"] if fits else None

    async def user(self, user_id: UUID) -> Mapping[str, Any] | None:
        """A user as the API returns it."""
        row = await self._pool.fetchrow(
            f"select {COLUMNS} from auth.users where id = $1",  # noqa: S608 (a constant)
            user_id,
        )
        return None if row is None else as_json(dict(row))

    async def open(self, user_id: UUID) -> Session:
        """Begin a session for a user that exists."""
        session_id = uuid4()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "update auth.users set last_sign_in_at = now() where id = $1", user_id
            )
            await connection.execute(
                "insert into auth.sessions (id, user_id) values ($1, $2)", session_id, user_id
            )
            token = await _add_token(connection, session_id, user_id)
        return await self._session(session_id, user_id, token)

    async def renew(self, refresh_token: str) -> Session | None:
        """Exchange a refresh token for a new one; `None` if it is unknown, used up or ended.

        As with the real Auth, a second use within ten seconds is allowed: the first answer may
        have been lost because its page was closed.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "update auth.refresh_tokens set revoked = true,"
                " updated_at = case when revoked then updated_at else now() end"
                " where token = $1 and (not revoked or updated_at > now() - interval '10 s')"
                " returning session_id, user_id::uuid",
                refresh_token,
            )
            if row is None:
                return None
            token = await _add_token(connection, row["session_id"], row["user_id"])
        return await self._session(row["session_id"], row["user_id"], token)

    async def close(self, session_id: UUID, *, everywhere: bool) -> None:
        """End one session, or all sessions of its user."""
        await self._pool.execute(
            "delete from auth.sessions where id = $1 or ($2 and user_id ="
            " (select user_id from auth.sessions where id = $1))",
            *(session_id, everywhere),
        )

    async def is_open(self, session_id: UUID) -> bool:
        """Whether the session still exists, so that nobody has signed out of it."""
        return bool(
            await self._pool.fetchval(
                "select exists (select from auth.sessions where id = $1)", session_id
            )
        )

    async def _session(self, session_id: UUID, user_id: UUID, token: str) -> Session:
        user = await self.user(user_id)
        assert user is not None
        return Session(session_id, user, token)


async def _add_token(
    connection: asyncpg.pool.PoolConnectionProxy, session_id: UUID, user_id: UUID
) -> str:
    token = secrets.token_urlsafe(9)
    await connection.execute(
        "insert into auth.refresh_tokens (token, user_id, session_id) values ($1, $2, $3)",
        *(token, str(user_id), session_id),
    )
    return token


def hashed(password: str) -> str:
    """The salted hash of a password, as it is stored."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt:{salt.hex()}:{_scrypt(password, salt).hex()}"


def matches(password: str, stored: str) -> bool:
    """Whether the password fits the stored hash; false for a hash of another scheme."""
    scheme, _, rest = stored.partition(":")
    if scheme != "scrypt":
        return False
    salt, _, digest = rest.partition(":")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(digest))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `auth.users` in the form that clients expect."""
    user: dict[str, Any] = {name: _plain(value) for name, value in row.items()}
    user["app_metadata"] = json.loads(user.pop("raw_app_meta_data") or "{}")
    user["user_metadata"] = json.loads(user.pop("raw_user_meta_data") or "{}")
    user["confirmed_at"] = user["email_confirmed_at"]
    user["phone"] = user["phone"] or ""
    user["identities"] = [_identity(user)]
    return user


def _identity(user: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "identity_id": user["id"],
        "id": user["id"],
        "user_id": user["id"],
        "identity_data": user["user_metadata"],
        "provider": "email",
        "last_sign_in_at": user["last_sign_in_at"],
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
        "email": user["email"],
    }


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value
