"""Stands between a recipe and the functions of its steps, while a test runs."""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from liverows.recipe.pipeline import Pipeline
from liverows.recipe.step import Step
from liverows.testing.suite.held_call import HeldCall

What: TypeAlias = Literal["began", "returned", "raised", "cancelled", "stopped"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to one call of a step.

    `cancelled` means that a cancellation arrived in a held call; `stopped`, that a call ended with
    `CancelledError`. `key` is that of the step's checkpoint: step, version and hash of arguments.
    `call` numbers the calls from 0.
    """

    what: What
    key: tuple[str, str, str]
    call: int
    error: str | None = None

    @property
    def step(self) -> str:
        """The name of the step."""
        return self.key[0]


class WatchedSteps:
    """Notes each call of each step. It can hold the first call of a step, or let calls fail."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._calls = 0
        self._gates: dict[str, asyncio.Event] = {}
        self._held: dict[str, int] = {}
        self._errors: dict[str, tuple[Callable[[], Exception], int | None]] = {}

    def hold(self, *steps: str) -> None:
        """Hold the next call of each of these steps where it first waits for something."""
        for step in steps:
            self._gates[step] = asyncio.Event()

    def release(self, *steps: str) -> None:
        """Let the held calls of these steps go on; without names, of all steps."""
        for step in steps or tuple(self._gates):
            if gate := self._gates.pop(step, None):
                gate.set()

    @property
    def held(self) -> list[str]:
        """The steps that have a call which is being held."""
        return list(self._held)

    def fail(self, step: str, error: Callable[[], Exception], *, times: int | None = None) -> None:
        """Raise what `error` makes in place of calling the step, so many times, or always."""
        self._errors[step] = (error, times)

    def count(self, what: What, since: int = 0) -> Counter[str]:
        """How often this happened to each step, in the notes from number `since` on."""
        return Counter(note.step for note in self.notes[since:] if note.what == what)

    @contextmanager
    def watching(self, pipeline: Pipeline[Any, Any]) -> Iterator[None]:
        """Take the place of the steps' functions while the block runs."""
        functions = {step: step.function for step in pipeline.steps}
        for step, function in functions.items():
            # A step cannot be changed otherwise, and outside of this block it never is.
            object.__setattr__(step, "function", self._stand_in(step, function))
        try:
            yield
        finally:
            self.release()
            for step, function in functions.items():
                object.__setattr__(step, "function", function)

    def _stand_in(
        self, step: Step[Any, Any], function: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(function)
        async def stand_in(*args: Any, **kwargs: Any) -> Any:
            key = (step.name, step.version, step.input_hash(*args, **kwargs))
            number = self._calls
            self._calls += 1
            self.notes.append(Note("began", key, number))
            try:
                self._raise_if_told(step.name)
                value = await self._called(function(*args, **kwargs), key, number)
            except asyncio.CancelledError:
                self.notes.append(Note("stopped", key, number))
                raise
            except BaseException as error:
                self.notes.append(Note("raised", key, number, type(error).__name__))
                raise
            self.notes.append(Note("returned", key, number))
            return value

        return stand_in

    async def _called(self, call: Awaitable[Any], key: tuple[str, str, str], number: int) -> Any:
        gate = self._gates.get(key[0])
        if gate is None or key[0] in self._held:
            return await call
        self._held[key[0]] = number

        async def pause() -> None:
            try:
                await gate.wait()
            except asyncio.CancelledError:
                self.notes.append(Note("cancelled", key, number))
                raise
            finally:
                del self._held[key[0]]

        return await HeldCall(call, pause)

    def _raise_if_told(self, step: str) -> None:
        error, times = self._errors.get(step, (None, None))
        if error is None:
            return
        if times is not None:
            self._errors[step] = (error, times - 1)
            if times <= 1:
                del self._errors[step]
        raise error()
