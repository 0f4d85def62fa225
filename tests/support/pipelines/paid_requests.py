"""A pipeline with one paid step that makes several requests in a loop, as an agent does."""

from __future__ import annotations

import os

from pydantic import BaseModel

from liverows import ONCE, Context, Pipeline, Step, paid, record_usage
from tests.support.paid_service import PaidClient

MOST = 0.05
BILLED = 0.03
"""What one request can cost at most, and what it costs, in US dollars."""


class Thing(BaseModel):
    id: int
    wants: int


class Said(BaseModel):
    said: str
    by_process: int


async def converse(client: PaidClient, thing: int, requests: int) -> str:
    """Make so many requests; each is reserved before it is made."""
    answer = ""
    for turn in range(requests):
        async with paid("m", cost_usd=MOST):
            answer = await client.ask(f"turn-{turn}", thing)
            record_usage("m", cost_usd=BILLED)
    return answer


CONVERSE = Step("converse", converse, retry=ONCE, timeout=120, paid=True)

pipeline = Pipeline("paid-requests", inputs=Thing, outputs=Said, steps=(CONVERSE,))


@pipeline
async def say(context: Context[PaidClient], thing: Thing) -> Said:
    said = await context.run(CONVERSE, context.services, thing.id, thing.wants)
    return Said(said=said, by_process=os.getpid())
