"""Even the worst row, table or pipeline harms only itself, whatever error it causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import pytest

from tests.library.hostile.course import run_course
from tests.library.hostile.cover import SITUATIONS, Case, Version, everything, pairwise
from tests.library.hostile.raising import SQLSTATES
from tests.library.hostile.situation import Moment
from tests.library.hostile.ward import Ward
from tests.support.data_api import data_api_of
from tests.support.databases import Database

LEAST_SITUATIONS = 80

CROWDED = "trigger_sleeps"
"""Cases whose label begins so are left out here, like those about tables and pipelines: so many
patients are sick at once that the workers do not become calm in time. `make hostile` runs these
cases, and each of their situations alone."""


THE_OTHER_HALF = (1, 3, 4, 6)
"""Of eight cases that follow each other, which are four groups of situations, those that only
`make test-all` runs. The four others have every situation of these groups, and both transports on
both versions."""


ONE_OVER_EACH_TRANSPORT = (7, 18)
"""Of the cases with triggers that raise something, those of the short run. `test_set_aside.py` asks
the SQL about each SQLSTATE."""


def parameters(cases: Iterable[Case]) -> list[object]:
    return [pytest.param(case, id=case.label, marks=list(marks(case))) for case in cases]


def is_short(place: int, case: Case) -> bool:
    """Whether the short run has the case at this place of the selection."""
    if case.label.startswith("trigger_raises"):
        return place in ONE_OVER_EACH_TRANSPORT
    return place % 8 not in THE_OTHER_HALF


def selection() -> Iterator[object]:
    """The parameters of the selection that covers every pair; most of them are thorough tests."""
    for place, case in enumerate(pairwise()):
        thorough = [] if is_short(place, case) else [pytest.mark.thorough]
        yield pytest.param(case, id=case.label, marks=[*marks(case), *thorough])


def marks(case: Case) -> Iterator[pytest.MarkDecorator]:
    if case.way == "data-api":
        yield pytest.mark.needs("postgrest")
    kinds = {situation.kind for situation, _ in case.asked}
    if len(case.asked) > 1 and (case.label.startswith(CROWDED) or kinds & {"table", "pipeline"}):
        yield pytest.mark.hostile


async def run(case: Case, database: Database) -> None:
    with ExitStack() as until_the_end:
        ward = Ward(database, case.asked)
        until_the_end.callback(ward.close)
        api = None
        if case.way == "data-api":
            api = until_the_end.enter_context(data_api_of(database))
        await run_course(ward, api)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", list(selection()))
async def test_sick_rows_cost_only_themselves(
    case: Case, database_of: Callable[[Version], Database]
) -> None:
    await run(case, database_of(case.version))


@pytest.mark.hostile
@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", parameters(everything()))
async def test_a_sick_row_costs_only_itself(
    case: Case, database_of: Callable[[Version], Database]
) -> None:
    await run(case, database_of(case.version))


def test_the_cover_has_every_pair_of_situation_moment_transport_and_version() -> None:
    def pairs(cases: Iterable[Case]) -> set[tuple[str, str]]:
        found = set()
        for case in cases:
            for situation, moment in case.asked:
                values = (situation.name, moment.value, case.way, case.version)
                found |= {(one, other) for one in values for other in values if one != other}
        return found

    assert pairs(pairwise()) == pairs(everything())
    assert len(SITUATIONS) >= LEAST_SITUATIONS
    assert len({situation.name for situation in SITUATIONS}) == len(SITUATIONS)
    assert {moment for situation in SITUATIONS for moment in situation.moments} == set(Moment)


def test_the_short_run_has_every_situation_moment_transport_and_version() -> None:
    def values(cases: Iterable[Case]) -> set[str]:
        asked = [value for case in cases for pair in case.asked for value in pair]
        return {
            *(value.value if isinstance(value, Moment) else value.name for value in asked),
            *(f"{case.way} on {case.version}" for case in cases),
        }

    cases = list(pairwise())
    short = [case for place, case in enumerate(cases) if is_short(place, case)]
    missing = values(cases) - values(short)
    assert missing <= {f"trigger raises {sqlstate}" for sqlstate in SQLSTATES}
