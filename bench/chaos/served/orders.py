"""Orders of users who may be dishonest: a shared answer about the topic, then one for the order."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import UUID

from pydantic import BaseModel

from bench.chaos.served.paid_client import RUN, PaidClient
from bench.chaos.served.three_paid import RETRY, STEP_SECONDS
from liverows import Context, Pipeline, Step, paid, record_usage

SLUG = "paid-orders"
MOST, BILLED = 0.05, 0.03
"""What one request can cost at most, and what it costs, in US dollars."""
ORDER: ContextVar[int] = ContextVar("order", default=0)
"""The order that the recipe works on. As an argument of `look` it would keep others from sharing
the answer."""


class Order(BaseModel):
    id: int
    account: UUID
    topic: str
    wants: str


class Served(BaseModel):
    said: str
    by_run: int


async def _paid_for(client: PaidClient, step: str, prompt: str) -> str:
    async with paid("chaos", cost_usd=MOST):
        answer = await client.ask(step, ORDER.get(), prompt)
        record_usage("chaos", cost_usd=BILLED)
    return answer.text


async def look(client: PaidClient, topic: str) -> str:
    return await _paid_for(client, "look", topic)


async def say(client: PaidClient, looked: str, wants: str) -> str:
    return await _paid_for(client, "say", f"{looked}+{wants}")


LOOK = Step(
    "look", look, retry=RETRY, timeout=STEP_SECONDS, paid=True, keep="content", shareable=True
)
SAY = Step("say", say, retry=RETRY, timeout=STEP_SECONDS, paid=True)

pipeline = Pipeline(SLUG, inputs=Order, outputs=Served, steps=(LOOK, SAY))


@pipeline
async def serve(context: Context[PaidClient], order: Order) -> Served:
    run = context.job.key.run
    RUN.set(run)
    ORDER.set(order.id)
    looked = await context.run(LOOK, context.services, order.topic)
    said = await context.run(SAY, context.services, looked, order.wants)
    return Served(said=said, by_run=run)
