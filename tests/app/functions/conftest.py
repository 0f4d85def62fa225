"""The project's Deno, and a user who calls the functions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping

import httpx
import pytest

from devstack.functions import FUNCTIONS, find_deno
from devstack.stack import User
from tests.support.stack import Stack

CONFIG = FUNCTIONS / "api" / "deno.json"


def run_deno(
    *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the Deno of the Python wheel in supabase/functions, with the function's own settings."""
    command, *rest = arguments
    return subprocess.run(
        [str(find_deno()), command, f"--config={CONFIG}", *rest],
        cwd=FUNCTIONS,
        env={**os.environ, "NO_COLOR": "1", **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def user(stack: Stack) -> User:
    """A user who has signed up."""
    return stack.sign_up()


@pytest.fixture
def api(stack: Stack, user: User) -> Iterator[httpx.Client]:
    """A client that calls the function through the gateway, like the user's browser."""
    headers = {"authorization": f"Bearer {user.access_token}", "apikey": stack.publishable_key}
    with httpx.Client(base_url=f"{stack.url}/functions/v1/api", headers=headers) as client:
        yield client
