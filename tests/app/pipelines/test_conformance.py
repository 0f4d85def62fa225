"""The conformance suite of the library's test kit, for each pipeline and its cases.

The first example of a case, `main`, is put to every test; the others to those that depend on which
steps a row runs. Most promises about a step are kept by the library alone, so the short run tests
each of them at some steps of each pipeline, and `make test-all` at every step. What needs the fake
servers of a case is in `test_every_pipeline.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from pydantic_core import to_jsonable_python

import worker
from liverows.recipe.registry import discover
from liverows.testing import Ended, Project
from liverows.testing.servers import ProjectDatabases
from liverows.testing.suite.behaviours import Behaviour, Suite
from liverows.testing.suite.subject import Subject
from liverows.testing.suite.unkept import DoesNotApply
from tests.app.pipelines.attached_table import ALICE
from tests.app.pipelines.cases import Case, Example, World, load_cases

PIPELINES = discover(*worker.PACKAGES)
CASES = load_cases()

TAKING_TURNS = (
    "stopped_in_step", "cancelled_in_step", "transient_error", "permanent_error",
    "killed_after_step",
)  # fmt: skip
"""The promises that the short run tests at every fifth step only, each from another step on, and
only with `main`. That what each step returns comes back from its checkpoint as it was,
`killed_before_result` says of all steps of each example at once."""
OF_EVERY_EXAMPLE = {"completed", "killed_after_step", "killed_before_result", "progress"}
ONCE_IS_ENOUGH = {"completed", "progress"}
"""The promises that the short run tests with `main` only. `test_every_pipeline.py` completes each
example too."""


def subject_of(slug: str, case: Case, example: Example) -> Subject:
    """The case in the form of the kit."""
    return Subject(
        pipeline=PIPELINES[slug],
        row=partial(owned, slug, example.insert),
        check=partial(check, example),
        services=partial(providers, case.world),
        edit=dict([case.edit]) if case.edit else None,
        prepare=sign_up,
    )


def sign_up(project: Project) -> None:
    project.execute("insert into auth.users (id) values (%s)", [ALICE])


def owned(slug: str, values: Mapping[str, Any], project: Project) -> Mapping[str, Any]:
    """The columns, with Alice as the owner of the row if it has one."""
    query = "select owner_column from processing.pipelines where pipeline = %s"
    ((owner,),) = [tuple(found.values()) for found in project.execute(query, [slug])]
    return values if owner is None else {owner: ALICE, **values}


def check(example: Example, ended: Ended) -> None:
    row = {
        name: float(value) if isinstance(value, Decimal) else to_jsonable_python(value)
        for name, value in ended.row.items()
    }
    assert {name: row[name] for name in example.expected} == dict(example.expected)
    example.check(row)


@asynccontextmanager
async def providers(world: Callable[[], AbstractAsyncContextManager[World]]) -> AsyncIterator[Any]:
    async with world() as opened:
        yield opened.providers


def is_short(example: str, behaviour: Behaviour, steps: list[str]) -> bool:
    """Whether the short run tests this with this example, and at this one of the steps."""
    if behaviour.name not in TAKING_TURNS:
        return example == "main" or behaviour.name not in ONCE_IS_ENOUGH
    if behaviour.name == "killed_after_step" and example != "main":
        return False
    turn = steps.index(behaviour.step) + TAKING_TURNS.index(behaviour.name)
    return turn % min(len(TAKING_TURNS), len(steps)) == 0


def every_test() -> Iterator[Any]:
    for slug in sorted(PIPELINES.keys() & CASES.keys()):
        case = CASES[slug]
        steps = [step.name for step in PIPELINES[slug].steps]
        for name, example in case.examples.items():
            suite = Suite(subject_of(slug, case, example))
            for behaviour in suite.behaviours():
                if behaviour.name != "bad_input" and (
                    name == "main" or behaviour.name in OF_EVERY_EXAMPLE
                ):
                    marks = [] if is_short(name, behaviour, steps) else [pytest.mark.thorough]
                    yield pytest.param(
                        suite, behaviour, id=f"{slug}-{name}-{behaviour}", marks=marks
                    )
        main = subject_of(slug, case, case.examples["main"])
        for name, row in case.invalid.items():
            suite = Suite(replace(main, bad_row=partial(owned, slug, row)))
            for behaviour in suite.behaviours():
                if behaviour.name == "bad_input":
                    yield pytest.param(suite, behaviour, id=f"{slug}-{name}-{behaviour}")


@pytest.mark.parametrize(("suite", "behaviour"), list(every_test()))
def test_every_pipeline_keeps_the_promises(
    liverows_databases: ProjectDatabases, suite: Suite, behaviour: Behaviour
) -> None:
    # A step that this row does not run is run by the row of another example.
    with suppress(DoesNotApply):
        asyncio.run(suite.run(behaviour, liverows_databases.new))
