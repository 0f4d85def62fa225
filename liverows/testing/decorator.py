"""The decorator `conformance`, which makes one pytest test for each promise of a pipeline."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

import pytest

from liverows.base.errors import SetupError
from liverows.recipe.pipeline import Pipeline
from liverows.testing.project import Project
from liverows.testing.suite.behaviours import NAMES, Behaviour, Suite
from liverows.testing.suite.subject import RowMaker, Subject
from liverows.testing.suite.unkept import DoesNotApply, Unkept

Check: TypeAlias = "Callable[..., None]"


def conformance(  # noqa: PLR0913 - what the tests must know about a pipeline
    *,
    pipeline: Pipeline[Any, Any],
    row: RowMaker,
    services: Callable[[], Any] | None = None,
    bad_row: RowMaker | None = None,
    edit: Mapping[str, Any] | None = None,
    prepare: Callable[[Project], object] | None = None,
    tolerated: Collection[str] = (),
    skip: Mapping[str, str] | None = None,
    deadline: float = 30.0,
) -> Callable[[Check], Check]:
    """Make one test for each promise of a pipeline. The decorated function checks a completed row.

        @conformance(pipeline=pipeline, row={"body": "Lovely."}, bad_row={"body": " "},
                     services=lambda: Judge(5))
        def test_reviews(ended: Ended) -> None:
            assert ended.row["stars"] == 5

    The function gets the row as its argument `ended`, in each test in which the row must complete.
    Its other arguments are fixtures of pytest. A test that does not apply, because the pipeline
    has no step or a value below is not given, is skipped with the reason.

    `row` and `bad_row` are the columns of a row that completes and of one that is refused: a
    mapping, or a function of the `Project` that returns one and may insert first what it refers to.
    `services` is called once for each test, and gives what the recipe has as `context.services`: as
    its result, or, like the `services` of a package, as an async context manager. Each test calls
    the steps in another order and number, so it must answer each call. `edit` are editable outputs
    with the values that a person writes into them during the run. `prepare` is called with each new
    database, before the first row. `tolerated` names the steps without which the recipe completes a
    row, beside those with a fallback. `skip` names tests to leave out, each with the reason.
    `deadline` is the longest wait in real seconds.

    Raises `SetupError` if an argument does not fit the pipeline.
    """
    subject_of = functools.partial(
        Subject,
        pipeline=pipeline,
        row=row,
        services=services,
        bad_row=bad_row,
        edit=edit,
        prepare=prepare,
        tolerated=tolerated,
        skip=skip or {},
        deadline=deadline,
    )
    _check_arguments(subject_of(check=_unchecked))

    def decorate(check: Check) -> Check:
        _require_plain(check, check.__name__)
        return _test_of(check, subject_of)

    return decorate


def _require_plain(function: object, name: str) -> None:
    """A coroutine or a generator would only be made and never run, and so would pass."""
    asked = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(is_one(function) for is_one in asked):
        raise SetupError(
            f"{name} is a coroutine function or a generator", cure="write a plain `def`"
        )


def _unchecked(_ended: object) -> None:
    return None


def _check_arguments(subject: Subject) -> None:
    slug, steps = subject.pipeline.slug, {step.name for step in subject.pipeline.steps}
    if subject.services is not None and not callable(subject.services):
        raise SetupError(
            f"services of {slug} is no function",
            cure="write services=lambda: …, so that each test gets new ones",
        )
    _require_plain(subject.prepare, f"prepare of {slug}")
    if unknown := sorted(set(subject.tolerated) - steps):
        raise SetupError(
            f"{slug} has no step {', '.join(unknown)}", cure="name steps of the pipeline"
        )
    if unknown := sorted(subject.skip.keys() - set(NAMES)):
        raise SetupError(
            f"there is no test {', '.join(unknown)} to skip", cure=f"choose from {', '.join(NAMES)}"
        )


def _test_of(check: Check, subject_of: Callable[..., Subject]) -> Check:
    """Return the function that pytest calls, once for each test."""
    given: dict[str, Any] = {}
    suite = Suite(subject_of(check=lambda ended: check(ended=ended, **given)))
    behaviours = list(suite.behaviours())

    def test(liverows_databases: Any, behaviour: Behaviour, **fixtures: Any) -> None:
        given.clear()
        given.update(fixtures)
        try:
            asyncio.run(suite.run(behaviour, liverows_databases.new))
        except DoesNotApply as reason:
            pytest.skip(str(reason))
        except Unkept as unkept:
            failure = f"{suite.subject.pipeline.slug}, {behaviour}\n{unkept}"
        else:
            return
        pytest.fail(failure, pytrace=False)

    functools.update_wrapper(test, check)
    test.__signature__ = _signature(check)  # type: ignore[attr-defined] # pytest reads it
    parametrize = pytest.mark.parametrize("behaviour", behaviours, ids=str)
    decorated: Check = parametrize(test)
    return decorated


def _signature(check: Check) -> inspect.Signature:
    """The fixtures that the test needs: its own, and those that the check asks for."""
    asked = dict(inspect.signature(check).parameters)
    if asked.pop("ended", None) is None:
        raise SetupError(f"{check.__name__} has no argument `ended`", cure="add it")
    own = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for name in ("liverows_databases", "behaviour")
    ]
    return inspect.Signature([*own, *asked.values()])
