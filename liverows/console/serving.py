"""Opens the database, and serves the console until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable

import uvicorn

from liverows.base.errors import SetupError
from liverows.base.listener import listener
from liverows.base.settings import Settings
from liverows.console.access import access_of
from liverows.console.app import console_app
from liverows.console.desk import Desk
from liverows.database.login import Login
from liverows.database.opening import Way, has_sessions, opened_client, way_of
from liverows.doorbells.doorbell import Doorbell
from liverows.doorbells.notify import NotifyDoorbell
from liverows.running.process import realtime_doorbell

_GRACE_SECONDS = 1


async def serve_console(
    settings: Settings, on_ready: Callable[[str], None], secrets: Iterable[str] = ()
) -> None:
    """Serve the console until SIGTERM or Ctrl-C. `on_ready` is called with its address.

    No page shows one of the `secrets`, or a secret of the settings.
    Raises `SetupError` if others could use it without signing in, if the address is taken, or if
    the database cannot be used.
    """
    with _listening(settings.console_host, settings.console_port) as bound:
        port = bound.getsockname()[1]
        access = access_of(settings, settings.console_host, port)
        way = way_of(settings)
        # Prepared statements save a round trip and the planning of each call.
        prepared = isinstance(way, Login) and await has_sessions(way)
        async with opened_client(settings, prepared=prepared, way=way) as client:
            await client.check_contract()
            desk = Desk(client)
            app = console_app(
                settings,
                access,
                desk,
                doorbells=lambda: doorbells_of(settings, way, desk),
                # Browsers keep one set of cookies for all ports of a machine.
                cookie=f"liverows_console_{port}",
            )
            app.state.console.pages.hide(secrets)
            server = uvicorn.Server(
                uvicorn.Config(
                    app,
                    ws="none",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    # Otherwise a client could choose under which address its tries are counted.
                    proxy_headers=False,
                    timeout_graceful_shutdown=_GRACE_SECONDS,
                )
            )
            on_ready(settings.console_url or _address(settings.console_host, port))
            await server.serve(sockets=[bound])


def doorbells_of(settings: Settings, way: Way, desk: Desk) -> list[Doorbell]:
    """Return what rings for new rows. Their pings take turns with the reads of live pages."""

    async def ping(nonce: str) -> None:
        await desk.ask_in_turn("ping_doorbell", nonce=nonce)

    async def ping_realtime(nonce: str) -> None:
        await desk.ask_in_turn("ping_doorbell", nonce=nonce, channel="realtime")

    if isinstance(way, Login):
        return [NotifyDoorbell(way, ping, application_name="liverows console")]
    return list(realtime_doorbell(settings, ping_realtime, []))


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listening(host: str, port: int) -> socket.socket:
    # uvicorn itself would end the process if the address is in use.
    try:
        return listener(host, port)
    except OSError as error:
        raise SetupError(
            f"cannot serve the console at {host}:{port}: {error.strerror or error}",
            cure="set LIVEROWS_CONSOLE_HOST and LIVEROWS_CONSOLE_PORT to a free address, "
            "or use --port; port 0 picks one",
            code="console_address",
        ) from error
