"""What a recipe holds while it runs for one row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar

import structlog
from pydantic import BaseModel
from structlog.contextvars import bound_contextvars

from liverows.base.clock import Clock
from liverows.base.errors import Permanent
from liverows.base.types import Json, JsonObject
from liverows.database.messages import ClaimedJob, PaidCall
from liverows.recipe.outputs import dump_fields
from liverows.recipe.progress import Progress
from liverows.recipe.step import Step
from liverows.recipe.step_run import RunEnvironment, StepReport, StepRun

P = ParamSpec("P")
R = TypeVar("R")
ServicesT = TypeVar("ServicesT")
log = structlog.get_logger(__name__)


class Context(Generic[ServicesT]):
    """One run of one row, seen from its recipe.

    `services` are those of the package, `inputs` the raw input columns, `edited` the
    outputs that a person changed and that no result overwrites. `job` and `progress`
    are for the engine.
    """

    def __init__(
        self,
        job: ClaimedJob,
        services: ServicesT,
        steps: Sequence[Step[Any, Any]],
        outputs: type[BaseModel],
        environment: RunEnvironment,
    ) -> None:
        self.services = services
        self.inputs: JsonObject = job.inputs
        self.edited: frozenset[str] = frozenset(job.edited)
        self.job = job
        self.progress = Progress(
            steps, job.key, environment.store, environment.clock, environment.progress_interval
        )
        self._steps = frozenset(steps)
        self._outputs = outputs
        self._environment = environment
        self._warnings: dict[str, str | None] = {}
        self._checkpoints: dict[tuple[str, str, str], Json] = {
            (stored.step, stored.version, stored.input_hash): stored.output
            for stored in job.checkpoints
        }

    @property
    def clock(self) -> Clock:
        """Where the run reads time and waits; a test turns it by hand."""
        return self._environment.clock

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes given to `warn`, each once, in order, as `code` or `code: reason`."""
        return tuple(
            code if reason is None else f"{code}: {reason}"
            for code, reason in self._warnings.items()
        )

    def warn(self, code: str, reason: str | None = None) -> None:
        """Note what the result lacks, as a stable word like `logo_not_found`.

        `reason` is a stable word too, such as an error's code: the row's owner reads it.
        The first reason stays. The recipe decides which of its outputs shows `warnings`.
        """
        self._warnings.setdefault(code, reason)

    def warned(self, code: str) -> bool:
        """Whether `warn` was given this code, for whatever reason."""
        return code in self._warnings

    async def publish(self, **outputs: object) -> None:
        """Show output columns before the run has ended; written at once.

        `Permanent` for a name or a value that the output model does not have.
        """
        await self.progress.publish(dump_fields(self._outputs, outputs))

    async def run(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The step's result: from an earlier run, or by calling it now.

        Raises the error of its last try if that has no fallback, a long `RateLimited`
        in any case, and `LeaseLost` or `Cancelled` when the row is no longer ours. A
        fallback's value adds the warning `<step>_degraded: <code of the error>`.
        """
        if step not in self._steps:
            raise Permanent(
                f"step {step.name} is not among the steps of its pipeline", code="internal"
            )
        input_hash = step.input_hash(*args, **kwargs)
        with bound_contextvars(step=step.name), self.progress.running(step):
            found = await self._found(step, input_hash)
            if found is not None:
                self._environment.observe(StepReport(self.job.pipeline, step.name, "reused"))
                return found[0]
            run = StepRun(
                step,
                partial(step.function, *args, **kwargs),
                partial(step.fallback, *args, **kwargs) if step.fallback else None,
                self._environment,
                self.job,
                input_hash,
                pays=step.can_pay(*args, **kwargs),
            )
            return await self._execute(step, run)

    async def idempotency_key(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> str:
        """The key that the call of a paid step with these arguments has in this round.

        A uuid: the same for every try and every run of the round, another one for other
        arguments and for the next round. Inside a step a provider has it from
        `liverows.recipe.idempotency`. Raises `LeaseLost` or `Cancelled`.
        """
        input_hash = step.input_hash(*args, **kwargs)
        call = await self._environment.store.begin_call(
            self.job.key, step.name, step.version, input_hash, tries=0
        )
        assert isinstance(call, PaidCall)  # a question for the key uses nothing
        return call.key

    async def _execute(self, step: Step[P, R], run: StepRun[R]) -> R:
        try:
            value = await run.result()
        finally:
            self._environment.observe(run.report())
        result, output = step.settled(value)
        if run.outcome == "fallback":
            self.warn(f"{step.name.replace('-', '_')}_degraded", run.reason)
        else:
            await run.store(output)
            self._checkpoints[step.name, step.version, run.input_hash] = output
        return result

    async def _found(self, step: Step[P, R], input_hash: str) -> tuple[R] | None:
        """The stored result, in a tuple because `None` is a result too."""
        key = (step.name, step.version, input_hash)
        if key in self._checkpoints:
            return _readable(step, self._checkpoints[key])
        if step.shareable:
            shared = await self._environment.store.shared_checkpoint(self.job.pipeline, *key)
            if shared is not None:
                return _readable(step, shared.output)
        return None


def _readable(step: Step[P, R], output: Json) -> tuple[R] | None:
    try:
        return (step.load(output),)
    except ValueError as error:
        # The result's type changed and the step's version did not: run it again.
        log.warning("checkpoint_unreadable", step_version=step.version, reason=str(error))
        return None
