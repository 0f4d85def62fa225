"""The stack that tests run against: the local one, or a real one.

If TEST_SUPABASE_URL, TEST_SUPABASE_SECRET_KEY, TEST_SUPABASE_PUBLISHABLE_KEY and
TEST_SUPABASE_DB_URL are set, the fixture `stack` is that project. It must have our migrations and
functions and must confirm addresses automatically. Otherwise the fixture is devstack's stack.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from devstack.stack import LocalStack, User, sign_up

VARIABLES = (
    "TEST_SUPABASE_URL",
    "TEST_SUPABASE_SECRET_KEY",
    "TEST_SUPABASE_PUBLISHABLE_KEY",
    "TEST_SUPABASE_DB_URL",
)


class Stack(Protocol):
    """What a test may use of a stack."""

    @property
    def url(self) -> str: ...
    @property
    def publishable_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def db_url(self) -> str: ...
    def environment(self) -> dict[str, str]: ...
    def sign_up(self, email: str | None = None) -> User: ...


@dataclass(frozen=True, slots=True)
class RealStack:
    """A Supabase that was started elsewhere."""

    url: str
    secret_key: str
    publishable_key: str
    db_url: str

    def environment(self) -> dict[str, str]:
        """See `LocalStack.environment`."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_DB_URL": self.db_url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
        }

    def sign_up(self, email: str | None = None) -> User:
        """See `LocalStack.sign_up`."""
        return sign_up(self.url, self.publishable_key, email)


def named_stack() -> RealStack | None:
    """The real stack named in the environment, if all four variables are set."""
    values = [os.environ.get(name, "") for name in VARIABLES]
    return RealStack(*values) if all(values) else None


@contextmanager
def running_stack() -> Iterator[Stack]:
    """The stack of a test session."""
    real = named_stack()
    if real is not None:
        yield real
        return
    with LocalStack() as stack:
        yield stack
