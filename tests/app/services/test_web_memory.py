"""Pages made to use up memory end with a named error, and little memory is used."""

from __future__ import annotations

import asyncio
import sys


async def test_hostile_pages_are_refused_within_their_caps_and_cost_no_memory() -> None:
    program = [sys.executable, "-m", "tests.app.services.hostile_pages"]
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    lines = [line.split() for line in output.decode().splitlines() if line.count(" ") == 2]
    found = {name: (code, int(growth)) for name, code, growth in lines}
    assert {name: code for name, (code, _) in found.items()} == {
        "large": "too_large",
        "endless": "too_large",
        "bomb": "too_large",
        "slow": "timeout",
    }
    # The limit of a page is 5 MB. The server of these pages uses memory of the same process.
    assert max(growth for _, growth in found.values()) < 40, found
