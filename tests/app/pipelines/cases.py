"""The case of a pipeline: what the conformance suite must know about it.

`tests/app/pipelines/case_<pipeline>.py` has one `CASE`. It brings a world (real providers with
fake servers), and rows with their expected ends. The promises themselves are in
`test_every_pipeline.py`.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

HOLD_SECONDS = 120.0

Row: TypeAlias = "dict[str, Any]"
"""A whole row as JSON, with its processing columns."""


class Calls:
    """Counts the calls that arrive at the fake servers, by step, and can hold them.

    Before it answers, a fake server calls `arrive(step)` from its own thread, or
    `await arrive_here(step)` if it runs in the test's event loop.
    """

    def __init__(self, *steps: str) -> None:
        self.steps = steps
        self.counts: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._gates = {step: threading.Event() for step in steps}
        self.release(*steps)

    def arrive(self, step: str) -> None:
        self.counts[step] += 1
        self._held[step] += 1
        self.most_at_once[step] = max(self.most_at_once[step], self._held[step])
        self._gates[step].wait(HOLD_SECONDS)
        self._held[step] -= 1

    async def arrive_here(self, step: str) -> None:
        await asyncio.to_thread(self.arrive, step)

    def hold(self, *steps: str) -> None:
        for step in steps:
            self._gates[step].clear()

    def release(self, *steps: str) -> None:
        for step in steps:
            self._gates[step].set()

    def held(self) -> list[str]:
        """The steps whose calls are being held."""
        return [step for step in self.steps if self._held[step]]


class World(Protocol):
    """The services of one pipeline: real providers with fake servers."""

    calls: Calls

    @property
    def providers(self) -> Any:
        """The providers when all settings are set."""

    @property
    def keyless(self) -> Any:
        """The providers on a machine without any key."""


def _nothing(_row: Row) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A row that completes: the columns that a user inserts, and the expected outputs."""

    insert: Mapping[str, Any]
    expected: Mapping[str, Any]
    check: Callable[[Row], None] = _nothing


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A problem of an outside service while `example` runs.

    `arrange` prepares the fake servers. `status` and `code` say how the first run ends: with
    `completed`, `code` is one of the warnings, or None; with `failed`, it is the error; with
    `pending`, it is the reason for waiting, and the row must complete after the wait. `attempts`
    is the number of attempts that were spent in the end.
    """

    arrange: Callable[[Any], None]
    status: Literal["completed", "failed", "pending"]
    code: str | None = None
    attempts: int = 1
    example: str = "main"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the suite needs for one pipeline.

    The example `main` calls every provider of the pipeline; all examples together run every
    step. `edit` is an editable output and the value that a user writes into it, or None if
    there is no such output. `keyless` is a row that completes without keys, or None if no row
    can. `hostile` are rows whose sources lie and whose model supports the lies. `warnings`
    reads the warnings of a completed row. `by_service` says that the service inserts the rows,
    not a user; `forgets` says that a completed row no longer has its inputs. `switched_off` names
    steps that run only if a setting asks for them; they have tests of their own.
    """

    world: Callable[[], AbstractAsyncContextManager[World]]
    examples: Mapping[str, Example]
    troubles: Mapping[str, Trouble]
    invalid: Mapping[str, Mapping[str, Any]]
    edit: tuple[str, Any] | None = None
    keyless: Example | None = None
    keyless_warning: str = ""
    warnings: Callable[[Row], list[str]] = lambda row: []
    by_service: bool = False
    forgets: bool = False
    switched_off: frozenset[str] = frozenset()
    hostile: Mapping[str, tuple[Callable[[Any], None], Example]] = field(default_factory=dict)


def load_cases() -> dict[str, Case]:
    """Every case of this folder, by the slug of its pipeline."""
    cases = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("case_"):
            slug = module.name.removeprefix("case_").replace("_", "-")
            cases[slug] = importlib.import_module(f"tests.app.pipelines.{module.name}").CASE
    return cases
