"""Which combinations are run: all of them, or a selection that covers every pair in a minute.

There are four things to combine: situation, moment, transport and Postgres version. In the
selection, one case has several situations, each on its own table. Each situation is in two
cases: one for each transport, and one for each version. Each of the two cases has half of the
situation's moments. So any two values of two different things are together in some case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

from tests.library.hostile import locks, outputs, raising, tables, values
from tests.library.hostile.situation import Moment, Situation

Way = Literal["postgres", "data-api"]
Version = Literal["18", "15"]

SITUATIONS: list[Situation] = [
    *raising.SITUATIONS,
    *outputs.SITUATIONS,
    *values.SITUATIONS,
    *tables.SITUATIONS,
    *locks.SITUATIONS,
]

PATIENTS_AT_ONCE = 14
"""One case of the selection has about so many patients, each with its own table and pipeline."""

Asked = tuple[tuple[Situation, Moment], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The combination that one test runs."""

    asked: Asked
    way: Way
    version: Version

    @property
    def label(self) -> str:
        """The case's name in pytest, for `-k`."""
        first, moment = self.asked[0]
        names = [first.name, moment.value]
        if len(self.asked) > 1:
            names = [first.name, "to", self.asked[-1][0].name]
        words = re.sub(r"[^0-9A-Za-z]+", "_", " ".join(names)).strip("_")
        return f"{words}-{self.way}-{self.version}"


def everything() -> Iterator[Case]:
    """Every situation alone, at every moment, over both transports and on both versions."""
    for situation in SITUATIONS:
        for moment in situation.moments:
            for way, version in product(get_args(Way), get_args(Version)):
                yield Case(((situation, moment),), way, version)


def pairwise() -> Iterator[Case]:
    """A few cases that together contain every pair of values."""
    for number, group in enumerate(_groups()):
        crossed = bool(number % 2)
        yield Case(_half(group, 0), "postgres", "15" if crossed else "18")
        yield Case(_half(group, 1), "data-api", "18" if crossed else "15")


def _groups() -> Iterator[list[Situation]]:
    """Groups of situations that follow each other in the list; mostly they are of one kind.

    Locks and settings of the whole database would affect the other situations too, so each of
    them is a group of its own.
    """
    yield from ([one] for one in SITUATIONS if _is_apart(one))
    group: list[Situation] = []
    for situation in SITUATIONS:
        if _is_apart(situation):
            continue
        group.append(situation)
        if sum(max(len(one.moments), 2) for one in group) >= 2 * PATIENTS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _half(group: list[Situation], half: int) -> Asked:
    """Every second moment of each situation. A situation with one moment only is in both
    halves."""
    return tuple(
        (situation, moment)
        for place, situation in enumerate(group)
        for moment in situation.moments[(place + half) % 2 :: 2] or situation.moments
    )


def _is_apart(situation: Situation) -> bool:
    return situation.before.startswith("alter database") or situation.name == "all rows are refused"
