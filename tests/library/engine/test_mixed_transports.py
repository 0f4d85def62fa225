"""Workers with a database connection and workers with a URL and a key can share a queue."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import BaseModel, SecretStr

from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.data_api import DataApi as DataApiClient
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.context import Context
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.step import Step
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from tests.support.data_api import DataApi
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.samples import PIPELINE, Samples

pytestmark = pytest.mark.needs("postgrest")

ROWS = 60
MOST_ROUNDS = 5


class Sample(BaseModel):
    title: str


class Measured(BaseModel):
    body: str
    count: int


async def measure(title: str) -> int:
    # This takes a little time, so that the first worker does not take all rows before the
    # second one has looked.
    await asyncio.sleep(0.02)
    return len(title)


MEASURE = Step("measure", measure)


def measuring(name: str) -> Pipeline[Sample, Measured]:
    """The pipeline of one worker. It writes the worker's name into the row."""
    pipeline = Pipeline(PIPELINE, inputs=Sample, outputs=Measured, steps=(MEASURE,))

    @pipeline
    async def run(context: Context[None], sample: Sample) -> Measured:
        return Measured(body=name, count=await context.run(MEASURE, sample.title))

    return pipeline


def runner_over(transport: Transport) -> Runner:
    """A runner without a doorbell, so that it looks for rows at short intervals."""
    return Runner(
        ContractClient(transport),
        {PIPELINE: measuring(transport.kind)},
        None,
        concurrency=4,
        timings=RunnerTimings(grace=5, sweep=SweepTimings(calm=0.1, deaf=0.1)),
    )


async def test_both_kinds_of_worker_share_a_queue_and_no_row_is_done_twice(
    database: Database, samples: Samples, data_api: DataApi
) -> None:
    transports: list[Transport] = [
        PostgresTransport(SecretStr(database.dsn_as("service_role"))),
        DataApiTransport(DataApiClient(data_api.url, SecretStr(data_api.secret_key))),
    ]
    runners = [runner_over(transport) for transport in transports]
    try:
        async with asyncio.timeout(240), asyncio.TaskGroup() as running:
            for runner in runners:
                running.create_task(runner.run())
            await until(lambda: samples.count("workers") == 2)
            rows = await shared(samples)
            for runner in runners:
                runner.stop()
    finally:
        for transport in transports:
            await transport.close()
    assert names(samples) == {"postgres", "supabase"}
    endings = samples.run(
        "select kind, count(*), count(distinct row_id) as rows from processing.events"
        # A row that was claimed ahead may be released, and run at the other worker.
        " where kind not in ('step', 'released') group by kind"
    )
    assert endings == [{"kind": "completed", "count": rows, "rows": rows}]
    assert samples.count("leases") == samples.count("workers") == 0


async def shared(samples: Samples) -> int:
    """Add rows until both workers have done some; returns how many.

    On a busy machine one of them may get so little time that the other does all rows of a round.
    """
    rows = 0
    while rows < MOST_ROUNDS * ROWS and len(names(samples)) < 2:
        for number in range(rows, rows + ROWS):
            samples.add(f"row {number}", title="Zoë" * (number % ROWS))
        rows += ROWS
        await until(lambda rows=rows: done(samples) == rows)  # type: ignore[misc] # bound now
    return rows


def names(samples: Samples) -> set[str]:
    """The workers that have written a row."""
    found = samples.run("select distinct body from public.samples where body is not null")
    return {row["body"] for row in found}


def done(samples: Samples) -> int:
    (row,) = samples.run(
        "select count(*) as done from public.samples where processing_status = 'completed'"
    )
    found: int = row["done"]
    return found
