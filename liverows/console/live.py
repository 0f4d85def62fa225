"""Live parts of pages: read again while somebody looks, and sent to every browser that does.

Nothing is read, and no doorbell is open, while nobody looks. All who look at the same part share
its reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

from starlette.responses import StreamingResponse

from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import WakeSource
from liverows.doorbells.doorbell import Doorbell

log = get_logger(__name__)

PART = "part"
TROUBLE = "trouble"
_BEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A part of a page as HTML.

    `busy` says that it may change at any moment, and is then read again soon; `final` that it will
    not change any more.
    """

    html: str
    busy: bool = False
    final: bool = False


Key: TypeAlias = tuple[str, ...]
"""Which part is read: the kind of page, and what it is about."""
Read: TypeAlias = Callable[[], Awaitable[Reading]]
ShowTrouble: TypeAlias = Callable[[str], str]
"""Makes the HTML that tells why a part does not follow any more."""


@dataclass(frozen=True, slots=True)
class LiveTimings:
    """How many seconds pass between two readings of a part.

    A ring of a doorbell ends the pause of a part that is not busy.
    """

    busy: float = 1.0
    calm: float = 5.0


class _Feed:
    """The readings of one part, and the browsers that wait for them."""

    def __init__(self, read: Read, show_trouble: ShowTrouble, timings: LiveTimings) -> None:
        self._read = read
        self._show_trouble = show_trouble
        self._timings = timings
        self._rung = asyncio.Event()
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._shown: dict[str, str] = {}
        self.lookers = 0
        self.final = False

    def ring(self) -> None:
        self._rung.set()

    def begin(self) -> None:
        self.lookers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._go_on(), name="console feed")

    async def end(self) -> None:
        self.lookers -= 1
        if not self.lookers and self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def changes(self, seen: Mapping[str, str]) -> dict[str, str]:
        """Return what differs from `seen` by event, at the latest after `_BEAT_SECONDS`."""
        try:
            async with asyncio.timeout(_BEAT_SECONDS), self._news:
                await self._news.wait_for(lambda: self.final or self._shown != seen)
        except TimeoutError:
            return {}
        return {name: html for name, html in self._shown.items() if seen.get(name) != html}

    async def _go_on(self) -> None:
        while not self.final:
            self._rung.clear()
            pause = self._timings.calm
            try:
                reading = await self._read()
            except WorkerError as error:
                await self._show({TROUBLE: self._show_trouble(error.message)})
            except Exception as error:
                log.exception("live_page_failed", error=type(error).__name__)
                told = "the console has made a mistake; its log says which"
                await self._show({TROUBLE: self._show_trouble(told)})
            else:
                self.final = reading.final
                pause = self._timings.busy if reading.busy else pause
                await self._show({PART: reading.html, TROUBLE: ""})
            await self._rest(pause)

    async def _rest(self, pause: float) -> None:
        try:
            async with asyncio.timeout(0 if self.final else pause):
                await self._rung.wait()
        except TimeoutError:
            pass

    async def _show(self, shown: Mapping[str, str]) -> None:
        async with self._news:
            self._shown = {**self._shown, **shown}
            self._news.notify_all()


class Live:
    """The live parts of the pages of one console, by a key."""

    def __init__(
        self,
        doorbells: Callable[[], list[Doorbell]],
        show_trouble: ShowTrouble,
        timings: LiveTimings | None = None,
    ) -> None:
        self._doorbells = doorbells
        self._show_trouble = show_trouble
        self._timings = timings or LiveTimings()
        self._feeds: dict[Key, _Feed] = {}
        self._listening: list[asyncio.Task[None]] = []

    @property
    def lookers(self) -> int:
        """How many browsers have a live page open."""
        return sum(feed.lookers for feed in self._feeds.values())

    def stream(self, key: Key, read: Read, may_go_on: Callable[[], bool]) -> StreamingResponse:
        """Return a response of server-sent events: `part` and `trouble`, each with HTML.

        It ends when the part is final, or when `may_go_on` says so.
        """
        return StreamingResponse(
            self._messages(key, read, may_go_on),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def _messages(
        self, key: Key, read: Read, may_go_on: Callable[[], bool]
    ) -> AsyncIterator[str]:
        async with aclosing(self._looking(key, read)) as changes:
            async for changed in changes:
                if not may_go_on():
                    told = "you are signed out; load the page again"
                    yield _event(TROUBLE, self._show_trouble(told))
                    return
                # A comment shows whether the browser is still there.
                yield "".join(_event(name, html) for name, html in changed.items()) or ": beat\n\n"

    async def _looking(self, key: Key, read: Read) -> AsyncGenerator[dict[str, str]]:
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = _Feed(read, self._show_trouble, self._timings)
        feed.begin()
        self._listen()
        seen: dict[str, str] = {}
        try:
            while True:
                changed = await feed.changes(seen)
                seen |= changed
                yield changed
                if feed.final:
                    yield {"final": ""}
                    return
        finally:
            # A browser may leave while this waits, so the doorbells are let go first.
            if feed.lookers == 1:
                self._feeds.pop(key, None)
            if not self.lookers:
                self._stop_listening()
            await feed.end()

    def _listen(self) -> None:
        if not self._listening:
            self._listening = [
                asyncio.create_task(bell.run(self._ring), name=f"console {bell.name}")
                for bell in self._doorbells()
            ]

    def _stop_listening(self) -> None:
        for task in self._listening:
            task.cancel()
        self._listening = []

    def _ring(self, _source: WakeSource) -> None:
        for feed in self._feeds.values():
            feed.ring()


def _event(name: str, html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines()) or "data:\n"
    return f"event: {name}\n{lines}\n"
