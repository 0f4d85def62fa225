"""The two workers of a case, and the recipe for all rows of its ward."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from liverows import Context, Step
from liverows.database.contract import Transport
from liverows.database.data_api import DataApi as DataApiClient
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.wake import SweepTimings
from tests.library.hostile.situation import Moment
from tests.library.hostile.ward import ELSEWHERE, OTHERS, Patient, Ward
from tests.support.data_api import DataApi
from tests.support.runners import QUICK, LiveRunner, Thing, working
from tests.support.things import Things

SLOTS = 60
TIMINGS = replace(QUICK, sweep=SweepTimings(calm=0.5, deaf=0.5), grace=2, progress_interval=0.5)


class Asked(Thing):
    """Any row of a ward. The recipe ignores its values, and its key may have been removed."""

    model_config = ConfigDict(extra="allow")

    id: Any = None
    wants: Any = None


class Answered(BaseModel):
    said: Any = None
    note: Any = None
    score: Any = None
    handover: Any = None


class Crew:
    """Both workers of a case; `desks` are set when they work."""

    def __init__(self, ward: Ward, api: DataApi | None) -> None:
        self.desks: list[LiveRunner] = []
        self.opened = asyncio.Event()
        self._inside: dict[str, set[Any]] = {}
        self._ward = ward
        self._api = api
        self._patients = {patient.pipeline: patient for patient in ward.patients}
        self._step = Step("read", self._read)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run both workers. The first one also serves `others`, the second one `elsewhere`."""
        async with (
            self._worker(OTHERS, worker=self._ward.first_worker) as first,
            self._worker(ELSEWHERE) as second,
        ):
            self.desks = [first, second]
            yield

    async def ready(self) -> None:
        """Wait until those rows are running that must be running when the sickness begins."""
        waited = [patient for patient in self._ward.here() if patient.waits_at_the_gate]
        await self.until(
            lambda: [
                f"{patient} does not run"
                for patient in waited
                if len(self._inside.get(patient.pipeline, ())) < len(patient.keys)
            ],
            "the rows run",
            seconds=120,
        )
        await self.beats(1)

    async def until(self, lacking: Callable[[], list[str]], what: str, *, seconds: float) -> None:
        """Wait until nothing is lacking. `AssertionError` names what is still lacking, or says
        that a worker has ended."""
        clock = asyncio.get_running_loop()
        deadline = clock.time() + seconds
        while missing := await asyncio.to_thread(lacking):
            self.check_alive()
            assert clock.time() < deadline, f"not within {seconds} s: {what}: {missing[:12]}"
            await asyncio.sleep(0.02)
        self.check_alive()

    def check_alive(self) -> None:
        """Check that no worker has ended."""
        for desk in self.desks:
            if desk.task.done():
                raise AssertionError(f"a worker ended: {desk.task.exception()!r}")

    async def beats(self, count: int) -> None:
        """Wait for so many more heartbeats of both workers."""
        beaten = self.has_beaten(count)
        await self.until(
            lambda: [] if beaten() else ["heartbeat"], "both workers beat", seconds=120
        )

    def has_beaten(self, count: int = 2) -> Callable[[], bool]:
        """Tells later whether both workers have begun so many heartbeats more. With two, one of
        them has been answered since this call."""
        reached = [desk.calls["heartbeat"] + count for desk in self.desks]
        return lambda: all(
            desk.calls["heartbeat"] >= wanted
            for desk, wanted in zip(self.desks, reached, strict=True)
        )

    def asked(self) -> Counter[str]:
        """How often both workers have called each function, without the calls of their timers."""
        calls: Counter[str] = sum((desk.calls for desk in self.desks), Counter())
        for regular in ("heartbeat", "ping_doorbell"):
            del calls[regular]
        return calls

    def _worker(self, own: str, **more: Any) -> Any:
        return working(
            Things(self._ward.database),
            self._recipe,
            slugs=(own, *self._ward.slugs()),
            inputs=Asked,
            outputs=Answered,
            steps=[self._step],
            concurrency=SLOTS,
            listens=self._api is None,
            transport=self._transport(),
            timings=TIMINGS,
            **more,
        )

    def _transport(self) -> Transport:
        if self._api is not None:
            return DataApiTransport(DataApiClient(self._api.url, SecretStr(self._api.secret_key)))
        return PostgresTransport(SecretStr(self._ward.database.dsn_as("service_role")))

    async def _read(self, pipeline: str, place: int, cured: bool) -> Any:
        stored = self._patients[pipeline].situation.stored
        return "stored" if cured else stored[place % len(stored)]

    async def _recipe(self, context: Context[Any], _asked: Thing) -> Answered:
        patient = self._patients.get(context.job.pipeline)
        key = context.job.key.row_id
        if patient is None or key not in patient.keys:
            return Answered(said="done")
        if patient.waits_at_the_gate:
            self._inside.setdefault(patient.pipeline, set()).add(key)
            await self.opened.wait()
        return await self._sick(context, patient, patient.keys.index(key))

    async def _sick(self, context: Context[Any], patient: Patient, place: int) -> Answered:
        cured, answers = self._ward.cured, patient.situation.answers
        answer = {} if cured else answers[place % len(answers)]
        if patient.moment is Moment.CHECKPOINT:
            await context.run(self._step, patient.pipeline, place, cured)
        elif patient.moment is Moment.PROGRESS:
            await context.publish(**(answer or {"note": "early"}))
        return Answered(**{"said": "done", **answer})
