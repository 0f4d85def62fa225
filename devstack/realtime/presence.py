"""Presence: which channels are on a topic, with the data that they show about themselves."""

from __future__ import annotations

import secrets

from devstack.realtime.channels import Channel, Hub
from devstack.realtime.codec import Payload


def track(hub: Hub, channel: Channel, payload: Payload) -> None:
    """Show the channel to its topic; if it is shown already, replace its data."""
    before = channel.tracked
    if before is not None and _said(before) == payload:
        return
    channel.tracked = {"phx_ref": secrets.token_urlsafe(12), **payload}
    if before is not None:
        channel.tracked["phx_ref_prev"] = before["phx_ref"]
    _tell(hub, channel, joined=channel.tracked, left=before)


def untrack(hub: Hub, channel: Channel) -> None:
    """Remove the channel from its topic; nothing happens if it was not shown."""
    before, channel.tracked = channel.tracked, None
    if before is not None:
        _tell(hub, channel, joined=None, left=before)


def send_state(hub: Hub, channel: Channel) -> None:
    """Tell one channel which channels are on its topic."""
    state: dict[str, Payload] = {}
    for other in hub.audience(channel.name, private=channel.config.private):
        if other.tracked is not None:
            metas = state.setdefault(other.config.presence_key, {"metas": []})["metas"]
            metas.append(other.tracked)
    channel.push("presence_state", state)


def _said(tracked: Payload) -> Payload:
    return {key: tracked[key] for key in tracked if key not in ("phx_ref", "phx_ref_prev")}


def _tell(hub: Hub, channel: Channel, *, joined: Payload | None, left: Payload | None) -> None:
    key = channel.config.presence_key
    difference = {
        "joins": {} if joined is None else {key: {"metas": [joined]}},
        "leaves": {} if left is None else {key: {"metas": [left]}},
    }
    for other in hub.audience(channel.name, private=channel.config.private):
        if other.may_read("presence"):
            other.send("presence_diff", difference)
