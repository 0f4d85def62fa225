"""Runs heavy work on untrusted input in a child process, which can be killed at its limit.

`await run_in_child(read_page, text)` calls a function that is defined at the top level of a module.
Its arguments and its result must be picklable, or be open files (at most `MAX_FILES`).

A thread would not do: it cannot be stopped, and Python code in it slows down the event loop. A
child has no settings of the worker in its environment, and on Linux it dies with the worker.
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

from liverows.base.errors import Permanent, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.recipe.child_main import CALL, HEADER, LOG, MAX_FILES, RAISED, STARTED

log = get_logger(__name__)

R = TypeVar("R")
Args = TypeVarTuple("Args")

CALL_SECONDS = 10.0
"""How many seconds of its own processor time a call may use by default. Time in which a busy
machine runs other programs does not count."""
LONGEST_WAIT = 10.0
"""By the wall clock, a call that has begun may last this many times its processor seconds."""
START_SECONDS = 60.0
"""How many seconds a child may take to start and to unpickle its call, also on a busy machine."""
MAX_CHILDREN = 32
IDLE_SECONDS = 300
"""A child ends after this many seconds without a call, unless it was started while its pool had no
other child."""
MEMORY_BYTES = 1536 * 2**20
"""Default limit of a child's address space, in bytes. Python and its modules take about 200 MB."""
MAX_ANSWER_BYTES = 64 * 2**20

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[5]); "
    "from liverows.recipe.child_main import serve; serve(*map(int, sys.argv[1:5]))"
)
# The names, or the starts of names, of environment variables that Python and its libraries may
# need. Others may hold secrets, so a child gets them only if `keep` names them.
_KEPT = {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
_KEPT_STARTS = ("LC_", "PYTHON")

_turn: ContextVar[asyncio.Lock | None] = ContextVar("turn", default=None)


class _Gone(Exception):
    """The child ended before it began the call, so the call can be sent to another child."""


class ChildProcesses:
    """A pool of child processes that answer calls.

    `limit` is how many calls may run at once. `memory_bytes` limits the address space of each child
    (0: no limit). `keep` names further environment variables that the children get.
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
        """Process ids of all living children, busy or idle."""
        return [child.process_id for child in self._living if child.is_alive]

    async def run(
        self,
        function: Callable[[Unpack[Args]], R],
        *args: *Args,
        seconds: float = CALL_SECONDS,
    ) -> R:
        """Compute `function(*args)` in a child of this pool; raises what `run_in_child` raises."""
        request, files = _packed((function, args))
        name = getattr(function, "__qualname__", type(function).__name__)
        async with self._turn():
            while True:
                child = self._take()
                try:
                    # `call` returns Any, because a pickle may hold any type. The type here is the
                    # one that `function` declares.
                    answer: R = await child.call(request, files, name, seconds)
                    return answer
                except _Gone:
                    if child.is_fresh:
                        raise Transient(
                            "The work could not be started here.", code="reader_busy"
                        ) from None
                finally:
                    self._put_back(child)

    def close(self) -> None:
        """End all children and wait until they are gone; a later call starts new ones."""
        for child in self._living:
            child.kill()
        for child in self._living:
            child.ended.result()
        # Only idle children are closed here. A running call closes the socket of its child itself.
        for child in self._idle:
            child.close()
        self._living.clear()
        self._idle.clear()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Hold a place in the pool during the block, after waiting until one is free."""
        room = self._rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._limit))
        async with _turn.get() or asyncio.Lock(), room:
            yield

    def _take(self) -> _Child:
        while self._idle:
            # Take the child that was used last, so that the others stay idle long enough to end.
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
            raise Transient("The work could not be started here.", code="reader_busy") from None
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
    """One child process, which serves one call at a time, and the worker's socket to it."""

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
        # This thread waits for the process to end, so that no zombie process remains.
        threading.Thread(target=self._reap, name="child-reaper", daemon=True).start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self.ended.done()

    def kill(self) -> None:
        """Kill the process at once, even in the middle of a call."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and close the socket. Do not call this while `call` waits."""
        self.is_free = False
        self.kill()
        self._connection.close()

    async def call(self, request: bytes, files: Sequence[int], name: str, seconds: float) -> Any:
        """Send one request; return the function's result, or raise the function's error.

        Raises `_Gone` if the child ended before it began the call.
        """
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
        answer = pickle.loads(content)  # noqa: S301 written by our own child
        if kind == RAISED:
            raise _too_complex() if isinstance(answer, MemoryError) else answer
        return answer

    async def _failure(self, error: OSError | EOFError, name: str, seconds: float) -> WorkerError:
        """Return the error to raise for a call that began and got no answer."""
        if isinstance(error, TimeoutError):
            log.warning("child_too_slow", function=name, seconds=LONGEST_WAIT * seconds)
            return Transient("The machine is too busy to read this now.", code="reader_busy")
        self.kill()
        exit_code = await asyncio.wrap_future(self.ended)
        if exit_code == -signal.SIGPROF:
            log.warning("child_out_of_time", function=name, seconds=seconds)
            return _too_complex()
        log.warning("child_died", function=name, exit_code=exit_code)
        # Not permanent: the kernel may have killed the child because other programs used up the
        # machine's memory.
        return Transient("Reading this ended the program that reads it.", code="reader_crashed")

    async def _send(self, request: bytes, files: Sequence[int], seconds: float) -> None:
        # The child has read all earlier data, so the socket has room for this header.
        header = HEADER.pack(CALL, seconds, len(request))
        socket.send_fds(self._connection, [header], files)
        await asyncio.get_running_loop().sock_sendall(self._connection, request)

    async def _frame(self) -> tuple[int, bytearray]:
        """Return the child's next frame that is no log line. `EOFError` if the socket is closed."""
        while True:
            kind, _, length = HEADER.unpack(await self._exactly(HEADER.size))
            if length > MAX_ANSWER_BYTES:
                raise EOFError
            content = await self._exactly(length)
            if kind != LOG:
                return kind, content
            _write_log(*pickle.loads(content))  # noqa: S301 written by our own child

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
    """Pickles a call. For an open file it writes an index in `files`, the descriptors sent beside
    it."""

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
    getattr(get_logger(name), method)(**line)


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
    """Compute `function(*args)` in a child process and return the result, or raise its error.

    Raises `Permanent` with code `too_complex` if the call uses up `seconds` of processor time or
    runs out of memory. Raises `Transient` if the child died or could not start. If the caller is
    cancelled, the child is killed.
    """
    return await _shared.run(function, *args, seconds=seconds)


def take_turns() -> None:
    """Let this task, and the tasks that it starts, together use at most one child at a time.

    The engine calls this for each run of a recipe, so that one row cannot occupy all children.
    """
    _turn.set(asyncio.Lock())


def end_children() -> None:
    """End the shared children and wait until they are gone."""
    _shared.close()
