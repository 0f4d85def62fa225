"""Which tests a run leaves out because of their markers, and how to run them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

TARGETS = {
    "thorough": "make test-all",
    "hostile": "make hostile",
    "chaos": "make chaos",
    "model": "make model",
    "any_version": "make test",
    "on_oldest": "make test-oldest",
}
"""For each marker that a usual run leaves out, what runs its tests."""

_COUNTED = pytest.StashKey[Counter[str]]()
_SENT = "left_out"


def count(items: Sequence[pytest.Item]) -> None:
    """Remember tests that pytest has deselected, if that is because of their markers."""
    markers = [next((m for m in TARGETS if item.get_closest_marker(m)), None) for item in items]
    # Otherwise `-k` has deselected them, and the user knows.
    if items and all(markers):
        _counted(items[0].config).update(marker for marker in markers if marker)


def send(config: pytest.Config) -> None:
    """In a worker process of xdist, hand the counts to the process that prints the summary."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[_SENT] = dict(_counted(config))


def receive(config: pytest.Config, output: dict[str, Any]) -> None:
    """Take over a worker's counts. Each worker collects every test, so those that say something
    say the same."""
    counted = _counted(config)
    counted |= Counter(output.get(_SENT, {}))


def lines(config: pytest.Config) -> Iterator[str]:
    """For the end of a run: how many tests of each kind were left out, and what runs them."""
    counted = _counted(config)
    for marker, target in TARGETS.items():
        if counted[marker]:
            yield f"left out: {counted[marker]} {marker} tests, which `{target}` runs"


def _counted(config: pytest.Config) -> Counter[str]:
    return config.stash.setdefault(_COUNTED, Counter())
