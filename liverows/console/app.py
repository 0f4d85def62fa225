"""The ASGI application of the console, and its server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import (
    ContractMismatch,
    DatabaseTrouble,
    InvalidInput,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.base.log import secrets_of
from liverows.base.settings import Settings
from liverows.console.access import Access
from liverows.console.budgets import remove_budget, set_budget, show_budget, show_budgets
from liverows.console.bulk import Bulks
from liverows.console.bulk_pages import (
    live_bulk,
    plan_bulk,
    show_bulk,
    show_choice,
    start_bulk,
    stop_bulk,
)
from liverows.console.desk import Desk
from liverows.console.entrance import show_sign_in, sign_in, sign_out
from liverows.console.guard import HEADERS, SIGN_IN, Guard, guarded
from liverows.console.live import Live, LiveTimings, Reading
from liverows.console.overview import Overview
from liverows.console.pipelines import (
    limit_pipeline,
    pause_pipeline,
    show_pipeline,
    show_pipelines,
)
from liverows.console.records import show_log, show_system
from liverows.console.rendering import Pages
from liverows.console.row import act_on_row, live_row, show_row
from liverows.console.rows import live_failures, live_rows, show_failures, show_rows
from liverows.console.sessions import Sessions
from liverows.console.sign_in import Attempts
from liverows.console.state import Console, console_of, may_go_on, page
from liverows.doorbells.doorbell import Doorbell

_STATIC = Path(__file__).parent / "static"


def console_app(
    settings: Settings,
    access: Access,
    desk: Desk,
    *,
    doorbells: Callable[[], list[Doorbell]] = list,
    timings: LiveTimings | None = None,
    clock: Clock | None = None,
    cookie: str = "liverows_console",
) -> Starlette:
    """Make the application. `doorbells` are opened while somebody looks at a live page."""
    pages = Pages(secrets_of(settings))
    monotonic = (clock or SystemClock()).monotonic
    sessions = Sessions(monotonic)

    def show_trouble(message: str) -> str:
        return pages.render("trouble.html", {"message": message})

    bulks = Bulks(desk)
    app = _framed(Middleware(Guard, access=access, sessions=sessions, cookie=cookie), bulks)
    app.state.console = Console(
        desk=desk,
        access=access,
        sessions=sessions,
        attempts=Attempts(monotonic),
        pages=pages,
        live=Live(doorbells, show_trouble, timings),
        overview=Overview(desk),
        bulks=bulks,
    )
    return app


def _framed(guard: Middleware, bulks: Bulks) -> Starlette:
    """Make an application of the routes and the guard, which closes `bulks` at its end."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await bulks.close()

    return Starlette(
        routes=routes(),
        middleware=[guard],
        exception_handlers={
            WorkerError: _explain,
            HTTPException: _say_status,
            Exception: _say_nothing,
        },
        lifespan=lifespan,
    )


def routes() -> list[BaseRoute]:
    """Return the addresses of the console. Each form but that of the sign-in is `guarded`."""
    return [
        Route("/", show_overview),
        Route("/live/overview", live_overview),
        Route("/rows", show_rows),
        Route("/live/rows", live_rows),
        Route("/failures", show_failures),
        Route("/live/failures", live_failures),
        Route("/row", show_row),
        Route("/row", guarded(act_on_row), methods=["POST"]),
        Route("/live/row", live_row),
        Route("/bulk", show_choice),
        Route("/bulk", guarded(plan_bulk), methods=["POST"]),
        Route("/bulk/{key}", show_bulk),
        Route("/bulk/{key}/start", guarded(start_bulk), methods=["POST"]),
        Route("/bulk/{key}/stop", guarded(stop_bulk), methods=["POST"]),
        Route("/live/bulk/{key}", live_bulk),
        Route("/pipelines", show_pipelines),
        Route("/pipeline", show_pipeline),
        Route("/pipeline/pause", guarded(pause_pipeline), methods=["POST"]),
        Route("/pipeline/limits", guarded(limit_pipeline), methods=["POST"]),
        Route("/budgets", show_budgets),
        Route("/budget", show_budget),
        Route("/budget", guarded(set_budget), methods=["POST"]),
        Route("/budget/remove", guarded(remove_budget), methods=["POST"]),
        Route("/log", show_log),
        Route("/system", show_system),
        Route(SIGN_IN, show_sign_in),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route("/sign-out", guarded(sign_out), methods=["POST"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


async def show_overview(request: Request) -> Response:
    """Show the whole queue."""
    console = console_of(request)
    return page(request, "overview.html", await console.overview.read(console.desk.ask))


async def live_overview(request: Request) -> Response:
    """Send the overview as it changes."""
    console = console_of(request)

    async def read() -> Reading:
        seen = await console.overview.read(console.desk.ask_in_turn)
        return Reading(console.pages.render("overview_live.html", seen), busy=seen["busy"])

    return console.live.stream(("overview",), read, may_go_on(request))


async def _explain(request: Request, error: Exception) -> Response:
    """Show an error of the contract as a page that says what to do."""
    assert isinstance(error, WorkerError)
    cure = error.cure if isinstance(error, SetupError | DatabaseTrouble) else None
    context = {"message": error.message, "cure": cure}
    return page(request, "error.html", context, status=_status_of(error))


async def _say_nothing(_request: Request, _error: Exception) -> Response:
    """Answer for a mistake of the console itself; the server logs it."""
    return PlainTextResponse("The console has made a mistake. Its log says which.", 500, HEADERS)


def _status_of(error: WorkerError) -> int:
    if isinstance(error, Transient | ContractMismatch):
        return 503
    if error.code == "not_found":
        return 404
    return 400 if isinstance(error, InvalidInput) else 409


async def _say_status(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {404: "There is no such page.", 405: "This address takes another kind of request."}
    message = known.get(error.status_code, error.detail)
    return page(request, "error.html", {"message": message}, status=error.status_code)
