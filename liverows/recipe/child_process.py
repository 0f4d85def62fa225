"""Heavy or possibly endless work in a child process that really ends at its limit.

A thread cannot be stopped, and Python code in it keeps the event loop from running; the
loop's default executor resolves names besides. So whatever parses what a stranger wrote
runs in a child: `await run_in_child(read_page, text)`.

There is at most one busy child for each running row, and never more than `MAX_CHILDREN`.
A child is started when it is first needed and used again; one that is cancelled or does
not end in time is killed, and the next call starts another. It sees none of the worker's
secrets in its environment, its memory is bounded, and it dies with the worker.

The function is a plain one of a module; its arguments and its result can be pickled. An open
file among the arguments travels as a descriptor and is read there from its start.
"""

from __future__ import annotations

import asyncio
import atexit
import io
import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, TypeVarTuple, Unpack
from weakref import WeakKeyDictionary

import structlog

from liverows.base.errors import Permanent, Transient, WorkerError
from liverows.recipe.child_main import CALL, HEADER, LOG, MAX_FILES, RAISED, STARTED

log = structlog.get_logger(__name__)

R = TypeVar("R")
Args = TypeVarTuple("Args")

CALL_SECONDS = 10.0
"""Processor time of a call. Ordinary ones take milliseconds, the largest page a second; it does
not count what the machine does besides, so on a busy one no honest input is refused."""
LONGEST_WAIT = 10.0
"""How many times as long a call may take by the clock."""
START_SECONDS = 60.0
"""From the start of a child, on a busy machine too, to the moment at which it has the call."""
MAX_CHILDREN = 32
IDLE_SECONDS = 300
"""Without work for so long a child gives its memory back, but for one that stays."""
MEMORY_BYTES = 1536 * 2**20
"""Address space of a child, of which its program takes about 200 MB."""
MAX_ANSWER_BYTES = 64 * 2**20

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[5]); "
    "from liverows.recipe.child_main import serve; serve(*map(int, sys.argv[1:5]))"
)
# What a program needs to find its files; everything else may be a secret.
_KEPT = {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
_KEPT_STARTS = ("LC_", "PYTHON")

_turn: ContextVar[asyncio.Lock | None] = ContextVar("turn", default=None)


class _Gone(Exception):
    """The child ended before the call began: the call may be made elsewhere."""


class ChildProcesses:
    """A number of children that take calls; usable from one event loop after the other.

    `memory_bytes` is the address space of each, 0 for no limit. `keep` names variables of
    the environment that the children need beside the usual ones.
    """

    def __init__(
        self,
        *,
        limit: int = MAX_CHILDREN,
        memory_bytes: int = MEMORY_BYTES,
        keep: Sequence[str] = (),
    ) -> None:
        self._limit = limit
        self._memory_bytes = memory_bytes
        self._keep = frozenset(keep)
        self._idle: list[_Child] = []
        self._living: set[_Child] = set()
        self._rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    @property
    def process_ids(self) -> list[int]:
        """Of the children that run now, idle or not."""
        return [child.process_id for child in self._living if child.is_alive]

    async def run(
        self,
        function: Callable[[Unpack[Args]], R],
        *args: *Args,
        seconds: float = CALL_SECONDS,
    ) -> R:
        """The result of `function(*args)`, computed in a child; see `run_in_child`."""
        request, files = _packed((function, args))
        name = getattr(function, "__qualname__", type(function).__name__)
        async with self._turn():
            while True:
                child = self._take()
                try:
                    # Typed by the caller: a pickle does not say what is in it.
                    answer: R = await child.call(request, files, name, seconds)
                    return answer
                except _Gone:
                    if child.is_fresh:
                        raise Transient("The work could not be started here.") from None
                finally:
                    self._put_back(child)

    def close(self) -> None:
        """End all children and wait until they are gone; a later call starts new ones."""
        for child in self._living:
            child.kill()
        for child in self._living:
            child.ended.result()
        # A call that is under way sees the end of its child, and closes the socket then.
        for child in self._idle:
            child.close()
        self._living.clear()
        self._idle.clear()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for the row's other call, if it has one, and for room."""
        room = self._rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._limit))
        async with _turn.get() or asyncio.Lock(), room:
            yield

    def _take(self) -> _Child:
        while self._idle:
            # The one used last: the others then end by themselves.
            child = self._idle.pop()
            if child.is_alive:
                child.is_fresh = False
                return child
            self._drop(child)
        try:
            idle_seconds = IDLE_SECONDS if self._living else 0
            child = _Child(self._memory_bytes, idle_seconds, _environment(self._keep))
        except OSError as error:
            log.warning("child_not_started", error=type(error).__name__)
            raise Transient("The work could not be started here.") from None
        self._living.add(child)
        return child

    def _put_back(self, child: _Child) -> None:
        if child.is_free:
            self._idle.append(child)
        else:
            self._drop(child)

    def _drop(self, child: _Child) -> None:
        child.close()
        self._living.discard(child)


class _Child:
    """One process and the socket to it. It serves one call at a time."""

    def __init__(self, memory_bytes: int, idle_seconds: int, environment: dict[str, str]) -> None:
        self.is_fresh = True
        self.is_free = False
        self._connection, theirs = socket.socketpair()
        with theirs:
            level = logging.getLogger().getEffectiveLevel()
            numbers = (theirs.fileno(), memory_bytes, idle_seconds, level)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START, *map(str, numbers), json.dumps(sys.path)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=environment,
                    start_new_session=True,
                )
            except BaseException:
                self._connection.close()
                raise
        self._connection.setblocking(False)
        self.ended: Future[int] = Future()
        self.ended.set_running_or_notify_cancel()
        # It waits for the process from its start to its end, so none is left as a zombie.
        threading.Thread(target=self._reap, name="child-reaper", daemon=True).start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self.ended.done()

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """End it, and with it the socket. Not while a call waits for an answer."""
        self.is_free = False
        self.kill()
        self._connection.close()

    async def call(self, request: bytes, files: Sequence[int], name: str, seconds: float) -> Any:
        """Have one request answered. Unless that went well, the child is not free any more."""
        self.is_free, is_started = False, False
        try:
            async with asyncio.timeout(START_SECONDS) as limit:
                await self._send(request, files, seconds)
                kind, content = await self._frame()
                if kind == STARTED:
                    is_started = True
                    now = asyncio.get_running_loop().time()
                    limit.reschedule(now + LONGEST_WAIT * seconds)
                    kind, content = await self._frame()
        except (EOFError, OSError) as error:
            if not is_started:
                raise _Gone from None
            raise await self._failure(error, name, seconds) from None
        self.is_free = True
        answer = pickle.loads(content)  # noqa: S301 of our own program, in a process of ours
        if kind == RAISED:
            raise _too_complex() if isinstance(answer, MemoryError) else answer
        return answer

    async def _failure(self, error: OSError | EOFError, name: str, seconds: float) -> WorkerError:
        """Why a call that had begun has no answer."""
        if isinstance(error, TimeoutError):
            log.warning("child_too_slow", function=name, seconds=LONGEST_WAIT * seconds)
            return Transient("The machine is too busy to read this now.", code="reader_busy")
        self.kill()
        exit_code = await asyncio.wrap_future(self.ended)
        if exit_code == -signal.SIGPROF:
            log.warning("child_out_of_time", function=name, seconds=seconds)
            return _too_complex()
        log.warning("child_died", function=name, exit_code=exit_code)
        # Not for good: the machine's memory may have run out because of somebody else.
        return Transient("Reading this ended the program that reads it.", code="reader_crashed")

    async def _send(self, request: bytes, files: Sequence[int], seconds: float) -> None:
        # The child has read everything before, so there is room for these few bytes.
        header = HEADER.pack(CALL, seconds, len(request))
        socket.send_fds(self._connection, [header], files)
        await asyncio.get_running_loop().sock_sendall(self._connection, request)

    async def _frame(self) -> tuple[int, bytearray]:
        """What the child says next; its log lines are written here, where the row is known."""
        while True:
            kind, _, length = HEADER.unpack(await self._exactly(HEADER.size))
            if length > MAX_ANSWER_BYTES:
                raise EOFError
            content = await self._exactly(length)
            if kind != LOG:
                return kind, content
            _write_log(*pickle.loads(content))  # noqa: S301 as above

    async def _exactly(self, length: int) -> bytearray:
        loop, received = asyncio.get_running_loop(), bytearray(length)
        view, place = memoryview(received), 0
        while place < length:
            count = await loop.sock_recv_into(self._connection, view[place:])
            if not count:
                raise EOFError
            place += count
        return received

    def _reap(self) -> None:
        self.ended.set_result(self._process.wait())


class _Writer(pickle.Pickler):
    """Notes open files instead of pickling them."""

    def __init__(self, target: io.BytesIO) -> None:
        super().__init__(target, pickle.HIGHEST_PROTOCOL)
        self.files: list[int] = []

    def persistent_id(self, obj: Any) -> int | None:
        if not isinstance(obj, io.IOBase) or isinstance(obj, io.BytesIO):
            return None
        obj.flush()
        self.files.append(obj.fileno())
        return len(self.files) - 1


def _packed(call: object) -> tuple[bytes, list[int]]:
    target = io.BytesIO()
    writer = _Writer(target)
    writer.dump(call)
    assert len(writer.files) <= MAX_FILES
    return target.getvalue(), writer.files


def _environment(keep: Collection[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name in keep or name.startswith(_KEPT_STARTS)
    }


def _write_log(name: str, method: str, line: dict[str, Any]) -> None:
    getattr(structlog.get_logger(name), method)(**line)


def _too_complex() -> Permanent:
    return Permanent(
        "Reading this takes more time or memory than it may: it is too large or too complex.",
        code="too_complex",
    )


_shared = ChildProcesses()
atexit.register(_shared.close)


async def run_in_child(
    function: Callable[[Unpack[Args]], R],
    *args: *Args,
    seconds: float = CALL_SECONDS,
) -> R:
    """The result of `function(*args)`, computed in a child that the worker's calls share.

    Raises what the function raises; `Permanent("too_complex")` after `seconds` of processor
    time, or where it needs more memory than it may; `Transient` if it ends the child or if the
    machine has no time for it. When the caller is cancelled the child is killed.
    """
    return await _shared.run(function, *args, seconds=seconds)


def take_turns() -> None:
    """Let the calls of the present task, and of those it starts, go one after the other.

    So a running row has one child at most, and cannot hold back the others' calls.
    """
    _turn.set(asyncio.Lock())


def end_children() -> None:
    """End the shared children and wait until they are gone."""
    _shared.close()
