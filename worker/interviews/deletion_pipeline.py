"""The pipeline that removes objects from Storage, such as those of a deleted interview."""

from __future__ import annotations

from pydantic import BaseModel

from liverows import Context, Pipeline, Step
from worker.columns import Count
from worker.interviews.deletion import delete_objects
from worker.sentences import ERRORS
from worker.services import Services


class Deletion(BaseModel):
    """What to remove from one bucket. A path that ends with a slash is a folder."""

    bucket_id: str
    paths: list[str]


class Deleted(BaseModel):
    """How many objects were removed."""

    deleted_count: Count | None = None


DELETE = Step("delete-objects", delete_objects, timeout=120, stage="Removing stored files")

pipeline = Pipeline(
    "delete-stored-objects",
    inputs=Deletion,
    outputs=Deleted,
    steps=(DELETE,),
    sentences=ERRORS,
)


@pipeline
async def delete(context: Context[Services], deletion: Deletion) -> Deleted:
    """Remove the objects. An object that is already gone is no error."""
    count = await context.run(DELETE, context.services.storage, deletion.bucket_id, deletion.paths)
    return Deleted(deleted_count=count)
