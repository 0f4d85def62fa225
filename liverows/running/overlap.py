"""Divides the work between two statements while more rows wait in the database.

This only saves time, for rows of milliseconds. A reader who wants to know how a row is claimed and
finished may skip it.

A large load (slots and rows claimed ahead) is cut into two halves: the database works on one half
while Python runs the rows of the other. For a small load, the claim may go apart from the results,
so that the slots are filled before the results are on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

WORTH_A_STATEMENT = 16
"""How many results usually justify a second statement; also the least size of half a load."""
_WORTH_GOING_APART = 4
"""How many ready results are worth a separate statement, and how many free slots a claim beside
one. Otherwise one statement and one commit carry both."""


class UnderWay(Protocol):
    """The part of `Statement` that this module uses."""

    @property
    def results(self) -> Sequence[object]:
        """The results that the statement carries."""

    @property
    def slots(self) -> int:
        """How many rows the statement asks for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a statement may carry: at most `results` results (None: all), and a claim of `slots`.

    `is_half`: one half of a large load. `goes_apart`: only a claim or only results.
    """

    slots: int
    results: int | None = None
    is_half: bool = False
    goes_apart: bool = False


def cut_in_two(
    all_slots: int, ahead: int, free: int, results: int, under_way: Sequence[UnderWay]
) -> Cut:
    """Decide how many of the `free` slots and of the ready `results` the next statement carries.

    `ahead` is how many rows are claimed beyond `all_slots`.
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
