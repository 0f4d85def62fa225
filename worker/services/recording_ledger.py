"""Which interview may have a recording transcribed: an owner pays only once per recording."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias, cast

from liverows import Database, Resource

Answer: TypeAlias = Literal["yours", "busy", "spent", "gone"]


class RecordingLedger(Resource, Protocol):
    """The SQL functions for recordings. Raises only errors from `base.errors`.

    `sha256` is the hash of the recording's bytes, in hex. Owners never share a transcript.
    """

    async def use(self, item_id: str, sha256: str) -> Answer:
        """Record that an interview needs the recording's transcript, so that it is kept.

        Answers `busy` while the transcript of a deleted interview is being removed, and `gone` if
        this interview was deleted.
        """
        ...

    async def take(self, item_id: str, sha256: str, *, most: int) -> Answer:
        """Ask for the right to pay for a transcription, at most `most` times a day.

        Answers `busy` while another interview of the owner has this right, and `spent` above the
        limit.
        """
        ...

    async def give_back(self, item_id: str, sha256: str) -> None:
        """Give the right back, because the service refused and nothing was paid."""
        ...


class DatabaseRecordings:
    """`RecordingLedger` stored in the project's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, item_id: str, sha256: str) -> Answer:
        """See `RecordingLedger.use`."""
        return cast(
            "Answer", await self._database.call("use_recording", item=item_id, sha256=sha256)
        )

    async def take(self, item_id: str, sha256: str, *, most: int) -> Answer:
        """See `RecordingLedger.take`."""
        answer = await self._database.call("take_recording", item=item_id, sha256=sha256, most=most)
        return cast("Answer", answer)

    async def give_back(self, item_id: str, sha256: str) -> None:
        """See `RecordingLedger.give_back`."""
        await self._database.call("give_back_recording", item=item_id, sha256=sha256)
