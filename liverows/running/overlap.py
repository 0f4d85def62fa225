"""How a load is cut into two statements while more rows wait in the database.

This buys throughput for rows of milliseconds and nothing else; a reader who wants to know how
a row is claimed and finished may skip it.

- A large load goes as two halves, each with results and a claim, so that the database
  works on one while Python runs the rows of the other.
- A small load would cost more as halves than it gains. Its claim and its results go
  apart, side by side: the slots are filled again before the results are on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WORTH_A_STATEMENT = 16
"""The least number of results for a second statement. Fewer results wait for the statement under
way. Half a load that is smaller than this costs more as a statement than it gains."""
_WORTH_GOING_APART = 4
"""The least number of rows, as results or as free slots, for a statement with results only or with
a claim only. Fewer travel in one statement, and so in one commit."""


class UnderWay(Protocol):
    """The part of a `Statement` that is used here."""

    @property
    def results(self) -> Sequence[object]:
        """The results that it carries."""

    @property
    def slots(self) -> int:
        """How many rows it asks for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a statement may carry: at most so many `results` (`None`: all), and a claim for `slots`
    rows."""

    slots: int
    results: int | None = None
    is_half: bool = False
    goes_apart: bool = False


def cut_in_two(
    all_slots: int, ahead: int, free: int, results: int, under_way: Sequence[UnderWay]
) -> Cut:
    """How many of the `free` slots and of the `results` the next statement carries.

    `ahead` is how many rows are claimed beyond the slots.
    """
    half = (all_slots + ahead) // 2
    if half >= WORTH_A_STATEMENT:
        return Cut(min(free, half), half, is_half=True)
    enough_results = results >= _WORTH_GOING_APART
    if not under_way:
        claims, writes = free > 0 and enough_results, False
    else:
        other = under_way[0]
        claims = not other.slots and free >= _WORTH_GOING_APART
        writes = not other.results and enough_results
    if claims:
        return Cut(free, 0, goes_apart=True)
    if writes:
        return Cut(0, None, goes_apart=True)
    return Cut(free)
