"""Who may have a recording transcribed: each is paid for once per owner, whoever asks how often."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias, cast

from liverows import Database, Resource

Answer: TypeAlias = Literal["yours", "busy", "spent", "gone"]


class RecordingLedger(Resource, Protocol):
    """The SQL functions of the recordings' migration. Raises only `base.errors`.

    `sha256` is that of the recording's bytes in hex. Owners share nothing.
    """

    async def use(self, item_id: str, sha256: str) -> Answer:
        """Note that an interview needs the recording's transcript, so that it is kept.

        `busy` while the transcript of a deleted interview is being removed, `gone` if the
        interview itself is.
        """
        ...

    async def take(self, item_id: str, sha256: str, *, most: int) -> Answer:
        """Ask for the leave to pay for a transcription, at most `most` times a day.

        `busy` while another interview of the owner has this leave, `spent` beyond the limit.
        """
        ...

    async def give_back(self, item_id: str, sha256: str) -> None:
        """Nothing was paid after all: the service refused."""
        ...


class DatabaseRecordings:
    """`RecordingLedger` in the project's database."""

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
