"""Every night: ask again for companies with an interview ahead and research that is old.

The row is the schedule: its store function asks for them (`refresh_due_companies`) and makes
the next night's row. Where pg_cron is installed it does the former, and there are no rows.
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
    """When to do it again; what is due tonight is found in SQL."""

    handover: dict[str, JsonValue] | None = None


PLAN = Step("plan-next-night", next_night, stage="Refreshing companies")

pipeline = Pipeline("refresh-companies", inputs=Night, outputs=Done, steps=(PLAN,))


@pipeline
async def refresh(context: Context[Services], night: Night) -> Done:
    """Hand over when the next night is."""
    next_at = await context.run(PLAN, night.due_on)
    return Done(handover={"next_at": next_at.isoformat()})
