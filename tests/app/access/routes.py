"""Sends each route of the Edge Function, as each person, a request about a row of the owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from devstack.stack import LocalStack
from tests.app.access.people import OWNER, Person, Sender
from tests.app.access.rows import ITEM, POSITION, RECORDING, RESEARCH

PARAGRAPH = {"id": 0, "speaker": 0, "sentence": "Why do you bake?"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `status` is that of the position that it names, which is new for each request."""

    body: Callable[[str], Mapping[str, Any]] | None = None
    parameters: Mapping[str, str] | None = None
    status: str = "pending"


def _body(**fields: Any) -> Callable[[str], Mapping[str, Any]]:
    return lambda _position: fields


def _ids(position: str) -> Mapping[str, Any]:
    return {"ids": [position]}


ROW = {"table": "job_positions"}

CALLS: Mapping[tuple[str, str], Call] = {
    ("GET", "/api/capabilities"): Call(),
    ("GET", "/api/research-status/{jobId}"): Call(parameters={"jobId": RESEARCH}),
    ("PATCH", "/api/job-positions/{id}"): Call(_body(notes="mine"), {"id": POSITION}),
    ("PATCH", "/api/timeline-items/{id}"): Call(_body(title="mine"), {"id": ITEM}),
    ("POST", "/api/job-positions/by-description"): Call(_body(jobDescription="We bake.")),
    ("POST", "/api/job-positions/by-url"): Call(_body(jobUrl="https://jobs.example/2")),
    ("POST", "/api/mock-interview/analyse"): Call(
        _body(transcript=[PARAGRAPH], positionId=POSITION)
    ),
    ("POST", "/api/processing/{table}/cancel"): Call(_ids, ROW),
    ("POST", "/api/processing/{table}/retry"): Call(_ids, ROW, "failed"),
    ("POST", "/api/processing/{table}/{id}/cancel"): Call(_body(), ROW),
    ("POST", "/api/processing/{table}/{id}/reset"): Call(_body(), ROW, "completed"),
    ("POST", "/api/processing/{table}/{id}/retry"): Call(_body(), ROW, "failed"),
    ("POST", "/api/research-batch"): Call(_body(companies=["Umbra"])),
    ("POST", "/api/research-direct"): Call(_body(companyName="Acme", jobPositionId=POSITION)),
    ("POST", "/api/timeline-items/analyse-interview"): Call(
        _body(interviewPath=RECORDING, positionId=POSITION)
    ),
}
"""By method and path: a request about the owner's rows, wherever the route can name a row."""

NAMES_NO_ROW = {
    ("GET", "/api/capabilities"),
    ("POST", "/api/job-positions/by-description"),
    ("POST", "/api/job-positions/by-url"),
    ("POST", "/api/research-batch"),
}
"""Routes that serve each user alike, because a request cannot name a row."""


class Routes:
    """Sends requests to the Edge Function through the gateway."""

    def __init__(
        self,
        stack: LocalStack,
        people: dict[Person, Sender],
        superuser: psycopg.Connection[Any],
    ) -> None:
        self._url = f"{stack.url}/functions/v1"
        self._people = people
        self._superuser = superuser

    def status(self, who: Person, method: str, path: str) -> int:
        """The HTTP status; 404 also if the route changes none of the rows that were asked for."""
        call = CALLS[method, path]
        position = self._position(call.status)
        address = path.format(**{"id": position, **(call.parameters or {})})
        reply = httpx.request(
            method,
            self._url + address,
            headers=self._people[who].headers,
            json=None if call.body is None else call.body(position),
            timeout=60,
        )
        if reply.is_success and reply.json().get("missing"):
            return 404
        return reply.status_code

    def _position(self, status: str) -> str:
        key = str(uuid4())
        self._superuser.execute(
            "insert into public.job_positions (id, account_id, job_url, processing_status)"
            " values (%s, %s, 'https://jobs.example/3', %s)",
            [key, OWNER, status],
        )
        return key
