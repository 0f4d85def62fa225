"""The command `exporter`: the state of the whole queue for Prometheus."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liverows.base.clock import SystemClock
from liverows.base.log import configure_logging
from liverows.base.logger import get_logger
from liverows.base.settings import Settings, load_settings
from liverows.database.opening import opened_client
from liverows.running.health import serving
from liverows.running.queue_metrics import QueueMetrics

log = get_logger(__name__)


def exporter(
    host: Annotated[str, typer.Option(help="Where it listens; 0.0.0.0 in a container.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8081,
) -> None:
    """Serve depth and age of the queue to Prometheus at /metrics, for all workers together.

    It looks at the database when it is asked, at most once in 5 seconds.
    """
    settings = load_settings()
    configure_logging(settings)
    asyncio.run(_serve(settings, host, port))


async def _serve(settings: Settings, host: str, port: int) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with opened_client(settings) as client:
        app = exporter_app(QueueMetrics(client, SystemClock()))
        async with serving(app, host, port) as listens_at:
            log.info("exporter_started", host=host, port=listens_at)
            await stopped.wait()


def exporter_app(metrics: QueueMetrics) -> Starlette:
    """Make the ASGI application that answers `/metrics`."""

    async def read(_request: Request) -> Response:
        return Response(await metrics.render(), headers={"content-type": CONTENT_TYPE_LATEST})

    return Starlette(routes=[Route("/metrics", read)])
