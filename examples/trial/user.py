"""The user of a trial, who asks by the Edge Function and reads by the Data API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from devstack.stack import sign_up
from examples.trial.project import Project, TrialFailed
from examples.trial.rows import Asked

OPEN = {"pending", "processing"}
LOOK_SECONDS = 0.25
SHOWN = "id,processing_status,processing_error,processing_attempts"


class User:
    """A signed-in user of a project. Every answer is read with the rights of the user."""

    def __init__(self, user_id: str, http: httpx.AsyncClient) -> None:
        self.id = user_id
        self._http = http
        self._file = ""

    async def upload(self, file: Path) -> str:
        """Upload a recording into the bucket of interviews; returns its path there.

        The name of the file stays here, because it may name a person.
        """
        name = f"recording{file.suffix.lower()}"
        path = f"{self.id}/{name}"
        content = await asyncio.to_thread(file.read_bytes)
        # Set before the upload, which may succeed although its answer is lost.
        self._file = path
        answer = await self._http.post(
            f"/storage/v1/object/interviews/{path}",
            files={"file": (name, content, f"audio/{file.suffix.lower()[1:]}")},
        )
        _check(answer)
        return path

    async def ask(self, one: Asked) -> str:
        """Ask for a row; returns its id."""
        if one.route is None:
            answer = await self._http.post(
                f"/rest/v1/{one.table}",
                params={"select": "id"},
                json=one.body,
                headers={"prefer": "return=representation"},
            )
            _check(answer)
            return str(answer.json()[0]["id"])
        answer = await self._http.post(f"/functions/v1/api{one.route}", json=one.body)
        _check(answer)
        added = answer.json()
        return str(added.get("id") or added["jobId"])

    async def look(self, one: Asked, row_id: str) -> dict[str, Any]:
        """The state of a row."""
        answer = await self._http.get(
            f"/rest/v1/{one.table}", params={"id": f"eq.{row_id}", "select": SHOWN}
        )
        _check(answer)
        row: dict[str, Any]
        [row] = answer.json()
        return row

    async def all_ended(self, ids: Mapping[str, Asked]) -> None:
        """Wait until all rows have ended."""
        for row_id, one in ids.items():
            while (await self.look(one, row_id))["processing_status"] in OPEN:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)

    async def remove_file(self) -> None:
        """Delete what was uploaded."""
        if self._file:
            files = {"prefixes": [self._file]}
            _check(await self._http.request("DELETE", "/storage/v1/object/interviews", json=files))


@asynccontextmanager
async def signed_up(project: Project) -> AsyncIterator[User]:
    """A new user; the account is deleted at the end of the block, with its rows and files."""
    try:
        new = await asyncio.to_thread(sign_up, project.url, project.publishable_key)
    except (httpx.HTTPError, KeyError) as error:
        raise TrialFailed(
            "a user could not sign up: switch e-mail confirmation off in a project for tests "
            f"({type(error).__name__})"
        ) from error
    headers = {"apikey": project.publishable_key, "authorization": f"Bearer {new.access_token}"}
    async with httpx.AsyncClient(base_url=project.url, headers=headers, timeout=60) as http:
        user = User(new.id, http)
        try:
            yield user
        finally:
            await _remove(project, user)


async def _remove(project: Project, user: User) -> None:
    """Remove the user's file and the user, each also if the other cannot be removed."""
    left = []
    try:
        await user.remove_file()
    except (TrialFailed, httpx.HTTPError) as error:
        left.append(f"the uploaded recording ({error})")
    try:
        async with await psycopg.AsyncConnection.connect(project.db_url) as owner:
            await owner.execute("delete from auth.users where id = %s", [user.id])
    except psycopg.Error as error:
        left.append(f"the user {user.id} ({error})")
    if left:
        raise TrialFailed(f"the trial could not remove {' and '.join(left)}")


def _check(answer: httpx.Response) -> None:
    if answer.is_error:
        path = answer.request.url.path
        raise TrialFailed(f"{path} answers {answer.status_code}: {answer.text[:500]}")
