"""What `liverows doctor` finds, within the tests' process."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.cli.doctor import examine
from tests.support.databases import Database


async def examined(
    database: Database | None = None, *, url: str | None = None, deadline: float = 5, **more: Any
) -> dict[str, Finding]:
    """The findings by their check."""
    dsn = url or (database.dsn if database else None)
    settings = Settings(_env_file=None, supabase_db_url=dsn and SecretStr(dsn), **more)
    return {finding.check: finding for finding in await examine(settings, deadline=deadline)}
