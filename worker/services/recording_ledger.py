"""Decides which interview may have a recording transcribed.

Interviews of one owner with the same recording take turns. Transcriptions of a recording are
limited for each owner and day.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias, cast

from liverows import Database, Resource

Answer: TypeAlias = Literal["yours", "busy", "spent", "gone"]


class RecordingLedger(Resource, Protocol):
    """Counts the transcriptions of each recording, for each owner separately.

    `item_id` is the interview's id; `sha256` is the hash of the recording's bytes in hex.
    """

    async def use(self, item_id: str, sha256: str) -> Answer:
        """Note that an interview needs the stored transcripts of the recording.

        Answers `busy` while these are being removed, `gone` if the interview is not processing,
        otherwise `yours`.
        """
        ...

    async def take(self, item_id: str, sha256: str, *, most: int) -> Answer:
        """Ask for the right to pay for one transcription of the recording.

        Answers `yours` if granted, `spent` after `most` transcriptions today (UTC), `busy` while
        another interview has the right, or `gone` (see `use`).
        """
        ...

    async def give_back(self, item_id: str, sha256: str) -> None:
        """Subtract the transcription that `take` counted, because nothing was paid for it.

        Does nothing if another interview has taken the right since.
        """
        ...


class DatabaseRecordings:
    """`RecordingLedger` over SQL functions in the project's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, item_id: str, sha256: str) -> Answer:
        """Call the SQL function `use_recording`; see `RecordingLedger.use`."""
        return cast(
            "Answer", await self._database.call("use_recording", item=item_id, sha256=sha256)
        )

    async def take(self, item_id: str, sha256: str, *, most: int) -> Answer:
        """Call the SQL function `take_recording`; see `RecordingLedger.take`."""
        answer = await self._database.call("take_recording", item=item_id, sha256=sha256, most=most)
        return cast("Answer", answer)

    async def give_back(self, item_id: str, sha256: str) -> None:
        """Call the SQL function `give_back_recording`; see `RecordingLedger.give_back`."""
        await self._database.call("give_back_recording", item=item_id, sha256=sha256)
