"""Pauses Python's garbage collector while modules are imported."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector; at the end, exempt all objects that exist then.

    Imports make many objects that live as long as the process, and the collector would look at
    them again and again. That is an eighth of the time of the imports of a worker. The exemption
    also shortens the collector's pauses while rows run.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
