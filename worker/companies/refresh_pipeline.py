"""Every night, research those companies again that have a coming interview and old results.

The row is the schedule. Its store function starts the research (`refresh_due_companies`) and
inserts the row of the next night. If pg_cron is installed, pg_cron calls
`refresh_due_companies`, and there are no rows.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, JsonValue

from liverows import Context, Pipeline, Step
from worker.companies.schedule import next_night
from worker.services import Services


class Night(BaseModel):
    """The night that this row stands for."""

    due_on: date


class Done(BaseModel):
    """When to run again. The companies that are due tonight are found in SQL."""

    handover: dict[str, JsonValue] | None = None


PLAN = Step("plan-next-night", next_night, stage="Refreshing companies")

pipeline = Pipeline("refresh-companies", inputs=Night, outputs=Done, steps=(PLAN,))


@pipeline
async def refresh(context: Context[Services], night: Night) -> Done:
    """Compute when the next night begins, for the store function."""
    next_at = await context.run(PLAN, night.due_on)
    return Done(handover={"next_at": next_at.isoformat()})
