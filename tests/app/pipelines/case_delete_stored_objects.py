"""`delete-stored-objects` on a storage server that keeps its objects in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from tests.app.pipelines.attached_table import ALICE
from tests.app.pipelines.cases import Calls, Case, Example, Trouble
from tests.support.fake_storage import KEY, FakeStorage, fake_storage
from tests.support.local_web import local_web
from worker.services import Services
from worker.services.storage import SupabaseStorage
from worker.services.web.client import WebClient

AUDIO = f"{ALICE}/1.mp3"
FOLDER = f"{ALICE}/item/"


class Store:
    """A bucket with a recording and a folder. A test can let it refuse the next removals."""

    def __init__(self, client: WebClient, storage: FakeStorage) -> None:
        self.calls = Calls("delete-objects")
        self.storage = storage
        self.refusals: list[int] = []
        storage.trouble = self._removal
        for path in (AUDIO, f"{FOLDER}a.deepgram.json", f"{FOLDER}b.deepgram.json"):
            storage.objects["interviews", path] = b"x"
        self.files = SupabaseStorage(storage.url, SecretStr(KEY))
        self.providers = Services(web=client, storage=self.files)
        self.keyless = Services(web=client)

    def refuses(self, *statuses: int) -> None:
        self.refusals = list(statuses)

    def _removal(self, method: str, path: str) -> tuple[int, dict[str, Any]] | None:
        if method != "DELETE":
            return None
        self.calls.arrive("delete-objects")
        return (self.refusals.pop(0), {}) if self.refusals else None


@asynccontextmanager
async def store() -> AsyncIterator[Store]:
    async with local_web() as web, web.client() as client, fake_storage() as storage:
        world = Store(client, storage)
        try:
            yield world
        finally:
            world.calls.release("delete-objects")
            await world.files.aclose()


def deletion(*paths: str) -> dict[str, Any]:
    return {"account_id": ALICE, "bucket_id": "interviews", "paths": list(paths)}


CASE = Case(
    world=store,
    forgets=True,
    examples={"main": Example(insert=deletion(AUDIO, FOLDER), expected={})},
    troubles={
        "storage is busy once": Trouble(
            arrange=lambda world: world.refuses(503), status="completed"
        ),
        "storage is down for a while": Trouble(
            arrange=lambda world: world.refuses(503, 503, 503),
            status="pending",
            code="provider_error",
            attempts=2,
        ),
        "storage refuses the key": Trouble(
            arrange=lambda world: world.refuses(403), status="failed", code="provider_auth"
        ),
    },
    invalid={"a path without a name": deletion("/")},
    by_service=True,
)
