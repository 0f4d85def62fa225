"""A pipeline that gives each note a headline."""

from pydantic import BaseModel

from jobs.typesetter import Typesetter
from liverows import Context, Pipeline, Step


class Note(BaseModel):
    """The input columns."""

    body: str


class Headline(BaseModel):
    """The output columns."""

    headline: str


async def set_headline(typesetter: Typesetter, body: str) -> str:
    """Called once for each text. If the row runs again, the stored result is used."""
    return await typesetter.set_in_capitals(body)


SET = Step("set-headline", set_headline, stage="Setting the headline")
pipeline = Pipeline("headline", inputs=Note, outputs=Headline, steps=(SET,))


@pipeline
async def headline(context: Context[Typesetter], note: Note) -> Headline:
    """Run the steps for one row."""
    return Headline(headline=await context.run(SET, context.services, note.body))
