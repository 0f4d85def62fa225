"""supabase-js works over the stack as over Supabase."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from devstack.node import HERE, find_node
from tests.support.stack import Stack

SCRIPT = Path(__file__).with_name("supabase_js.mjs")
EXPECTED = {
    "signUp": {"error": None, "role": "authenticated", "email": True},
    "twice": "user_already_exists",
    "wrong": "invalid_credentials",
    "refreshed": True,
    "user": True,
    "claims": True,
    "added": [[True, "pending"]],
    "hidden": 0,
    "refused": "42501",
    "uploaded": True,
    "duplicate": "409",
    "upserted": None,
    "bytes": None,
    "downloaded": "second",
    "listed": ["bytes.txt", "take one.txt"],
    "signed": "second",
    "many": [True, False],
    "foreign": "403",
    "unseen": True,
    "type": "415",
    "removed": [True],
    "signedOut": None,
    "afterwards": "42501",
}
"""The result of each step of the script."""


@pytest.mark.needs("stack", "supabase-js")
async def test_a_browser_s_calls_are_answered_as_it_expects(stack: Stack, bucket: str) -> None:
    node = find_node()
    process = await asyncio.create_subprocess_exec(
        *(str(node.program), str(SCRIPT)),
        env={
            **node.environment,
            "PACKAGES": str(HERE / "package.json"),
            "URL_OF_STACK": stack.url,
            "PUBLISHABLE_KEY": stack.publishable_key,
            "BUCKET": bucket,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert json.loads(output) == EXPECTED
