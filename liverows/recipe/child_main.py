"""The program inside a child process: it answers calls that the worker sends over a socket.

The program ignores SIGINT, SIGTERM and SIGHUP, because a supervisor may send them to every process
of a service, while the worker still needs the child to finish its running rows.
"""

from __future__ import annotations

import ctypes
import io
import logging
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import traceback
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import structlog

HEADER = struct.Struct("!BdQ")
"""The header of a message: its kind, the processor seconds that a call may use, the body's bytes.
"""
CALL, STARTED, LOG, RETURNED, RAISED = range(5)
MAX_FILES = 4
SPENT_BYTES = 512 * 2**20
"""A child with a memory limit that ever used more bytes ends after its call, to free the memory."""
_NICE = 2
_PR_SET_PDEATHSIG = 1
_PLAIN = (str, int, float, bool, type(None))


def serve(descriptor: int, memory_bytes: int, idle_seconds: int, log_level: int) -> None:
    """Answer calls on the socket `descriptor` until it is closed or idle for `idle_seconds`.

    `memory_bytes` limits the address space. For both limits, 0 means none.
    """
    _settle(memory_bytes)
    with socket.socket(fileno=descriptor) as connection:
        _hand_logs_over(connection, log_level)
        while (call := _next_call(connection, idle_seconds or None)) is not None:
            _answer(connection, *call)
            if memory_bytes and _most_memory() > SPENT_BYTES:
                return


def _settle(memory_bytes: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        # Let the kernel kill this child when the worker dies. During a call the child does not read
        # the socket, so it would not notice.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # a container may forbid this
            # If the machine runs out of memory, let the kernel kill this child rather than the
            # worker.
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if memory_bytes:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = memory_bytes if soft == resource.RLIM_INFINITY else min(memory_bytes, soft)
        with suppress(ValueError, OSError):  # some systems cannot limit the address space
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    os.nice(_NICE)  # the worker's event loop has priority over this process


def _most_memory() -> int:
    # On Linux `ru_maxrss` may be the size of the parent at the fork. VmHWM is of this process
    # alone.
    with suppress(OSError), open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(b"VmHWM:"):
                return 1024 * int(line.split()[1])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def _next_call(
    connection: socket.socket, idle_seconds: float | None
) -> tuple[float, bytes, list[int]] | None:
    """Wait for the next call: its processor seconds, request and descriptors. None at the end."""
    connection.settimeout(idle_seconds)
    try:
        start, files, _, _ = socket.recv_fds(connection, HEADER.size, MAX_FILES)
        if not start:
            return None
        _, seconds, length = HEADER.unpack(start + _exactly(connection, HEADER.size - len(start)))
        return seconds, _exactly(connection, length), files
    except (TimeoutError, EOFError, ConnectionError):
        return None
    finally:
        connection.settimeout(None)


def _exactly(connection: socket.socket, length: int) -> bytes:
    received = bytearray(length)
    view, place = memoryview(received), 0
    while place < length:
        count = connection.recv_into(view[place:])
        if not count:
            raise EOFError
        place += count
    return bytes(received)


def _answer(
    connection: socket.socket, seconds: float, request: bytes, descriptors: Sequence[int]
) -> None:
    files: list[BinaryIO] = [_opened(descriptor) for descriptor in descriptors]
    kind = RETURNED
    try:
        function, args = _Reader(io.BytesIO(request), files).load()
        del request
        send_frame(connection, STARTED)
        # After `seconds` of processor time SIGPROF ends this process, even inside a C library.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        kind, answer = RAISED, _packed_error(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for file in files:
            file.close()
    send_frame(connection, kind, answer)


def _opened(descriptor: int) -> BinaryIO:
    """Open a file that came with a call, to be read from its start."""
    try:
        own = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        own = os.dup(descriptor)
        os.lseek(own, 0, os.SEEK_SET)
    os.close(descriptor)
    return os.fdopen(own, "rb")


class _Reader(pickle.Unpickler):
    """Unpickles a request; in place of each file's number it puts the open file."""

    def __init__(self, request: BinaryIO, files: Sequence[BinaryIO]) -> None:
        super().__init__(request)
        self._files = files

    def persistent_load(self, pid: int) -> BinaryIO:
        return self._files[pid]


def _packed_error(error: Exception) -> bytes:
    error.add_note("".join(traceback.format_exception(error)))
    try:
        packed = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # noqa: S301 own data; a check that the worker can read it
    except Exception:
        stand_in = RuntimeError(f"{type(error).__name__}, which cannot be handed on")
        stand_in.add_note("".join(getattr(error, "__notes__", [])))
        packed = pickle.dumps(stand_in, pickle.HIGHEST_PROTOCOL)
    return packed


def send_frame(connection: socket.socket, kind: int, content: bytes = b"") -> None:
    """Send one frame: a header and then the content."""
    connection.sendall(HEADER.pack(kind, 0.0, len(content)) + content)


def _hand_logs_over(connection: socket.socket, level: int) -> None:
    """From now on, send this process's log lines to the worker, which formats them and masks
    secrets."""

    def hand_over(name: str, method: str, line: MutableMapping[str, Any]) -> None:
        plain = {
            key: value if isinstance(value, _PLAIN) else str(value) for key, value in line.items()
        }
        send_frame(connection, LOG, pickle.dumps((name, method, plain)))

    def last_processor(
        logger: Any, method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        hand_over(logger.name, method, line)
        raise structlog.DropEvent

    class HandOver(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            hand_over(record.name, record.levelname.lower(), {"event": record.getMessage()})

    structlog.configure(
        processors=[structlog.processors.format_exc_info, last_processor],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    root = logging.getLogger()
    root.handlers = [HandOver()]
    root.setLevel(max(level, logging.WARNING))
