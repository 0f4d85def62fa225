"""One call of the contract from the command line."""

from __future__ import annotations

import asyncio
from typing import Any

from liverows.base.log import configure_logging
from liverows.base.settings import Settings, load_settings
from liverows.base.types import Json
from liverows.database.opening import opened_store


def quiet_settings() -> Settings:
    """The settings, with logging that leaves the terminal to the command's own output."""
    settings = load_settings()
    level = "debug" if settings.log_level == "debug" else "error"
    configure_logging(settings.model_copy(update={"log_level": level}))
    return settings


def call(function: str, **arguments: Json) -> Any:
    """The answer of a function of the contract, after a look at the contract's version."""
    return asyncio.run(_call(quiet_settings(), function, arguments))


async def _call(settings: Settings, function: str, arguments: dict[str, Json]) -> Json:
    async with opened_store(settings) as store:
        await store.check_contract()
        return await store.transport.call(function, arguments)


def qualified(table: str) -> str:
    """The table with its schema, which is `public` unless said otherwise."""
    return table if "." in table else f"public.{table}"
