"""The command `console`: the web page for operators."""

from __future__ import annotations

import asyncio
import webbrowser
from contextlib import suppress
from typing import Annotated

import typer

from liverows.base.errors import SetupError
from liverows.base.extras import CONSOLE_CURE, has_console
from liverows.base.log import configure_logging
from liverows.base.settings import load_settings
from liverows.cli.program import program
from liverows.cli.show import console as terminal


def console(
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; LIVEROWS_CONSOLE_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="LIVEROWS_CONSOLE_PORT; 0 picks a free one."),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Serve a web page on which operators see the queue and act on its rows, until Ctrl-C.

    On this machine's own address nobody has to sign in; see LIVEROWS_CONSOLE_PASSWORD for others.
    """
    if not has_console():
        raise SetupError("the console needs the library's extra console", cure=CONSOLE_CURE)
    from liverows.console.serving import serve_console

    given = {"console_host": host, "console_port": port}
    settings = load_settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    configure_logging(settings)

    def ready(address: str) -> None:
        terminal.print(f"{address} (Ctrl-C ends it)")
        if open_browser:
            webbrowser.open(address)

    with suppress(KeyboardInterrupt):
        asyncio.run(serve_console(settings, ready, program().secrets()))
