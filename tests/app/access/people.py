"""Who asks: everybody who can send a request, and the role that a worker may log in with.

`owner` and `stranger` are users who have signed up; both act as the role `authenticated`. Every
row and file that the others ask for is the owner's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, TypeAlias

from devstack.keys import PUBLISHABLE_KEY, SECRET_KEY
from devstack.stack import LocalStack

Person: TypeAlias = Literal["anon", "owner", "stranger", "service_role", "liverows_worker"]

PEOPLE: tuple[Person, ...] = ("anon", "owner", "stranger", "service_role", "liverows_worker")
"""In the order of the lines."""

SENDERS: tuple[Person, ...] = PEOPLE[:-1]
"""Those who send requests. No key and no token gives the role liverows_worker; it logs in."""

OWNER = "a11ce000-0000-4000-8000-000000000001"
STRANGER = "b0b00000-0000-4000-8000-000000000002"


@dataclass(frozen=True, slots=True)
class Sender:
    """The headers with which one person sends requests through the gateway, and the token alone."""

    key: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """For a request to the gateway."""
        return {"apikey": self.key, "authorization": f"Bearer {self.token}"}


def senders(stack: LocalStack) -> dict[Person, Sender]:
    """Each person who sends requests; their tokens are valid for an hour."""

    def user(user_id: str) -> Sender:
        claims = {"role": "authenticated", "aud": "authenticated", "sub": user_id}
        return Sender(PUBLISHABLE_KEY, stack.sign({**claims, "exp": time.time() + 3600}))

    def key_of(key: str, role: str) -> Sender:
        return Sender(key, stack.sign({"role": role, "exp": time.time() + 3600}))

    return {
        "anon": key_of(PUBLISHABLE_KEY, "anon"),
        "owner": user(OWNER),
        "stranger": user(STRANGER),
        "service_role": key_of(SECRET_KEY, "service_role"),
    }
