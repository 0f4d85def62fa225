"""Tells over HTTP whether this worker is alive, and whether it would notice a row.

`/healthz` answers 503 when a restart of the process may help. `/readyz` answers 503, with the
reasons as JSON, while the worker is not ready to work on rows. `/metrics` is for Prometheus.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liverows.base.clock import Clock
from liverows.base.errors import SetupError
from liverows.base.listener import listener
from liverows.base.types import Json, JsonObject
from liverows.database.reachability import Reachability
from liverows.running.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many seconds old each sign of life may be.

    `loop` and `database` decide whether the worker is alive, the others whether it is ready.
    """

    claim: float = 90.0
    sweep: float = 90.0
    heartbeat: float = 15.0
    loop: float = 10.0
    database: float = 900.0


@dataclass(slots=True)
class HealthState:
    """What the runner last did, and when: times of `Clock.monotonic()`, or None for "not yet"."""

    claim_finished: float | None = None
    sweep_finished: float | None = None
    heartbeat_answered: float | None = None
    loop_ticked: float | None = None
    database_reachable: bool = False
    draining: bool = False
    doorbells: dict[str, bool] = field(default_factory=dict)
    """Whether each doorbell, by name, heard its own ping lately."""
    troubles: tuple[JsonObject, ...] = ()
    """What is set aside, by pipeline and SQLSTATE, as the last heartbeat's answer says."""
    reachability: Reachability = field(default_factory=Reachability)
    """When the database last answered the transport."""
    left_out: dict[str, SetupError] = field(default_factory=dict)
    """For each pipeline that needs columns which are not attached, the error that says so."""
    unattached: dict[str, str] = field(default_factory=dict)
    """For each pipeline without a table, the SQL call that attaches one."""
    runs_nothing: bool = False
    """Whether no pipeline can run; then the worker is not ready."""

    def problems(self, now: float, deadlines: Deadlines) -> list[dict[str, str]]:
        """Return why the worker is not ready, as `code` and `message`; empty if it is ready."""
        found = {
            "draining": self.draining and "the worker is shutting down",
            "database_unreachable": not self.database_reachable and self._trouble(),
            "claim_stuck": _late(_CLAIM, self.claim_finished, now, deadlines.claim),
            "heartbeat_late": _late(
                _SIGN_OF_LIFE, self.heartbeat_answered, now, deadlines.heartbeat
            ),
            "deaf": self._deaf(now, deadlines),
            "no_pipeline": self.runs_nothing and "no pipeline can run on its table as attached",
        }
        return [{"code": code, "message": text} for code, text in found.items() if text]

    def sick_pipelines(self) -> list[dict[str, str]]:
        """Return the pipelines that are left out, as `code`, `pipeline` and `message`."""
        return [
            {"code": "pipeline_left_out", "pipeline": slug, "message": error.message}
            for slug, error in sorted(self.left_out.items())
        ]

    def not_served(self) -> list[Json]:
        """Return the pipelines that this worker has but does not run, each with reason and cure."""
        lacking: list[Json] = [
            {"pipeline": slug, "attached": True, "reason": error.message, "cure": error.cure}
            for slug, error in sorted(self.left_out.items())
        ]
        return lacking + [
            {
                "pipeline": slug,
                "attached": False,
                "reason": "no table is attached to it",
                "cure": f"run: {call}",
            }
            for slug, call in sorted(self.unattached.items())
        ]

    def hangs(self, now: float, deadlines: Deadlines) -> bool:
        """Whether the watch over the event loop has not reported for `deadlines.loop` seconds."""
        return self.loop_ticked is not None and now - self.loop_ticked > deadlines.loop

    def is_cut_off(self, now: float, deadlines: Deadlines) -> bool:
        """Whether the database has not answered for more than `deadlines.database` seconds."""
        return now - self.reachability.answered_at > deadlines.database

    def _trouble(self) -> str:
        trouble = self.reachability.trouble
        if trouble is None:
            return "the database did not answer"
        return f"{trouble.message}; {trouble.cure}" if trouble.cure else trouble.message

    def _deaf(self, now: float, deadlines: Deadlines) -> str:
        if any(self.doorbells.values()):
            return ""
        late = _late(_SWEEP, self.sweep_finished, now, deadlines.sweep)
        return late and f"no doorbell works and {late}"


class _Words(NamedTuple):
    """How a late thing is told: before it was done once, and when it was done `{age}` s ago."""

    never: str
    ago: str


_CLAIM = _Words(
    "the worker has not asked the database for rows yet",
    "the worker last asked the database for rows {age} s ago, so new rows wait",
)
_SIGN_OF_LIFE = _Words(
    "no sign of life of the worker has reached the database yet",
    "the worker's last sign of life reached the database {age} s ago, so other workers may take "
    "its rows over",
)
_SWEEP = _Words(
    "the worker has not looked through its tables yet",
    "the worker last looked through its tables {age} s ago, so new rows are not noticed",
)


def _late(words: _Words, moment: float | None, now: float, deadline: float) -> str:
    if moment is None:
        return words.never
    age = now - moment
    return words.ago.format(age=round(age)) if age > deadline else ""


def health_app(
    state: HealthState, metrics: Metrics, clock: Clock, deadlines: Deadlines | None = None
) -> Starlette:
    """Make the ASGI application that answers `/healthz`, `/readyz` and `/metrics`."""
    limits = deadlines or Deadlines()

    async def healthz(_request: Request) -> Response:
        now = clock.monotonic()
        ails = {
            "event_loop_blocked": state.hangs(now, limits),
            "database_unreachable": state.is_cut_off(now, limits),
        }
        reasons = [code for code, is_so in ails.items() if is_so]
        if not reasons:
            return JSONResponse({"alive": True})
        return JSONResponse({"alive": False, "reasons": reasons}, status_code=503)

    async def readyz(_request: Request) -> Response:
        problems = state.problems(clock.monotonic(), limits)
        body = {
            "ready": not problems,
            "problems": problems + state.sick_pipelines(),
            "doorbells": state.doorbells,
            "troubles": list(state.troubles),
        }
        return JSONResponse(body, status_code=503 if problems else 200)

    async def read_metrics(_request: Request) -> Response:
        return Response(metrics.render(), headers={"content-type": CONTENT_TYPE_LATEST})

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", read_metrics),
        ]
    )


@asynccontextmanager
async def serving(app: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serve during the block, and yield the port. For port 0 the system picks a free port.

    Raises `SetupError` if the address cannot be used.
    """
    bound = _listening(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            ws="none",  # otherwise uvicorn loads a WebSocket library, if one is installed
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[bound]), name="health")
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        bound.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _listening(host: str, port: int) -> socket.socket:
    # uvicorn itself would end the process if the address is in use.
    try:
        return listener(host, port)
    except OSError as error:
        raise SetupError(
            f"cannot serve health checks at {host}:{port}: {error.strerror or error}",
            cure="set LIVEROWS_HEALTH_HOST and LIVEROWS_HEALTH_PORT to a free address; "
            "port 0 picks one",
            code="health_address",
        ) from error
