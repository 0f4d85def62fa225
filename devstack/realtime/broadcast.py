"""Broadcast messages from clients, over HTTP and from the database, and their replay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from devstack.realtime.channels import Channel, Hub
from devstack.realtime.codec import Payload, UserBroadcast
from devstack.realtime.limits import Rate
from devstack.realtime.pgoutput import Change, Row
from devstack.realtime.tables import Connection

MOST_REPLAYED = 25

REPLAY = """
select id::text, event, payload::text as payload, binary_payload::text as binary_payload
from realtime.messages
where topic = $1 and private and extension = 'broadcast' and inserted_at >= $2
  and inserted_at < (now() at time zone 'utc') + interval '1 minute'
order by inserted_at desc limit $3
"""


class CannotReplay(Exception):
    """The messages cannot be replayed; the error's text is the real server's."""


def pass_on(
    hub: Hub, name: str, payload: Payload | UserBroadcast, *, private: bool, sender: Channel | None
) -> None:
    """Send a message to all channels of the topic; to its sender only if the sender asked for
    that."""
    for channel in hub.audience(name, private=private):
        own = channel is sender and not channel.config.hear_self
        if not own and channel.may_read("broadcast"):
            channel.send("broadcast", payload)


def is_message(change: Change) -> bool:
    """Whether the change is a row of a partition of `realtime.messages`."""
    table = change.table
    return table.schema == "realtime" and table.name.startswith("messages")


def from_database(hub: Hub, change: Change, rate: Rate) -> None:
    """Deliver a message that `realtime.send` wrote, unless there are too many. Channels that have
    already got it by replay do not get it again."""
    row = change.new or {}
    if change.kind != "INSERT" or row.get("extension") != "broadcast":
        return
    message, identifier = _message(row, {"id": row["id"]}), str(row["id"])
    for channel in hub.audience(str(row["topic"]), private=row["private"] == "t"):
        wanted = identifier not in channel.replayed and channel.may_read("broadcast")
        if wanted and rate.admits():
            channel.send("broadcast", message)


async def replayed(connection: Connection, channel: Channel) -> list[UserBroadcast]:
    """The messages of a private topic that a join asked for, oldest first."""
    wish = channel.config.replay or {}
    if not channel.config.private:
        raise CannotReplay("UnableToReplayMessages: Replay is not allowed for public channels")
    since, limit = wish.get("since"), wish.get("limit") or MOST_REPLAYED
    if not isinstance(since, int) or not isinstance(limit, int):
        raise CannotReplay("UnableToReplayMessages: Replay params are not valid")
    records = await connection.fetch(
        REPLAY,
        channel.name,
        datetime.fromtimestamp(since / 1000, UTC).replace(tzinfo=None),
        max(1, min(limit, MOST_REPLAYED)),
    )
    channel.replayed = {record["id"] for record in records}
    return [
        _message(dict(record), {"id": record["id"], "replayed": True})
        for record in reversed(records)
    ]


def _message(row: Row | dict[str, Any], meta: Payload) -> UserBroadcast:
    binary = row.get("binary_payload")
    if binary is not None:
        body = bytes.fromhex(binary.removeprefix("\\x"))
        return UserBroadcast(str(row["event"]), body, False, meta)
    return UserBroadcast(str(row["event"]), (row["payload"] or "null").encode(), True, meta)
