"""The object that a recipe uses while it runs for one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar

from pydantic import BaseModel

from liverows.base.clock import Clock
from liverows.base.errors import Permanent
from liverows.base.logger import get_logger, naming_step
from liverows.base.tracing import Span, span
from liverows.base.types import Json, JsonObject
from liverows.database.messages import AwaitedRow, ClaimedJob, PaidCall
from liverows.recipe.environment import RunEnvironment, StepReport
from liverows.recipe.outputs import dump_fields
from liverows.recipe.progress import Progress
from liverows.recipe.step import Step
from liverows.recipe.step_run import StepRun
from liverows.recipe.waiting import WAIT, RowWaits, distinct, named, read, stored

P = ParamSpec("P")
R = TypeVar("R")
ServicesT = TypeVar("ServicesT")
log = get_logger(__name__)


class Context(Generic[ServicesT]):
    """One run of one row, as its recipe sees it.

    `services` is what the recipe's package opened, or None if the package opens nothing. `inputs`
    holds the input columns before validation. `edited` names the output columns that a person had
    changed before this run; the database does not let a result overwrite them. `job`, `progress`
    and `waits`, whether the run has ended in `wait_for`, are for the engine.
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
            steps, job.key, environment.client, environment.clock, environment.progress_interval
        )
        self._steps = frozenset(steps)
        self._outputs = outputs
        self._environment = environment
        self._warnings: dict[str, str | None] = {}
        self._waits: Counter[str] = Counter()
        self.waits = False
        self._checkpoints: dict[tuple[str, str, str], Json] = {
            (stored.step, stored.version, stored.input_hash): stored.output
            for stored in job.checkpoints
        }

    @property
    def clock(self) -> Clock:
        """The clock with which this run reads the time and waits; a test may give its own."""
        return self._environment.clock

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes given to `warn`, each once, the earliest first, as `code` or `code: reason`."""
        return tuple(
            code if reason is None else f"{code}: {reason}"
            for code, reason in self._warnings.items()
        )

    def warn(self, code: str, reason: str | None = None) -> None:
        """Note that something is missing from the result, with a stable code like `logo_not_found`.

        The row's owner may read `reason`, so it should be a code too and not the text of an error.
        """
        self._warnings.setdefault(code, reason)

    def warned(self, code: str) -> bool:
        """Whether `warn` was called with this code."""
        return code in self._warnings

    async def publish(self, **outputs: object) -> None:
        """Write these output columns now, before the run has ended.

        A `Transient` error of the database, and a value that the table refuses, are only logged.
        Raises `Permanent` if the output model has no such field or a value does not fit its type.
        Other errors are raised, such as `LeaseLost` or `Cancelled` if this run no longer owns the
        row.
        """
        await self.progress.publish(dump_fields(self._outputs, outputs))

    async def run(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the step's stored result; if none can be read, call the step and store its result.

        If the step fails and has a fallback, the fallback's value is returned (see
        `allows_fallback`). It is not stored, and the run gets the warning `<step>_degraded`. Raises
        the step's last error, `LeaseLost` or `Cancelled` if this run no longer owns the row, and
        `Permanent` if the pipeline does not list the step or if a value does not fit its type.
        """
        if step not in self._steps:
            raise Permanent(
                f"step {step.name} is not among the steps of its pipeline", code="internal"
            )
        input_hash = step.input_hash(*args, **kwargs)
        with naming_step(step.name), self.progress.running(step), span(f"step {step.name}") as here:
            found = await self._found(step, input_hash)
            if found is not None:
                here.note({"liverows.step.outcome": "reused"})
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
            return await self._execute(step, run, here)

    async def wait_for(
        self,
        table: str,
        ids: Iterable[object],
        *,
        timeout: timedelta | None = None,
        stage: str = "Waiting for other rows",
    ) -> dict[str, AwaitedRow]:
        """Return how these rows of an attached table have ended, by key and in the given order.

        If some have not, this run ends here and frees its slot. The row is pending meanwhile, shows
        `stage`, and spends no attempt. When they have ended, the recipe runs again from its
        beginning, with the results of its steps, and this call returns. With `timeout`, counted
        from the first call, it returns then in any case; rows may be pending or processing still.
        Later attempts get the same answer, until a person queues the row again.

        `table` is named with its schema. A key that does not exist counts as `deleted`. Raises
        `Permanent` with code `bad_wait` if the table is not attached, for more than 10,000 rows, or
        if the row would wait for itself; `LeaseLost` or `Cancelled` if this run no longer owns the
        row.
        """
        keys = distinct(ids)
        if not keys:
            return {}
        alike = named(table, keys, 0)
        self._waits[alike] += 1
        place = (WAIT, "1", named(table, keys, self._waits[alike]))
        if place not in self._checkpoints:
            self._checkpoints[place] = await self._awaited(table, keys, place[2], timeout, stage)
        found = {row.id: row for row in read(self._checkpoints[place])}
        return {key: found[key] for key in keys}

    async def _awaited(
        self, table: str, keys: list[str], name: str, timeout: timedelta | None, stage: str
    ) -> Json:
        rows = await self._environment.client.await_rows(
            self.job.key,
            table,
            keys,
            wait=name,
            stage=stage,
            timeout_seconds=None if timeout is None else timeout.total_seconds(),
        )
        if rows is None:
            self.waits = True
            raise RowWaits
        return stored(rows)

    async def idempotency_key(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> str:
        """Return the idempotency key of a paid step's call with these arguments, a uuid as text.

        The key stays the same until the step's result is stored. Inside a step, use
        `liverows.idempotency_key` instead. Raises `LeaseLost` or `Cancelled` if this run no longer
        owns the row.
        """
        input_hash = step.input_hash(*args, **kwargs)
        call = await self._environment.client.begin_call(
            self.job.key, step.name, step.version, input_hash, tries=0
        )
        # With tries=0 the database counts no try, so no daily limit can refuse the request.
        assert isinstance(call, PaidCall)
        return call.key

    async def _execute(self, step: Step[P, R], run: StepRun[R], here: Span) -> R:
        try:
            value = await run.result()
        finally:
            report = run.report()
            here.note(
                {"liverows.step.outcome": report.outcome, "liverows.step.tries": report.attempts}
            )
            self._environment.observe(report)
        result, output = step.settled(value)
        if run.outcome == "fallback":
            self.warn(f"{step.name.replace('-', '_')}_degraded", run.reason)
        else:
            await run.save(output)
            self._checkpoints[step.name, step.version, run.input_hash] = output
        return result

    async def _found(self, step: Step[P, R], input_hash: str) -> tuple[R] | None:
        """Return the stored result in a tuple, because None can be a result. None if nothing can be
        read."""
        key = (step.name, step.version, input_hash)
        if key in self._checkpoints:
            return _readable(step, self._checkpoints[key])
        if step.shareable:
            shared = await self._environment.client.shared_checkpoint(self.job.pipeline, *key)
            if shared is not None:
                return _readable(step, shared.output)
        return None


def _readable(step: Step[P, R], output: Json) -> tuple[R] | None:
    try:
        return (step.load(output),)
    except ValueError as error:
        # The stored JSON does not fit the result's type. The type may have changed without a new
        # version of the step. The step runs again.
        log.warning("checkpoint_unreadable", step_version=step.version, reason=str(error))
        return None
