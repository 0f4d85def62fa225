"""A call that pauses where it first waits for something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

R = TypeVar("R")


class HeldCall(Generic[R]):
    """Awaits `call`, and awaits `pause()` where `call` first waits for something, or at its end.

    A cancellation during the pause arrives in `call` in the same way as without the pause: what it
    waits for is cancelled first. So the test sees what the code of a step makes of it.
    """

    def __init__(self, call: Awaitable[R], pause: Callable[[], Awaitable[None]]) -> None:
        self._call = call
        self._pause = pause

    def __await__(self) -> Generator[Any, Any, R]:
        inner: Any = self._call.__await__()
        try:
            waits_for = inner.send(None)
        except StopIteration as done:
            yield from self._pause().__await__()
            result: R = done.value
            return result
        try:
            try:
                yield from self._pause().__await__()
            except asyncio.CancelledError as cancelled:
                if waits_for is None or not waits_for.cancel():
                    waits_for = inner.throw(cancelled)
            while True:
                try:
                    sent = yield waits_for
                except BaseException as error:
                    waits_for = inner.throw(error)
                else:
                    waits_for = inner.send(sent)
        except StopIteration as done:
            result = done.value
            return result
