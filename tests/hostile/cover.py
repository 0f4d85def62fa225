"""Which combinations are run: all of them, or a cover of every pair within a minute.

There are four things to combine: situation, moment, transport and Postgres version. In the
cover all moments of a situation are met in one case, on tables of their own, together with a
few other situations; each situation is in two cases, once over each transport and once on each
version, so that any two values of any two of the four meet somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Literal, get_args

from tests.hostile import locks, outputs, raising, tables, values
from tests.hostile.situation import Moment, Situation

Way = Literal["postgres", "data-api"]
Version = Literal["18", "15"]

SITUATIONS: list[Situation] = [
    *raising.SITUATIONS,
    *outputs.SITUATIONS,
    *values.SITUATIONS,
    *tables.SITUATIONS,
    *locks.SITUATIONS,
]

PATIENTS_AT_ONCE = 26
"""In one case of the cover; each is a table, which takes a twentieth of a second to attach."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one test is about."""

    asked: tuple[tuple[Situation, Moment], ...]
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
    for number, asked in enumerate(_groups()):
        crossed = bool(number % 2)
        yield Case(asked, "postgres", "15" if crossed else "18")
        yield Case(asked, "data-api", "18" if crossed else "15")


def _groups() -> Iterator[tuple[tuple[Situation, Moment], ...]]:
    """Situations that stand in the list together: those of one kind, as a rule.

    Settings of the whole database and locks concern neighbours too, and stay apart.
    """
    whole = [one for one in SITUATIONS if not one.not_yet]
    apart = [one for one in whole if _is_apart(one)]
    for situation in apart:
        yield tuple((situation, moment) for moment in situation.moments)
    rest = iter([(one, moment) for one in whole if not _is_apart(one) for moment in one.moments])
    while group := tuple(islice(rest, PATIENTS_AT_ONCE)):
        yield group


def _is_apart(situation: Situation) -> bool:
    return situation.before.startswith("alter database") or situation.name == "all rows are refused"
