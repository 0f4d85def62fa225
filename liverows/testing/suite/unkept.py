"""How a failed test of the suite says what it found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LONGEST_VALUE = 200


class Unkept(AssertionError):
    """A pipeline does not keep a promise. `hint` says where to look for the cause."""

    def __init__(self, promised: str, seen: str, hint: str = "") -> None:
        self.promised, self.seen, self.hint = promised, seen, hint
        lines = [f"promised: {promised}", f"seen:     {seen}"]
        super().__init__("\n".join([*lines, f"hint:     {hint}"] if hint else lines))


class DoesNotApply(Exception):
    """The pipeline, or what the test says about it, lacks what this test is about."""


def require(kept: bool, promised: str, seen: str, hint: str = "") -> None:
    """Raise `Unkept` unless the promise is kept."""
    if not kept:
        raise Unkept(promised, seen, hint)


@contextmanager
def promising(promised: str) -> Iterator[None]:
    """Add the promise to an error that the test's own check of a row raises."""
    try:
        yield
    except Unkept:
        raise
    except Exception as error:
        error.add_note(f"promised: {promised}")
        raise


def shown(value: Any) -> str:
    """Return a value as source, cut if it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
