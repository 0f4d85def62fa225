"""What the suite must know about a pipeline, and a database in which one row of it is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from liverows.recipe.pipeline import Pipeline
from liverows.recipe.step import Step
from liverows.testing.project import Ended, Project

RowMaker: TypeAlias = "Mapping[str, Any] | Callable[[Project], Mapping[str, Any]]"
"""The columns to insert, or a function that returns them and may first make what they refer to."""

NewProject: TypeAlias = "Callable[[], AbstractContextManager[Project]]"
"""Makes a new database with the migrations of the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A pipeline under test; the fields are the arguments of `conformance`."""

    pipeline: Pipeline[Any, Any]
    row: RowMaker
    check: Callable[[Ended], object]
    services: Callable[[], Any] | None = None
    bad_row: RowMaker | None = None
    edit: Mapping[str, Any] | None = None
    prepare: Callable[[Project], object] | None = None
    tolerated: Collection[str] = ()
    skip: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 30.0

    def step(self, name: str) -> Step[Any, Any]:
        """The step of this name."""
        return next(step for step in self.pipeline.steps if step.name == name)

    def survives(self, name: str) -> bool:
        """Whether a row may complete although this step has failed for good."""
        return self.step(name).fallback is not None or name in self.tolerated

    @asynccontextmanager
    async def opened_services(self) -> AsyncIterator[Any]:
        """What the recipe has as `context.services`, new for each test."""
        made = self.services() if self.services else None
        if isinstance(made, AbstractAsyncContextManager):
            async with made as opened:
                yield opened
        else:
            yield made

    def columns(self, maker: RowMaker, project: Project) -> Mapping[str, Any]:
        """The columns to insert into a table of this database."""
        return maker(project) if callable(maker) else maker


@dataclass(frozen=True, slots=True)
class Calm:
    """What an undisturbed run of the row was like.

    `stored` counts the results that each step stored. `calls` counts the calls of each step that
    ran, in the order in which the steps began.
    """

    ended: Ended
    stored: Mapping[str, int]
    calls: Mapping[str, int]
