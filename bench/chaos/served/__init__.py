"""The package of pipelines that the attacked workers serve."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.chaos.served import orders
from bench.chaos.served.paid_client import PaidClient
from bench.chaos.served.three_paid import pipeline

SERVICE_URL = "CHAOS_SERVICE_URL"

paid_orders = orders.pipeline

__all__ = ["paid_orders", "pipeline", "services"]


@asynccontextmanager
async def services() -> AsyncIterator[PaidClient]:
    """The client of the paid service, whose address is in the environment."""
    client = PaidClient(os.environ[SERVICE_URL])
    try:
        yield client
    finally:
        await client.close()
