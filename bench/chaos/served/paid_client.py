"""The client of the paid service, with its errors in the words of the library."""

from __future__ import annotations

import os
from contextvars import ContextVar

import httpx
from pydantic import BaseModel

from liverows import RateLimited, Transient, idempotency_headers
from liverows.recipe.resource import Resource

PROVIDER = "paid"
RUN: ContextVar[int] = ContextVar("run", default=0)
"""The run that the recipe works on. As an argument of a step it would hide each checkpoint."""


class Answer(BaseModel):
    """What the service answered, and which run and process got the answer."""

    text: str
    run: int
    process: int


class PaidClient(Resource):
    """Asks the service; each answer is paid for."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=120, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, step: str, thing: int, prompt: str) -> Answer:
        """One paid answer; `RateLimited` or `Transient` if none came."""
        run, process = RUN.get(), os.getpid()
        headers = {**idempotency_headers(), "x-run": str(run), "x-process": str(process)}
        try:
            answer = await self._http.post(f"/{step}/{thing}", headers=headers, content=prompt)
        except httpx.HTTPError as error:
            raise Transient("no answer", detail=type(error).__name__) from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = float(answer.headers["retry-after"])
            raise RateLimited("asked to wait", retry_after=wait, provider=PROVIDER)
        if answer.status_code != httpx.codes.OK:
            raise Transient("no answer", detail=f"HTTP {answer.status_code}")
        if not answer.text.startswith(f"{step}("):
            raise Transient("no answer", detail="not an answer of this service")
        return Answer(text=answer.text, run=run, process=process)
