"""The list of what the suite tests, and how one of its tests runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from liverows.testing.suite.completing import bad_input, completed, progress, second_round
from liverows.testing.suite.dying import killed_after_step, killed_before_result, stopped_in_step
from liverows.testing.suite.failing import permanent_error, refused_output, transient_error
from liverows.testing.suite.given import Given, calm_run
from liverows.testing.suite.interfering import (
    cancelled_in_step,
    deleted_in_midrun,
    edited_in_midrun,
)
from liverows.testing.suite.subject import Calm, NewProject, Subject
from liverows.testing.suite.trial import told
from liverows.testing.suite.unkept import DoesNotApply, require

Act: TypeAlias = Callable[[Given, str], Awaitable[None]]

ONCE: tuple[Act, ...] = (
    completed,
    killed_before_result,
    bad_input,
    edited_in_midrun,
    deleted_in_midrun,
    refused_output,
    progress,
    second_round,
)
"""These are tested with one row each."""

EACH_STEP: tuple[Act, ...] = (
    killed_after_step,
    stopped_in_step,
    cancelled_in_step,
    transient_error,
    permanent_error,
)
"""These are tested with one row for each step."""

NAMES = tuple(act.__name__ for act in (*ONCE, *EACH_STEP))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One test of the suite; `step` is "" if it is not about one step."""

    act: Act
    step: str = ""

    @property
    def name(self) -> str:
        """What is tested."""
        return self.act.__name__

    def __str__(self) -> str:
        return f"{self.name}[{self.step}]" if self.step else self.name


@dataclass(slots=True)
class Suite:
    """All tests of one pipeline. They share what its undisturbed run was like."""

    subject: Subject
    _calm: Calm | None = field(default=None, init=False)

    def behaviours(self) -> Iterator[Behaviour]:
        """Every test, in the order in which they run."""
        for act in ONCE:
            yield Behaviour(act)
        steps = [step.name for step in self.subject.pipeline.steps] or [""]
        for act in EACH_STEP:
            for step in steps:
                yield Behaviour(act, step)

    async def run(self, behaviour: Behaviour, new_project: NewProject) -> None:
        """Run one test.

        Raises `Unkept`, or what the check of the test raises. Raises `DoesNotApply` if the pipeline
        has nothing to test here.
        """
        if reason := self.subject.skip.get(behaviour.name):
            raise DoesNotApply(reason)
        if behaviour.act in EACH_STEP and not behaviour.step:
            raise DoesNotApply("the pipeline has no steps")
        if self._calm is None:
            self._calm = await calm_run(self.subject, new_project)
        ended = self._calm.ended
        if behaviour.act is not completed:
            hint = "the test [completed] says more"
            require(ended.status == "completed", "an undisturbed row completes", told(ended), hint)
        await behaviour.act(Given(self.subject, new_project, self._calm), behaviour.step)
