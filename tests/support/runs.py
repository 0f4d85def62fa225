"""Rows and services for tests of the engine that need no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, RunKey, StoredCheckpoint
from liverows.recipe.context import Context
from liverows.recipe.environment import RunEnvironment, StepReport
from liverows.recipe.step import Step
from tests.support.clock import ManualClock
from tests.support.run_client import RecordingRunClient

KEY = RunKey("public.things", "1", 1)


class Outputs(BaseModel):
    title: str | None = None
    score: float | None = None
    warnings: tuple[str, ...] = ()


def claimed(
    inputs: JsonObject | None = None,
    checkpoints: tuple[StoredCheckpoint, ...] = (),
    pipeline: str = "test-things",
) -> ClaimedJob:
    return ClaimedJob(
        key=KEY,
        pipeline=pipeline,
        attempt=1,
        max_attempts=3,
        timeout_seconds=60,
        inputs=inputs or {},
        edited=("title",),
        checkpoints=checkpoints,
        woken_by="notify",
        late_ms=3,
    )


@dataclass
class Bench:
    """Everything around one run, with time that moves by itself and a fixed random number."""

    store: RecordingRunClient = field(default_factory=RecordingRunClient)
    clock: ManualClock = field(default_factory=lambda: ManualClock(hurried=True))
    reports: list[StepReport] = field(default_factory=list)
    closed_for: Callable[[str], float | None] = lambda _provider: None
    chance: float = 0.5

    def environment(self) -> RunEnvironment:
        return RunEnvironment(
            client=self.store,
            clock=self.clock,
            closed_for=self.closed_for,
            observe=self.reports.append,
            random=lambda: self.chance,
        )

    def context(
        self, *steps: Step[Any, Any], checkpoints: Sequence[StoredCheckpoint] = ()
    ) -> Context[None]:
        job = claimed(checkpoints=tuple(checkpoints))
        return Context(job, None, steps, Outputs, self.environment())

    def outcomes(self) -> list[str]:
        return [report.outcome for report in self.reports]
