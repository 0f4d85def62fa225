"""Both ways to a test's database, and what a worker does over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from liverows.database.client import Asked, ContractClient
from liverows.database.contract import Transport
from liverows.database.messages import ClaimedJob, NewCheckpoint, Result
from tests.support.data_api import DataApi
from tests.support.databases import Database
from tests.support.samples import PIPELINE

TEXT = "Zoë naïve “café” — 漢字, עברית, \N{PILE OF POO}, a\tb\r\nc, \\ and \" and {'}"
MEGABYTE = "漢é" * 200_000


@dataclass
class Link:
    """One way to the test's database; `api` is the Data API in between, if there is one."""

    database: Database
    connected: Callable[[], Transport]
    api: DataApi | None
    stores: list[ContractClient] = field(default_factory=list)

    def store(self, **settings: Any) -> ContractClient:
        """A store for a new worker."""
        store = ContractClient(self.connected(), **settings)
        self.stores.append(store)
        return store


async def claim_one(store: ContractClient) -> ClaimedJob:
    claimed = await store.claim(Asked([PIPELINE]), 1, sweep=False, woken_by="notify")
    (job,) = claimed.jobs
    return job


def checkpoint(output: Any = "read", **settings: Any) -> NewCheckpoint:
    values: dict[str, Any] = {
        "step": "read-page",
        "version": "1",
        "input_hash": "a" * 64,
        "output": output,
        "keep": "round",
        "max_age_seconds": None,
        "shareable": False,
        "attempts": 2,
        "seconds": 0.25,
        "usage": None,
    }
    return NewCheckpoint(**(values | settings))


def completed(job: ClaimedJob, **outputs: Any) -> Result:
    return Result(job.key, job.pipeline, "complete", {"outputs": outputs, "handover": None})
