"""A stranger who carries out a page in an empty folder: what is typed is counted and done."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.pages import Block
from tests.docs.test_blocks import commands_of
from tests.library.cli.command import Shell

PROGRAMS = os.environ.get("TEST_PROGRAMS")
"""The `bin` of an environment with the library's wheel; unset, the library is this checkout's.
`make release` sets it."""


@dataclass(frozen=True, slots=True)
class Installed(Shell):
    """A shell that has the commands of the library as an installation put them there."""

    def command(self, *arguments: str, program: str = "liverows") -> list[str]:
        if PROGRAMS is None:
            return [sys.executable, "-m", program, *arguments]
        return [str(Path(PROGRAMS, program)), *arguments]

    def environment(self) -> dict[str, str]:
        # Spelled out: with slots, super() without arguments does not know its class.
        there = Shell.environment(self)
        if PROGRAMS is not None:
            del there["PYTHONPATH"]
        return there


@dataclass
class Walk:
    """Counts the commands and lines that a person types in one folder, and the time."""

    folder: Path
    commands: list[str] = field(default_factory=list)
    lines: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def shell(self) -> Installed:
        return Installed(self.folder)

    def write(self, name: str, text: str) -> None:
        """Write a file as an editor does. Only its new lines count, and no empty ones."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        self.lines += typed(file.read_text() if file.exists() else "", text)
        file.write_text(text)

    def append(self, name: str, text: str) -> None:
        """Add lines at the end of a file."""
        file = self.folder / name
        self.write(name, (file.read_text() if file.exists() else "") + text)

    def follow(self, block: Block) -> None:
        """Write the file that a block is, or run its commands."""
        if block.title:
            self.write(block.title, block.text)
        elif block.language == "sh":
            for words in commands_of(block):
                self.run(*words)

    def run(self, program: str, *arguments: str) -> str:
        """Run a command, which must succeed, and return what it wrote.

        `pip` only counts, because what it installs is there.
        """
        self.commands.append(" ".join([program, *arguments]))
        if program == "pip":
            return ""
        if program == "pytest":
            # Of the plugins that are installed here, a stranger has only the library's.
            arguments = ("-q", "-p", "no:asyncio", "-p", "no:cacheprovider", *arguments)
        done = subprocess.run(
            self.shell.command(*arguments, program=program),
            cwd=self.folder, env=self.shell.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{self.commands[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def told(self) -> str:
        """What it took until now."""
        minutes = (time.monotonic() - self.started) / 60
        listed = "".join(f"\n  {command}" for command in self.commands)
        return f"{len(self.commands)} commands, {self.lines} lines, {minutes:.1f} minutes{listed}"


def typed(before: str, after: str) -> int:
    """How many lines of a text are not in what was there before; empty ones do not count."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return sum(1 for line in lines if line.startswith("+ ") and line[2:].strip())
