"""Child processes that end when the process that started them ends, for whatever reason.

A keeper process reads from a pipe whose other end the starter holds. When the starter closes
it, or the kernel does so after a SIGKILL, the keeper ends the child.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 10.0

KEEPER = """
exec 3<&0
"$@" 3<&- </dev/null &
command=$!
{ read -r _ <&3; kill -TERM "$command"; } 2>/dev/null &
reader=$!
wait "$command"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
"""
"""A shell script that runs a command until the script's input ends or the command ends."""


def kept(command: Sequence[str], name: str) -> list[str]:
    """The command with a keeper around it. The keeper's input is the pipe to the starter; its
    exit code is the command's."""
    return ["sh", "-c", KEEPER, f"{name}-keeper", *command]


class Leashed:
    """A program that runs until `stop`, or until this process dies."""

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], log: Path, cwd: Path
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                kept(command, Path(command[0]).name),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={"PATH": os.environ.get("PATH", os.defpath), **environment},
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """The end of what the program has printed."""
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """Ask the program to end, and kill it after a while. Calling this again does no harm."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
