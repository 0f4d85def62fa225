"""Serves Supabase's Data API for a measured database: the local stack's gateway and PostgREST."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from bench.conversation import hear, say
from devstack.gateway.app import gateway
from devstack.gateway.rest import Rest
from devstack.keys import SECRET_KEY, Keys
from devstack.postgrest import running_postgrest
from devstack.serving import address, listener, served


@dataclass(frozen=True, slots=True, kw_only=True)
class DataApiConfig:
    """The login `authenticator` of the database, and the path of a folder for PostgREST's files."""

    dsn: str
    folder: str


async def main() -> None:
    """Serve until `stop` is read or the input ends."""
    lines = await hear()
    config = DataApiConfig(**json.loads(await lines.readline()))
    keys = Keys()
    with (
        listener() as bound,
        running_postgrest(config.dsn, keys.jwks(), Path(config.folder)) as postgrest,
        served(gateway([Rest(keys, postgrest)]), bound),
    ):
        say("ready", url=address(bound), key=SECRET_KEY)
        await lines.readline()


if __name__ == "__main__":
    asyncio.run(main())
