"""Which processes a process has started, and whether they still run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from tests.support.waits import holds_within


def descendants(pid: int) -> set[int]:
    """The process's children, their children, and so on."""
    children: dict[int, set[int]] = {}
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, set()).add(child)
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        new = children.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def running(pids: Iterable[int]) -> set[int]:
    """Those that still run. A zombie, which only waits to be collected, does not count."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    states = dict(line.split() for line in listed.splitlines())
    return {pid for pid in pids if not states.get(str(pid), "Z").startswith("Z")}


def all_end_within(seconds: float, pids: Iterable[int]) -> bool:
    """Whether all of them end within so many seconds."""
    waiting = set(pids)

    def all_have_ended() -> bool:
        waiting.intersection_update(running(waiting))
        return not waiting

    return holds_within(seconds, all_have_ended)
