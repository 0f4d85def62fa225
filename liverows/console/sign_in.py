"""The ways to sign in to the console: a password, or an account of the Supabase project."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from hashlib import scrypt
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from liverows.base.errors import Transient
from liverows.recipe.threads import Threads

LONGEST_NAME = 80
LONGEST_PASSWORD = 1000
_AUTH_SECONDS = 10.0
_HASHES_AT_ONCE = 4


class SignIn(Protocol):
    """A way to sign in."""

    names_are_addresses: bool
    """Whether the name is an e-mail address."""

    async def operator(self, name: str, password: str) -> str | None:
        """Return under which name the operator acts, or None if the sign-in is refused.

        Raises `Transient` if it cannot be said now.
        """


class PasswordSignIn:
    """One password for all operators; each gives a name, which the log of actions shows."""

    names_are_addresses = False

    def __init__(self, password: str) -> None:
        # Only the hash is kept, and the hash takes a while, which slows down guessing.
        self._salt = secrets.token_bytes(16)
        self._hash = self._hashed(password)
        self._threads = Threads(_HASHES_AT_ONCE)

    async def operator(self, name: str, password: str) -> str | None:
        """Return the given name if the password is right."""
        given = await self._threads.run(lambda: self._hashed(password), "sign-in")
        return name if hmac.compare_digest(given, self._hash) else None

    def _hashed(self, password: str) -> bytes:
        return scrypt(password.encode(errors="replace"), salt=self._salt, n=2**14, r=8, p=1)


class SupabaseSignIn:
    """Users of the project who have one of these roles in their `app_metadata`.

    A user cannot write `app_metadata`. The project's Auth server checks the password, and its
    answer says which roles the user has. It asks for no second factor at this point, so users who
    have set one up are refused: here the password alone would do.
    """

    names_are_addresses = True

    def __init__(self, supabase_url: str, secret_key: SecretStr, roles: Collection[str]) -> None:
        self._url = supabase_url.rstrip("/")
        self._secret_key = secret_key
        self._roles = frozenset(roles)

    async def operator(self, name: str, password: str) -> str | None:
        """Return the user's e-mail address if password and role are right."""
        headers = {"apikey": self._secret_key.get_secret_value()}
        try:
            async with httpx.AsyncClient(headers=headers, timeout=_AUTH_SECONDS) as client:
                answer = await client.post(
                    f"{self._url}/auth/v1/token",
                    params={"grant_type": "password"},
                    json={"email": name, "password": password},
                )
                if answer.status_code in {400, 401, 403, 422}:
                    return None
                answer.raise_for_status()
                signed_in = answer.json()
                await self._sign_out(client, signed_in)
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise Transient(
                f"the project's Auth server did not answer as expected ({type(error).__name__})"
            ) from error
        return self._address(signed_in)

    async def _sign_out(self, client: httpx.AsyncClient, signed_in: Any) -> None:
        """End the session that Auth began: the console has sessions of its own."""
        token = signed_in.get("access_token") if isinstance(signed_in, dict) else None
        with suppress(httpx.HTTPError):
            await client.post(
                f"{self._url}/auth/v1/logout",
                params={"scope": "local"},
                headers={"authorization": f"Bearer {token}"},
            )

    def _address(self, signed_in: Any) -> str | None:
        user = signed_in.get("user") if isinstance(signed_in, dict) else None
        if not isinstance(user, dict) or not isinstance(user.get("email"), str):
            return None
        if _has_second_factor(user.get("factors")):
            return None
        granted = user.get("app_metadata")
        return user["email"] if self._roles & _roles(granted) else None


def _has_second_factor(factors: object) -> bool:
    """Whether one is set up; one that was only begun does not protect the account yet."""
    if factors is None:
        return False
    return not isinstance(factors, list) or any(
        not isinstance(factor, dict) or factor.get("status") != "unverified" for factor in factors
    )


def _roles(app_metadata: object) -> set[str]:
    if not isinstance(app_metadata, dict):
        return set()
    several = app_metadata.get("roles")
    named = [app_metadata.get("role"), *(several if isinstance(several, list) else [])]
    return {role for role in named if isinstance(role, str)}


class Attempts:
    """Limits how often somebody may try to sign in. `monotonic` is a clock in seconds.

    An attempt counts from its beginning, so that parallel ones do not pass the limit, and no more
    once it has succeeded.
    """

    PER_ADDRESS = 5
    ALTOGETHER = 50
    SECONDS = 60.0
    _MOST_ADDRESSES = 10_000

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._of_address: dict[str, deque[float]] = {}
        self._all = deque[float]()

    def begin(self, address: str) -> float:
        """Count an attempt, and return 0; or return how many seconds it is too early."""
        now = self._monotonic()
        if len(self._of_address) > self._MOST_ADDRESSES:
            self._of_address.clear()
        of_address = self._of_address.setdefault(address, deque())
        early = 0.0
        for times, most in ((of_address, self.PER_ADDRESS), (self._all, self.ALTOGETHER)):
            while times and times[0] <= now - self.SECONDS:
                times.popleft()
            if len(times) >= most:
                early = max(early, times[0] + self.SECONDS - now)
        if not early:
            of_address.append(now)
            self._all.append(now)
        return early

    def forgive(self, address: str) -> None:
        """Forget the last attempt of this address, because it succeeded."""
        for times in (self._of_address.get(address), self._all):
            if times:
                times.pop()
