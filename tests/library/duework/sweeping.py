"""A real worker inside the test's process, without any doorbell."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from liverows.testing.one_worker import OneWorker
from tests.library.duework.site import look, owed, site
from tests.support.doorbells import until
from tests.support.paid_service import PaidClient
from tests.support.pipelines.three_steps import pipeline


async def _at_work(done: Callable[[int], bool], client: PaidClient) -> None:
    looks = [0]

    def note(function: str, _arguments: object) -> None:
        looks[0] += function in ("claim", "finish_and_claim")

    dsn = SecretStr(site().database.dsn)
    try:
        async with OneWorker.at_work(dsn, pipeline, client) as one:
            one.after_call = note
            await until(lambda: done(looks[0]), deadline=60)
            await until(lambda: one.is_idle, deadline=60)
    finally:
        await client.close()


def work_until(done: Callable[[int], bool], *, service_url: str | None = None) -> None:
    """Let one worker run until `done` says so of the number of its looks for rows."""
    site().run(_at_work(done, PaidClient(service_url or site().service.url)))


def a_worker_without_doorbell_finds_a_row() -> None:
    """Raise unless the sweep alone, which every worker makes, brings a row to its end."""
    key = owed()
    work_until(lambda _looks: look(key)["status"] == "completed")
