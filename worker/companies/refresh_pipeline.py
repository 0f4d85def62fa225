"""The pipeline that researches companies again at night, before a coming interview.

A row stands for one night. Its store function queues the companies and inserts the next row. If
pg_cron does this, there are no rows.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, JsonValue

from liverows import Context, Pipeline, Step
from worker.companies.schedule import next_night
from worker.services import Services


class Night(BaseModel):
    """The input of a row: the day of its night."""

    due_on: date


class Done(BaseModel):
    """The output of a row: when the next night begins."""

    handover: dict[str, JsonValue] | None = None


PLAN = Step("plan-next-night", next_night, stage="Refreshing companies")

pipeline = Pipeline("refresh-companies", inputs=Night, outputs=Done, steps=(PLAN,))


@pipeline
async def refresh(context: Context[Services], night: Night) -> Done:
    """Compute when the next night begins; the store function needs this time."""
    next_at = await context.run(PLAN, night.due_on)
    return Done(handover={"next_at": next_at.isoformat()})
