"""Calls one function of the SQL contract for a command."""

from __future__ import annotations

import asyncio
from typing import Any

from liverows.base.log import configure_logging
from liverows.base.settings import Settings, load_settings
from liverows.base.types import Json
from liverows.database.opening import opened_client


def quiet_settings() -> Settings:
    """Read the settings, and log only errors, so that the terminal shows the command's output."""
    settings = load_settings()
    level = "debug" if settings.log_level == "debug" else "error"
    configure_logging(settings.model_copy(update={"log_level": level}))
    return settings


def call(function: str, **arguments: Json) -> Any:
    """The answer of a function of the SQL contract; the contract's version is checked first."""
    return asyncio.run(_call(quiet_settings(), function, arguments))


async def _call(settings: Settings, function: str, arguments: dict[str, Json]) -> Json:
    async with opened_client(settings) as client:
        await client.check_contract()
        return await client.transport.call(function, arguments)


def qualified(table: str) -> str:
    """The table's name with its schema; the schema is `public` if none is given."""
    return table if "." in table else f"public.{table}"
