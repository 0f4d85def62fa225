"""The measured pipelines, which do next to nothing, and their tables."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel

from bench.journal import Journal
from bench.worker_config import WorkerConfig
from liverows import Context, Pipeline, Step

PIPELINE = "bench-noop"
TABLE = "bench_rows"


class Body(BaseModel):
    """The input column."""

    body: str


class Done(BaseModel):
    """The output column."""

    result: str


def schema(*, owners: bool = True, pipelines: int = 1) -> str:
    """The SQL that creates and attaches a table for each pipeline."""
    return "".join(_attached(number, owners) for number in range(1, pipelines + 1))


def pipelines_of(config: WorkerConfig, journal: Journal) -> dict[str, Pipeline[Body, Done]]:
    """The pipelines that a worker serves, by slug. The rows of a measurement have the first."""
    made = [_pipeline(number, config, journal) for number in range(1, config.pipelines + 1)]
    return {pipeline.slug: pipeline for pipeline in made}


def _attached(number: int, owners: bool) -> str:
    table = f"public.{_numbered(TABLE, '_', number)}"
    owner = ", owner => 'account_id'" if owners else ""
    return f"""
    create table {table} (
        id uuid primary key default gen_random_uuid(),
        account_id uuid not null,
        body text not null,
        result text
    );
    select processing.attach('{table}', '{_numbered(PIPELINE, "-", number)}',
        inputs => '{{body}}', outputs => '{{result}}', lease => '20 seconds'{owner});
    """


def _numbered(name: str, separator: str, number: int) -> str:
    return name if number == 1 else f"{name}{separator}{number}"


async def _echo(body: str) -> str:
    """The function of every step. Its result has the size of the row."""
    return body


def _pipeline(number: int, config: WorkerConfig, journal: Journal) -> Pipeline[Body, Done]:
    steps = tuple(Step(f"step-{step}", _echo) for step in range(1, config.steps + 1))
    slug = _numbered(PIPELINE, "-", number)
    pipeline = Pipeline(slug, inputs=Body, outputs=Done, steps=steps, claim_ahead=config.ahead)

    @pipeline
    async def noop(context: Context[None], row: Body) -> Done:
        journal.started(context.job.key.row_id)
        for step in steps:
            await context.run(step, row.body)
        if config.seconds:
            await asyncio.sleep(config.seconds)
        return Done(result="ok")

    return pipeline
