"""A small but complete project: its Data API, a worker with all pipelines, and paid services.

Its users have only the publishable key and their own token.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
from pydantic import SecretStr

import worker.companies.pipeline
import worker.interviews.pipeline
import worker.positions.pipeline
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.pipeline import Pipeline
from liverows.running.runner import Runner
from tests.app.abuse.bill import Till
from tests.app.pipelines.case_analyse_interview import ANSWERS, LINES
from tests.app.pipelines.workshop import TIMINGS
from tests.support.company_world import FOR_ROLE, REPORT
from tests.support.data_api import DataApi
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.fake_deepgram import (
    FakeDeepgram,
    Line,
    SpeechReply,
    SpeechRequest,
    fake_deepgram,
)
from tests.support.fake_openai import Answer, FakeOpenAI, Request, fake_openai
from tests.support.fake_storage import KEY, FakeStorage, fake_storage
from tests.support.local_web import LocalWeb, answer, local_web
from tests.support.queue import Connection
from tests.support.sounds import wav
from worker.services import Services
from worker.services.opening import open_services
from worker.services.web.polite import PoliteWeb
from worker.settings import ServiceSettings

PIPELINES: dict[str, Pipeline[Any, Any]] = {
    each.pipeline.slug: each.pipeline
    for each in (
        worker.interviews.pipeline,
        worker.companies.pipeline,
        worker.positions.pipeline,
    )
}
FINAL = ("completed", "failed", "cancelled")
HOLD_SECONDS = 120.0


class User:
    """A user who has signed up. It can do what a browser can do."""

    def __init__(self, api: DataApi, user_id: str) -> None:
        self.id = user_id
        token = api.token_of(user_id)
        self._http = httpx.AsyncClient(
            base_url=f"{api.url}/rest/v1",
            headers={
                "apikey": api.publishable_key,
                "authorization": f"Bearer {token}",
                "prefer": "return=representation",
            },
            timeout=30,
        )

    async def insert(self, table: str, *rows: dict[str, Any]) -> list[str]:
        """Insert rows; returns their ids, or none if the database refuses."""
        reply = await self._http.post(f"/{table}", json=list(rows))
        return [row["id"] for row in reply.json()] if reply.is_success else []

    async def update(self, table: str, row_id: str, **values: Any) -> bool:
        """Change a row; returns whether the database accepted the change."""
        reply = await self._http.patch(f"/{table}?id=eq.{row_id}", json=values)
        return reply.is_success

    async def delete(self, table: str, row_id: str) -> None:
        """Delete a row of this user."""
        await self._http.delete(f"/{table}?id=eq.{row_id}")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class Venue:
    """The project, and the user who plays a trick on it."""

    def __init__(
        self, owner: Connection, storage: FakeStorage, web: LocalWeb, deepgram: FakeDeepgram,
        openai: FakeOpenAI,
    ) -> None:  # fmt: skip
        self.owner, self.storage, self.web = owner, storage, web
        self.till = Till(deepgram, openai)
        self.user: User
        self.runner: Runner
        self._may_answer, self._may_think = threading.Event(), threading.Event()
        self.is_deaf = self.is_babbling = False
        self.lines: Sequence[Line] = LINES
        """What the speech service hears in every recording."""
        deepgram.script(self._speak)
        openai.script(self._think)
        self.forgive()

    def hold_speech(self) -> None:
        """Let the speech service wait before it answers."""
        self._may_answer.clear()

    def hold_model(self) -> None:
        """Let the model wait before it answers."""
        self._may_think.clear()

    def forgive(self) -> None:
        """Let every service answer again, at once and without errors."""
        self._may_answer.set()
        self._may_think.set()
        self.is_deaf = self.is_babbling = False

    def upload(self, name: str, owner: str | None = None) -> dict[str, Any]:
        """Upload the user's recording under this name; returns a row that asks for its analysis."""
        path = f"{owner or self.user.id}/{name}.wav"
        self.storage.objects["interviews", path] = wav()
        return {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": path}

    def site(self, host: str) -> dict[str, Any]:
        """Put a company's site online; returns the row that asks about the company."""
        self.web.routes[f"{host}/"] = answer(
            f"<!doctype html><title>{host}</title><p>We build.</p>"
        )
        return {"company_name": "Acme", "company_url": f"https://{host}/"}

    def look(self) -> None:
        """Ring the runner, because no doorbell does it here."""
        self.runner.ring("notify")

    def status(self, table: str, row_id: str) -> str | None:
        """A row's status; None if it is gone."""
        found = self.owner.execute(
            f"select processing_status::text from public.{table} where id = %s", [row_id]
        ).fetchone()
        return found[0] if found else None

    async def ended(self, table: str, *row_ids: str, deadline: float = 60) -> None:
        """Wait until the rows have ended, with or without a result."""
        self.look()
        await until(
            lambda: all(self.status(table, each) in (*FINAL, None) for each in row_ids),
            deadline=deadline,
        )

    async def settled(self) -> None:
        """Wait until no row of this user is being worked on."""
        query = "select 1 from processing.leases where owner = %s"
        await until(lambda: not self.owner.execute(query, [self.user.id]).fetchall(), deadline=60)

    def _speak(self, _request: SpeechRequest) -> SpeechReply:
        self._may_answer.wait(HOLD_SECONDS)
        return SpeechReply() if self.is_deaf else SpeechReply.of(self.lines)

    def _think(self, request: Request) -> Answer:
        self._may_think.wait(HOLD_SECONDS)
        if self.is_babbling:
            return Answer(text="Sure! Here you are.")
        form = request.body["response_format"]["json_schema"]["name"]
        if form in ANSWERS:
            return Answer.of(ANSWERS[form][1])
        known = {"RoleReport": FOR_ROLE, "CompanyReport": REPORT}
        return Answer.of(known.get(form, {"facts": []}))


def _settings(
    database: Database, storage: FakeStorage, deepgram: FakeDeepgram, openai: FakeOpenAI
) -> ServiceSettings:
    return ServiceSettings(
        _env_file=None,
        supabase_url=storage.url,
        supabase_secret_key=SecretStr(KEY),
        supabase_db_url=SecretStr(database.dsn_as("service_role")),
        openai_api_key=SecretStr("sk-test"),
        openai_base_url=openai.base_url,
        openai_api_style="chat",
        deepgram_api_key=SecretStr("dg"),
        deepgram_base_url=deepgram.base_url,
    )


@asynccontextmanager
async def venue(
    database: Database,
    connect: Connections,
    pipelines: Mapping[str, Pipeline[Any, Any]] = PIPELINES,
) -> AsyncIterator[Venue]:
    """The project with a running worker, which runs these pipelines."""
    async with (
        local_web() as web,
        web.client() as client,
        fake_storage() as storage,
        fake_deepgram(SpeechReply()) as deepgram,
        fake_openai() as openai,
        open_services(_settings(database, storage, deepgram, openai)) as opened,
    ):
        place = Venue(connect(database), storage, web, deepgram, openai)
        # All services are local, so no request leaves this machine.
        services: Services = replace(
            opened, web=client, site=PoliteWeb(client, spacing=0), github=None, search=None
        )
        store = ContractClient(PostgresTransport(SecretStr(database.dsn_as("service_role"))))
        place.runner = Runner(store, pipelines, dict.fromkeys(pipelines, services), timings=TIMINGS)
        work = asyncio.create_task(place.runner.run())
        try:
            yield place
        finally:
            place.forgive()
            place.runner.stop()
            await asyncio.wait_for(work, 60)
            await store.close()


@asynccontextmanager
async def signed_up(place: Venue, api: DataApi) -> AsyncIterator[None]:
    """Sign up a new user, who plays the trick, and begin a new bill."""
    user_id = str(uuid4())
    place.owner.execute("insert into auth.users (id) values (%s)", [user_id])
    place.user = User(api, user_id)
    place.till.clear()
    try:
        yield
    finally:
        place.forgive()
        await place.settled()
        await place.user.aclose()
