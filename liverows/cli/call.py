"""Calls one function of the SQL contract for a command."""

from __future__ import annotations

import asyncio

from liverows.base.log import configure_logging
from liverows.base.settings import Settings, load_settings
from liverows.base.types import Json, JsonObject
from liverows.cli.masking import mask_settings, masked
from liverows.database.client import ContractClient
from liverows.database.opening import opened_client


def quiet_settings() -> Settings:
    """Read the settings, and log nothing unless LOG_LEVEL is debug: a command says what is wrong.

    `status --watch` would not keep its place on the terminal beside lines of a log. What commands
    show from now on has no secret of these settings.
    """
    settings = load_settings()
    level = "debug" if settings.log_level == "debug" else "critical"
    configure_logging(settings.model_copy(update={"log_level": level}))
    mask_settings(settings)
    return settings


def call(function: str, **arguments: Json) -> Json:
    """Check the contract's version, call one of its functions and return the answer, masked."""
    return asyncio.run(_call(quiet_settings(), function, arguments))


async def _call(settings: Settings, function: str, arguments: JsonObject) -> Json:
    async with opened_client(settings) as client:
        await client.check_contract()
        return await asked(client, function, arguments)


async def asked(client: ContractClient, function: str, arguments: JsonObject) -> Json:
    """Call a function for a command that shows what it answers; secrets in it are masked."""
    return masked(await client.call(function, arguments))


def qualified(table: str) -> str:
    """Return the table's name with its schema, which is `public` if the name contains no dot."""
    return table if "." in table else f"public.{table}"
