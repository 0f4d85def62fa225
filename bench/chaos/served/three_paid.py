"""Three paid steps in a row. The result says which run and which lease made it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from bench.chaos.served.paid_client import PROVIDER, RUN, Answer, PaidClient
from liverows import Context, Pipeline, Retry, Step

SLUG = "three-paid"
STEPS = ("read", "think", "write")
RETRY = Retry(attempts=3, first_wait=0.1, max_wait=0.5, longest_wait=0.5)
STEP_SECONDS = 4.0


class Wish(BaseModel):
    id: int
    wants: str


class Made(BaseModel):
    """`said` is made from `wants` by all steps. `draft` is published after the first one."""

    said: str
    by_run: int
    by_nonce: str
    trail: list[Answer]
    draft: str
    draft_run: int
    handover: dict[str, Any] | None = None


def _asking(step: str) -> Callable[[PaidClient, int, str], Awaitable[Answer]]:
    async def ask(client: PaidClient, thing: int, prompt: str) -> Answer:
        return await client.ask(step, thing, prompt)

    return ask


CALLS = tuple(
    Step(
        name, _asking(name), retry=RETRY, timeout=STEP_SECONDS, paid=True, provider=PROVIDER
    )
    for name in STEPS
)  # fmt: skip

pipeline = Pipeline(SLUG, inputs=Wish, outputs=Made, steps=CALLS)


@pipeline
async def make(context: Context[PaidClient], wish: Wish) -> Made:
    run = context.job.key.run
    RUN.set(run)
    text, trail = wish.wants, []
    for step in CALLS:
        answer = await context.run(step, context.services, wish.id, text)
        text = answer.text
        trail.append(answer)
        if step is CALLS[0]:
            await context.publish(draft=text, draft_run=run)
    return Made(
        said=text,
        by_run=run,
        by_nonce=context.job.key.nonce,
        trail=trail,
        draft=trail[0].text,
        draft_run=run,
        handover={"run": run},
    )


def expected(wants: str) -> str:
    """The right result for this input."""
    for step in STEPS:
        wants = f"{step}({wants})"
    return wants
