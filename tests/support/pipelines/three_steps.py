"""A pipeline of three paid steps in a row; each asks the outside service once."""

from __future__ import annotations

import os

from pydantic import BaseModel

from liverows import Context, Pipeline, Retry, Step
from tests.support.paid_service import PaidClient


class Thing(BaseModel):
    id: int


class Said(BaseModel):
    said: str
    by_process: int


async def read(client: PaidClient, thing: int) -> str:
    return await client.ask("read", thing)


async def think(client: PaidClient, thing: int, text: str) -> str:
    return await client.ask("think", thing)


async def write(client: PaidClient, thing: int, thought: str) -> str:
    return await client.ask("write", thing)


PATIENT = Retry(attempts=1)
READ = Step("read", read, retry=PATIENT, timeout=120, paid=True)
THINK = Step("think", think, retry=PATIENT, timeout=120, paid=True)
WRITE = Step("write", write, retry=PATIENT, timeout=120, paid=True)

pipeline = Pipeline("three-steps", inputs=Thing, outputs=Said, steps=(READ, THINK, WRITE))


@pipeline
async def say(context: Context[PaidClient], thing: Thing) -> Said:
    text = await context.run(READ, context.services, thing.id)
    thought = await context.run(THINK, context.services, thing.id, text)
    said = await context.run(WRITE, context.services, thing.id, thought)
    return Said(said=said, by_process=os.getpid())
