"""A pipeline that gives each note a headline."""

from pydantic import BaseModel

from jobs.typesetter import Typesetter
from liverows import Context, Pipeline, Step


class Note(BaseModel):
    """The input columns of the table."""

    body: str


class Headline(BaseModel):
    """The output columns of the table."""

    headline: str


async def set_headline(typesetter: Typesetter, body: str) -> str:
    """Make the headline. If the result is stored, a retry of the row usually reuses the result."""
    return await typesetter.set_in_capitals(body)


SET = Step("set-headline", set_headline, stage="Setting the headline")
pipeline = Pipeline("headline", inputs=Note, outputs=Headline, steps=(SET,))


@pipeline
async def headline(context: Context[Typesetter], note: Note) -> Headline:
    """Run the one step for one row and return the values of its output columns."""
    return Headline(headline=await context.run(SET, context.services, note.body))
