"""Is this worker alive, and would it notice a row? Answered over HTTP.

`/healthz` is for a supervisor that restarts: it fails only when the event loop hangs
(then there is no answer) or stopped being watched, and when no database has answered for
a quarter of an hour: a new process may be given another password or address. `/readyz`
says 503 with the reasons as JSON while a row would wait in vain; where only some
pipelines cannot run, it names them and says 200. `/metrics` is for Prometheus.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liverows.base.clock import Clock
from liverows.base.errors import SetupError
from liverows.base.types import Json, JsonObject
from liverows.database.reachability import Reachability
from liverows.running.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How old each sign of life may be, in seconds."""

    claim: float = 90.0
    sweep: float = 90.0
    heartbeat: float = 15.0
    loop: float = 10.0
    database: float = 900.0


@dataclass(slots=True)
class HealthState:
    """The signs of life that the runner leaves; moments are `Clock.monotonic()`.

    A moment of `None` means "not yet", which is not ready either. `doorbells` says of
    each one whether it heard its own ping lately; `reachability` is the transport's.
    `left_out` are pipelines that cannot run on their table as it is attached: they are
    named, and the worker is ready for its others, unless it `runs_nothing`. `unattached`
    have no table, and map to the call that attaches one.
    """

    claim_finished: float | None = None
    sweep_finished: float | None = None
    heartbeat_answered: float | None = None
    loop_ticked: float | None = None
    database_reachable: bool = False
    draining: bool = False
    doorbells: dict[str, bool] = field(default_factory=dict)
    troubles: tuple[JsonObject, ...] = ()
    """What the database refuses, by pipeline; the worker stays ready for all else."""
    reachability: Reachability = field(default_factory=Reachability)
    left_out: dict[str, SetupError] = field(default_factory=dict)
    unattached: dict[str, str] = field(default_factory=dict)
    runs_nothing: bool = False

    def problems(self, now: float, deadlines: Deadlines) -> list[dict[str, str]]:
        """Why a row would wait in vain, as `code` and `message`; empty when ready."""
        found = {
            "draining": self.draining and "the worker is shutting down",
            "database_unreachable": not self.database_reachable and self._trouble(),
            "claim_stuck": _late("the claim loop", self.claim_finished, now, deadlines.claim),
            "heartbeat_late": _late(
                "the heartbeat", self.heartbeat_answered, now, deadlines.heartbeat
            ),
            "deaf": self._deaf(now, deadlines),
            "no_pipeline": self.runs_nothing and "no pipeline can run on its table as attached",
        }
        return [{"code": code, "message": text} for code, text in found.items() if text]

    def sick_pipelines(self) -> list[dict[str, str]]:
        """The pipelines that are left out, as problems that leave the worker ready."""
        return [
            {"code": "pipeline_left_out", "pipeline": slug, "message": error.message}
            for slug, error in sorted(self.left_out.items())
        ]

    def not_served(self) -> list[Json]:
        """The pipelines that this worker has and does not run, each with its cure, for `status`."""
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
        """Did the event loop's watch stop? Before its first tick it did not."""
        return self.loop_ticked is not None and now - self.loop_ticked > deadlines.loop

    def is_cut_off(self, now: float, deadlines: Deadlines) -> bool:
        """Has no database answered for so long that a new process should try?"""
        return now - self.reachability.answered_at > deadlines.database

    def _trouble(self) -> str:
        trouble = self.reachability.trouble
        if trouble is None:
            return "the database did not answer"
        return f"{trouble.message}; {trouble.cure}" if trouble.cure else trouble.message

    def _deaf(self, now: float, deadlines: Deadlines) -> str:
        if any(self.doorbells.values()):
            return ""
        late = _late("the sweep", self.sweep_finished, now, deadlines.sweep)
        return late and f"no doorbell works and {late}"


def _late(what: str, moment: float | None, now: float, deadline: float) -> str:
    if moment is None:
        return f"{what} has not finished once"
    age = now - moment
    return f"{what} last finished {age:.0f} s ago" if age > deadline else ""


def health_app(
    state: HealthState, metrics: Metrics, clock: Clock, deadlines: Deadlines | None = None
) -> Starlette:
    """The three addresses as an ASGI application."""
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
    """Serve inside the block and yield the port, which the system picks for 0.

    Signals stay with the runner. `SetupError` if the address cannot be taken.
    """
    listener = _listening(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _listening(host: str, port: int) -> socket.socket:
    # Bound here, because uvicorn ends the process when an address is taken.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SetupError(
            f"cannot serve health checks at {host}:{port}: {error.strerror or error}",
            cure="set LIVEROWS_HEALTH_HOST and LIVEROWS_HEALTH_PORT to a free address; "
            "port 0 picks one",
            code="health_address",
        ) from error
