"""No user's rows wait because another user has asked for many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import BaseModel, SecretStr

from liverows import Context, Pipeline
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.runner import Runner
from tests.app.companies.asking import PIPELINE, ask_for_many
from tests.library.sql.questions import one
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.queue import Connection
from tests.support.runners import QUICK

SLOTS = 10


class Nothing(BaseModel):
    """No inputs and no outputs, because these tests are only about whose turn it is."""


class Sites:
    """Sites that accept connections but do not answer until the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.most = 0
        self.answer = asyncio.Event()

    async def __call__(self, _context: Context[Any], _ask: Nothing) -> Nothing:
        self.asked += 1
        self.most = max(self.most, self.asked)
        try:
            await self.answer.wait()
        finally:
            self.asked -= 1
        return Nothing()


async def read(_context: Context[Any], _posting: Nothing) -> Nothing:
    return Nothing()


@asynccontextmanager
async def worker_on(database: Database, sites: Sites) -> AsyncIterator[Runner]:
    """A worker with the settings of two shipped pipelines, but with recipes of the test."""
    pipelines: dict[str, Pipeline[Any, Any]] = {}
    for slug, recipe in ((PIPELINE, sites), ("enrich-job-position", read)):
        pipelines[slug] = Pipeline(slug, inputs=Nothing, outputs=Nothing)
        pipelines[slug](recipe)
    store = ContractClient(PostgresTransport(SecretStr(database.dsn)))
    runner = Runner(store, pipelines, None, concurrency=SLOTS, timings=QUICK)
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.stop()
        runner.stop()
        await task
        await store.close()


async def test_a_hundred_sites_that_never_answer_hold_up_only_who_named_them(
    database: Database, alice: Connection, bob: Connection, owner: Connection
) -> None:
    sites = Sites()
    ask_for_many(alice, [f"Company {n}" for n in range(100)])
    async with worker_on(database, sites) as runner:
        await until(lambda: sites.asked == 3)
        bob.execute("insert into public.job_positions (raw_job_description) values ('Baker.')")
        bob.execute("insert into public.company_research (company_name) values ('Umbra')")
        runner.ring("notify")
        finished = "select processing_status = 'completed' from public.job_positions"
        await until(lambda: one(bob, finished))
        await until(lambda: sites.asked == 4)
        sites.answer.set()
        completed = "select status = 'completed' from public.batch_jobs"
        await until(lambda: one(alice, completed), deadline=60)
    assert sites.most <= 4
    assert one(alice, "select completed from public.batch_jobs") == 100


def test_every_pipeline_whose_rows_have_an_owner_limits_what_one_of_them_runs(
    owner: Connection,
) -> None:
    found = owner.execute(
        "select pipeline, concurrency_per_owner, max_open_per_owner from processing.pipelines"
        " where owner_column is not null order by 1"
    ).fetchall()
    assert {"analyse-interview", "company-research", "enrich-job-position"} <= {
        p for p, *_ in found
    }
    for pipeline, at_once, most_open in found:
        assert at_once is not None and at_once < SLOTS, pipeline
        # A row of this pipeline is made when something is deleted, and no limit may refuse that.
        assert most_open is not None or pipeline == "delete-stored-objects", pipeline
