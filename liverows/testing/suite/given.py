"""What each test of the suite starts from."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from liverows.testing.suite.subject import Calm, NewProject, Subject
from liverows.testing.suite.trial import Trial
from liverows.testing.suite.unkept import DoesNotApply

_COMPLETES = "a row completes with its outputs"


@dataclass(frozen=True, slots=True)
class Given:
    """A subject, the way to new databases, and what an undisturbed run was like."""

    subject: Subject
    new_project: NewProject
    calm: Calm

    def trial(self) -> AbstractAsyncContextManager[Trial]:
        """A new database for one more row."""
        return Trial.of(self.subject, self.new_project)

    def must_run(self, step: str) -> None:
        """Raise `DoesNotApply` if the row of the test does not run this step."""
        if step not in self.calm.calls:
            raise DoesNotApply(f"the row of this test does not run the step {step}")

    def must_store(self, step: str) -> None:
        """Raise `DoesNotApply` if the step stores no result for the row of the test."""
        self.must_run(step)
        if not self.calm.stored.get(step):
            raise DoesNotApply(f"the step {step} stores no result for the row of this test")

    def last_step(self) -> str:
        """The step that begins last; raises `DoesNotApply` if there is none."""
        if not self.calm.calls:
            raise DoesNotApply("no step runs during which something could happen to the row")
        return list(self.calm.calls)[-1]


async def calm_run(subject: Subject, new_project: NewProject) -> Calm:
    """Run the row without any disturbance, and note which steps ran."""
    async with Trial.of(subject, new_project) as trial:
        row = trial.insert()
        async with trial.worker() as worker:
            ended = await trial.end_of(row, worker, _COMPLETES)
        return Calm(ended, trial.stored_by_step(row), trial.steps.count("began"))
