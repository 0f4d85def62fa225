"""Joins channels, and keeps each of them open as long as its token is valid."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import asyncpg

from devstack.realtime import presence
from devstack.realtime.bindings import BadBinding, binding_id, parse_binding
from devstack.realtime.broadcast import CannotReplay, replayed
from devstack.realtime.changes import Subscription
from devstack.realtime.channels import PREFIX, Channel, Client, Config, Hub, Rights
from devstack.realtime.codec import Frame, Payload, UserBroadcast
from devstack.realtime.filters import CannotSubscribe, check_subscription
from devstack.realtime.limits import Limits
from devstack.realtime.rls import Extension, may_read_topic
from devstack.realtime.timing import Timing
from devstack.realtime.tokens import Claims, InvalidToken, Verify, checked

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

log = logging.getLogger("devstack.realtime")

SUBSCRIBED = "Subscribed to PostgreSQL"


class _Refused(Exception):
    """The join is refused; the message is the real server's."""


class Joining:
    """Opens, renews and closes channels, from `phx_join` to `phx_close`."""

    def __init__(
        self, hub: Hub, pool: Pool, verify: Verify, timing: Timing, limits: Limits
    ) -> None:
        self._hub = hub
        self._pool = pool
        self._verify = verify
        self._timing = timing
        self._limits = limits

    async def join(self, client: Client, frame: Frame) -> None:
        """Answer `phx_join`. A refusal is sent after a pause, as the real server does."""
        if not frame.topic.startswith(PREFIX):
            client.reply(frame, "error", {"reason": "unmatched topic"})
            return
        try:
            channel = self._channel(client, frame)
            messages = await self._admit(channel)
            error = await self._subscribe(channel) if self._waits(channel) else None
            if error:
                raise _Refused(error)
        except _Refused as refusal:
            await self._timing.clock.sleep(self._timing.join_error)
            client.reply(frame, "error", {"reason": str(refusal)})
            return
        await self._enter(channel, frame, messages)

    async def _enter(self, channel: Channel, frame: Frame, messages: list[UserBroadcast]) -> None:
        client = channel.client
        earlier = client.channels.pop(channel.topic, None)
        client.channels[channel.topic] = channel
        bindings = [{"id": binding_id(one), **one} for one in channel.config.bindings]
        client.reply(frame, "ok", {"postgres_changes": bindings})
        if earlier is not None:
            self._forget(earlier)
            earlier.close()
        for message in messages:
            channel.send("broadcast", message)
        if channel.config.presence and channel.may_read("presence"):
            presence.send_state(self._hub, channel)
        if channel.config.replication_ready:
            channel.system("ok", "Replication connection established", "system")
        self._keep(channel, "token", self._watch_token(channel))
        if self._waits(channel) and channel.subscriptions:
            channel.system("ok", SUBSCRIBED)
        elif channel.config.bindings and self._timing.late_start:
            later = self._subscribe_later(channel, self._timing.late_start)
            self._keep(channel, "subscribe", later)
        elif channel.config.bindings:
            await self.subscribe(channel)

    def _waits(self, channel: Channel) -> bool:
        return channel.config.wait and self._limits.knows_wait

    def leave(self, channel: Channel) -> None:
        """Close a channel because its client asked for it or its socket is closed."""
        if channel.client.channels.get(channel.topic) is channel:
            del channel.client.channels[channel.topic]
        self._forget(channel)

    async def subscribe(self, channel: Channel) -> None:
        """Subscribe the channel to changes, and tell the client whether it worked."""
        error = await self._subscribe(channel)
        if error:
            channel.system("error", error)
        else:
            channel.system("ok", SUBSCRIBED)

    async def renew(self, channel: Channel, token: str) -> None:
        """Take a new token: check the rights again, and close the channel if it lost any."""
        if token.startswith("sb_") or token == channel.token:
            return
        before = channel.rights
        try:
            channel.claims = checked(self._verify, token, self._timing.clock.wall())
            channel.token = token
            await self._ask_rights(channel)
        except (InvalidToken, _Refused) as error:
            self.shut(channel, str(error).removeprefix("Unauthorized: "))
            return
        if before and channel.rights and before.read - channel.rights.read:
            name = channel.name
            self.shut(
                channel, f"You no longer have permission to read from this Channel topic: {name}"
            )
            return
        self._keep(channel, "token", self._watch_token(channel))
        if channel.config.bindings:
            later = self._subscribe_later(channel, self._timing.resubscribe)
            self._keep(channel, "subscribe", later)

    def shut(self, channel: Channel, message: str) -> None:
        """Close a channel because the server wants it; the socket stays open."""
        channel.system("error", message, "system")
        self.leave(channel)
        channel.close()

    def _channel(self, client: Client, frame: Frame) -> Channel:
        if frame.topic == PREFIX:
            raise _Refused("TopicNameRequired: You must provide a topic name")
        join: Payload = frame.payload if isinstance(frame.payload, dict) else {}
        config = Config.of(join)
        if self._limits.private_only and not config.private:
            raise _Refused("PrivateOnly: This project only allows private channels")
        token = join.get("access_token") or join.get("user_token")
        if not isinstance(token, str) or token.startswith("sb_"):
            token = None
        return Channel(
            client=client,
            topic=frame.topic,
            join_ref=frame.join_ref,
            config=config,
            token=token,
            claims=self._claims(token) if token else client.claims,
        )

    def _claims(self, token: str) -> Claims:
        try:
            return checked(self._verify, token, self._timing.clock.wall())
        except InvalidToken as error:
            raise _Refused(f"{error.code}: {error}") from error

    async def _admit(self, channel: Channel) -> list[UserBroadcast]:
        """Check the policies of a private topic; returns the messages to replay."""
        try:
            await self._ask_rights(channel)
            if channel.config.replay is None:
                return []
            if not channel.may_read("broadcast"):
                raise _unauthorized(channel)
            async with self._pool.acquire() as connection:
                return await replayed(connection, channel)
        except CannotReplay as error:
            raise _Refused(str(error)) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("the database did not answer a join: %s", error)
            raise _Refused(
                "UnableToConnectToProject: Realtime was unable to connect to the project database"
            ) from error

    async def _ask_rights(self, channel: Channel) -> None:
        if not channel.config.private:
            return
        asked: list[Extension] = ["broadcast"]
        if channel.config.presence or channel.tracked is not None:
            asked.append("presence")
        async with self._pool.acquire() as connection:
            readable = await may_read_topic(connection, channel.identity, channel.name, asked)
        if not readable:
            raise _unauthorized(channel)
        channel.rights = Rights(readable)

    async def _subscribe(self, channel: Channel) -> str | None:
        """Subscribe to all bindings, or to none if one is wrong; returns the error text."""
        identity = channel.identity
        try:
            bindings = [parse_binding(one) for one in channel.config.bindings]
            async with self._pool.acquire() as connection:
                await check_subscription(connection, bindings, identity.role)
        except (BadBinding, CannotSubscribe) as error:
            return str(error)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            # When the server has reconnected to the database, it subscribes every channel again.
            log.warning("the database did not answer a subscription: %s", error)
            return "Realtime was unable to connect to the project database"
        channel.subscriptions = [
            Subscription(channel, identity, binding, binding_id(params))
            for binding, params in zip(bindings, channel.config.bindings, strict=True)
        ]
        return None

    async def _subscribe_later(self, channel: Channel, seconds: float) -> None:
        await self._timing.clock.sleep(seconds)
        await self.subscribe(channel)

    async def _watch_token(self, channel: Channel) -> None:
        """Check the token when it expires, and regularly before that."""
        while channel.token is not None:
            left = channel.claims["exp"] - self._timing.clock.wall()
            await asyncio.sleep(max(0.0, min(self._timing.token_check, left)))
            try:
                channel.claims = checked(self._verify, channel.token, self._timing.clock.wall())
            except InvalidToken as error:
                # Without this line `shut` would cancel this task before the channel is closed.
                channel.tasks.pop("token", None)
                self.shut(channel, str(error))
                return

    def _keep(self, channel: Channel, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task as long as the channel is joined. It replaces an earlier task of that name."""
        earlier = channel.tasks.pop(name, None)
        if earlier is not None:
            earlier.cancel()
        channel.tasks[name] = asyncio.create_task(work)

    def _forget(self, channel: Channel) -> None:
        presence.untrack(self._hub, channel)
        channel.subscriptions = []
        for task in channel.tasks.values():
            task.cancel()
        channel.tasks.clear()


def _unauthorized(channel: Channel) -> _Refused:
    return _Refused(
        "Unauthorized: You do not have permissions to read from this Channel topic: " + channel.name
    )
