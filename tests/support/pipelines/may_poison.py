"""A pipeline with one paid step.

A row marked as poison then ends the process, like a crash in C.
"""

from __future__ import annotations

import os

from pydantic import BaseModel

from liverows import ONCE, Context, Pipeline, Step
from tests.support.paid_service import PaidClient


class Thing(BaseModel):
    id: int
    poison: bool


class Said(BaseModel):
    said: str
    by_process: int


async def swallow(client: PaidClient, thing: int, poison: bool) -> str:
    answer = await client.ask("swallow", thing)
    if poison:
        os._exit(66)
    return answer


SWALLOW = Step("swallow", swallow, retry=ONCE, timeout=120)

pipeline = Pipeline("may-poison", inputs=Thing, outputs=Said, steps=(SWALLOW,))


@pipeline
async def say(context: Context[PaidClient], thing: Thing) -> Said:
    said = await context.run(SWALLOW, context.services, thing.id, thing.poison)
    return Said(said=said, by_process=os.getpid())
