"""Which combinations are run: all of them, or a cover of every pair within a minute.

There are four things to combine: situation, moment, transport and Postgres version. In the
cover several situations are met in one case, on tables of their own. Each situation is in two
cases, one over each transport and one on each version, and each of them has half of its
moments, so that any two values of any two of the four meet somewhere.
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
"""About so many are in one case of the cover; each is a table and a pipeline of its own."""

Asked = tuple[tuple[Situation, Moment], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What one test is about."""

    asked: Asked
    way: Way
    version: Version

    @property
    def label(self) -> str:
        """A name for pytest, by which `-k` finds it."""
        first, moment = self.asked[0]
        names = [first.name, moment.value]
        if len(self.asked) > 1:
            names = [first.name, "to", self.asked[-1][0].name]
        words = re.sub(r"[^0-9A-Za-z]+", "_", " ".join(names)).strip("_")
        return f"{words}-{self.way}-{self.version}"


def everything() -> Iterator[Case]:
    """Every situation at every moment, alone, over both transports, on both versions."""
    for situation in SITUATIONS:
        for moment in situation.moments:
            for way, version in product(get_args(Way), get_args(Version)):
                yield Case(((situation, moment),), way, version)


def pairwise() -> Iterator[Case]:
    """Few cases in which every pair of values meets."""
    for number, group in enumerate(_groups()):
        crossed = bool(number % 2)
        yield Case(_half(group, 0), "postgres", "15" if crossed else "18")
        yield Case(_half(group, 1), "data-api", "18" if crossed else "15")


def _groups() -> Iterator[list[Situation]]:
    """Situations that stand in the list together: those of one kind, as a rule.

    Settings of the whole database and locks concern neighbours too, and stay apart.
    """
    whole = [one for one in SITUATIONS if not one.not_yet]
    yield from ([one] for one in whole if _is_apart(one))
    group: list[Situation] = []
    for situation in whole:
        if _is_apart(situation):
            continue
        group.append(situation)
        if sum(max(len(one.moments), 2) for one in group) >= 2 * PATIENTS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _half(group: list[Situation], half: int) -> Asked:
    """Every other moment of each situation; one that has a single moment is in both halves."""
    return tuple(
        (situation, moment)
        for place, situation in enumerate(group)
        for moment in situation.moments[(place + half) % 2 :: 2] or situation.moments
    )


def _is_apart(situation: Situation) -> bool:
    return situation.before.startswith("alter database") or situation.name == "all rows are refused"
