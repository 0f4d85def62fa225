"""Short ways to run commands of operators within the tests' process, and to read their answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import typer.testing

from tests.support.queue import Queue
from tests.support.things import Things

Run: TypeAlias = Callable[..., typer.testing.Result]


def fail(things: Things, queue: Queue, *codes: str) -> list[str]:
    keys = [things.add_one(wants=code) for code in codes]
    rows = {row["id"]: row for row in queue.claim("greet", slots=len(codes))}
    for key, code in zip(keys, codes, strict=True):
        queue.fail(rows[key], retryable=False, code=code, message=f"No answer in {len(key)} s")
    return keys


def out(ended: typer.testing.Result) -> Any:
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)
