"""Calls the contract over Supabase's Data API, for a process without a database URL."""

from __future__ import annotations

from liverows.base.errors import DatabaseTrouble
from liverows.base.types import Json, JsonObject
from liverows.database.contract import SCHEMA, unfit
from liverows.database.data_api import DataApi, Line
from liverows.database.functions import WORK
from liverows.database.sessions import Sessions

_CALL_SECONDS = 20.0
_BEAT_SECONDS = 5.0


class DataApiTransport:
    """Calls the contract's functions through the Data API client that the process shares."""

    kind = "supabase"

    def __init__(self, api: DataApi, *, call_seconds: float = _CALL_SECONDS) -> None:
        self.reachability = api.reachability
        self.sessions = Sessions()
        self._api = api
        # Heartbeats have connections of their own, so that slow calls do not delay them.
        self._work = Line(call_seconds)
        self._beats = Line(min(call_seconds, _BEAT_SECONDS))

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of the contract. Raises like `Transport.call`."""
        line = self._beats if function == "heartbeat" else self._work
        is_work = function in WORK
        try:
            return await self._api.call(line, SCHEMA, function, arguments, waits=is_work)
        except DatabaseTrouble as trouble:
            if trouble.unfit and not is_work:
                raise unfit(trouble) from None
            raise

    async def close(self) -> None:
        """Close the connections; a call under way is cut off."""
        for line in (self._work, self._beats):
            await line.close()
