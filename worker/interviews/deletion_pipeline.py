"""The pipeline that removes the Storage objects of deleted rows, because SQL cannot do it."""

from __future__ import annotations

from pydantic import BaseModel

from liverows import Context, Pipeline, Step
from worker.columns import Count
from worker.interviews.deletion import delete_objects
from worker.services import Services


class Deletion(BaseModel):
    """Objects of one bucket; a path that ends with a slash means a whole folder."""

    bucket_id: str
    paths: list[str]


class Deleted(BaseModel):
    """How many objects were removed."""

    deleted_count: Count | None = None


DELETE = Step("delete-objects", delete_objects, timeout=120, stage="Removing stored files")

pipeline = Pipeline("delete-stored-objects", inputs=Deletion, outputs=Deleted, steps=(DELETE,))


@pipeline
async def delete(context: Context[Services], deletion: Deletion) -> Deleted:
    """Remove the objects. A repeated run finds none left, which is no error."""
    count = await context.run(DELETE, context.services.storage, deletion.bucket_id, deletion.paths)
    return Deleted(deleted_count=count)
