"""The promises of `delete-stored-objects` besides those of every pipeline."""

from __future__ import annotations

import pytest

from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.case_delete_stored_objects import AUDIO, FOLDER, deletion, store
from tests.app.pipelines.workshop import at_work
from tests.support.databases import Connections, Database
from worker.interviews.deletion_pipeline import pipeline


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug, by_service=True)


async def test_objects_and_whole_folders_are_removed_and_nothing_else(desk: Table) -> None:
    async with store() as world, at_work(desk, pipeline, world.providers) as workshop:
        kept = ("interviews", f"{FOLDER.removesuffix('/')}-of-another/a.deepgram.json")
        world.storage.objects[kept] = b"x"
        row_id = desk.insert(deletion(AUDIO, FOLDER, "never/was.mp3"))
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
    assert (row["processing_status"], row["deleted_count"]) == ("completed", 3)
    assert world.storage.objects.keys() == {kept}


async def test_without_access_to_storage_explain_says_which_setting_is_missing(
    desk: Table,
) -> None:
    async with store() as world, at_work(desk, pipeline, world.keyless) as workshop:
        row_id = desk.insert(deletion(AUDIO))
        workshop.look()
        row = await desk.reaches(row_id, "completed", "failed")
    assert row["processing_error"]["code"] == "provider_not_configured"
    assert "SUPABASE_SECRET_KEY" in desk.explained(row_id)
    assert ("interviews", AUDIO) in world.storage.objects
