"""Serves the console for a measured database: the application of `liverows console`.

Only the pause between two readings of live pages is left out, so that a reading is measured and not
the wait for its turn.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from pydantic import SecretStr
from starlette.applications import Starlette

from bench.conversation import hear, say
from liverows.base.settings import Settings
from liverows.console.access import Access
from liverows.console.app import console_app
from liverows.console.desk import Desk
from liverows.console.overview import Overview
from liverows.database.opening import opened_client
from liverows.running.health import serving

_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleConfig:
    """The login of the database."""

    dsn: str


async def main() -> None:
    """Serve until `stop` is read or the input ends.

    `quiet` is answered when nobody looks at a live page any more, `forget` when the overview has
    nothing left of what it has read.
    """
    lines = await hear()
    config = ConsoleConfig(**json.loads(await lines.readline()))
    settings = Settings(_env_file=None, supabase_db_url=SecretStr(config.dsn))
    access = Access(hosts=None, secure=False, operator="bench", ways=())
    async with opened_client(settings, prepared=True) as client:
        await client.check_contract()
        app = console_app(settings, access, Desk(client, pause=0))
        told: dict[str, Callable[[Starlette], Awaitable[None]]] = {
            "quiet": _quiet, "forget": _forget,
        }  # fmt: skip
        async with serving(app, "127.0.0.1", 0) as port:
            say("ready", url=f"http://127.0.0.1:{port}")
            while (line := (await lines.readline()).decode().strip()) in told:
                await told[line](app)
                say(line)


async def _quiet(app: Starlette) -> None:
    while app.state.console.live.lookers:  # noqa: ASYNC110 - the console tells nobody
        await asyncio.sleep(_POLL_SECONDS)


async def _forget(app: Starlette) -> None:
    console = app.state.console
    app.state.console = replace(console, overview=Overview(console.desk))


if __name__ == "__main__":
    asyncio.run(main())
