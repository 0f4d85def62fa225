"""A row that names others, such as `2,3`, waits for them between two paid steps. The others ask
once."""

from __future__ import annotations

import os

from pydantic import BaseModel

from liverows import Context, Pipeline, Retry, Step
from tests.support.paid_service import PaidClient


class Thing(BaseModel):
    id: int
    wants: str | None = None


class Said(BaseModel):
    said: str
    by_process: int


async def read(client: PaidClient, thing: int) -> str:
    return await client.ask("read", thing)


async def write(client: PaidClient, thing: int) -> str:
    return await client.ask("write", thing)


PATIENT = Retry(attempts=1)
READ = Step("read", read, retry=PATIENT, timeout=120, paid=True)
WRITE = Step("write", write, retry=PATIENT, timeout=120, paid=True)

pipeline = Pipeline("fan-out", inputs=Thing, outputs=Said, steps=(READ, WRITE))


@pipeline
async def say(context: Context[PaidClient], thing: Thing) -> Said:
    said = await context.run(READ, context.services, thing.id)
    if thing.wants:
        rows = await context.wait_for("public.things", thing.wants.split(","))
        await context.run(WRITE, context.services, thing.id)
        said = " ".join(row.status for row in rows.values())
    return Said(said=said, by_process=os.getpid())
