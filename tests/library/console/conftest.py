"""A console over a real database in which a day has passed, and browsers made of httpx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

import psycopg
import pytest
from pydantic import SecretStr

from liverows.base.settings import Settings
from liverows.console.access import access_of
from liverows.console.app import console_app
from liverows.console.desk import Desk
from liverows.database.opening import opened_client
from tests.library.console.browsing import Browser
from tests.library.console.one_day import Day
from tests.support.clock import ManualClock
from tests.support.databases import Database

HOST, PORT = "127.0.0.1", 8081
NewConsole: TypeAlias = Callable[..., Awaitable[Browser]]


@pytest.fixture(scope="module")
def quiet_day(module_database: Database) -> Iterator[Day]:
    """The database of the module, with tables and without rows."""
    with psycopg.connect(module_database.dsn, autocommit=True) as connection:
        day = Day(module_database, connection)
        day.begin()
        yield day


@pytest.fixture(scope="module")
def day(quiet_day: Day) -> Day:
    """The database of the module, in which a day has passed."""
    quiet_day.fill()
    return quiet_day


@pytest.fixture
def clock() -> ManualClock:
    """The clock of the consoles under test."""
    return ManualClock()


@pytest.fixture
async def console(day: Day, clock: ManualClock) -> AsyncIterator[NewConsole]:
    """`await console(console_password=…)` starts a console and returns a browser before it."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Browser:
            chosen = Settings(
                _env_file=None, supabase_db_url=SecretStr(day.database.dsn), **settings
            )
            client = await stack.enter_async_context(opened_client(chosen))
            access = access_of(chosen, chosen.console_host, PORT)
            app = console_app(chosen, access, Desk(client, pause=0), clock=clock)
            await stack.enter_async_context(app.router.lifespan_context(app))
            address = chosen.console_url or f"http://{HOST}:{PORT}"
            return await stack.enter_async_context(Browser(app, address))

        yield start


@pytest.fixture
async def browser(console: NewConsole) -> Browser:
    """A browser before a console that asks nobody to sign in."""
    return await console()
