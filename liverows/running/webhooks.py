"""Sends messages about rows to a receiver.

Rows never wait for it: a message that finds the queue full is dropped and counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    RetryError,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from liverows.base.errors import SetupError
from liverows.base.extras import WEBHOOKS_CURE, has_webhooks
from liverows.base.logger import get_logger
from liverows.base.settings import Settings
from liverows.running.lifecycle import EVENTS, LifecycleListener, LifecycleMessages, Message
from liverows.running.metrics import Metrics
from liverows.running.receiver import NotDelivered, host_of, keys_of, opened, post

if TYPE_CHECKING:
    import httpx

log = get_logger(__name__)

_SECONDS_BETWEEN_LINES = 60.0
_GONE = 410


@dataclass(frozen=True, slots=True)
class Delivery:
    """How messages are sent. Times are in seconds.

    `queue` messages wait at most, and `at_once` are under way. Each is tried `tries` times, with
    growing waits up to `longest_wait`. At the end of the worker, `flush` is left for what waits.
    """

    queue: int = 1000
    at_once: int = 4
    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 30.0
    timeout: float = 10.0
    flush: float = 3.0


class Webhooks:
    """A bounded queue of messages and the tasks that send them to one address."""

    def __init__(
        self, url: str, secret: str, metrics: Metrics, delivery: Delivery | None = None
    ) -> None:
        host = host_of(url)
        if not has_webhooks():
            raise SetupError("webhooks need the package httpx", cure=WEBHOOKS_CURE)
        self._url = url
        self._host = host
        self._keys = keys_of(secret)
        self._metrics = metrics
        self._delivery = delivery or Delivery()
        self._queue: asyncio.Queue[Message] = asyncio.Queue(self._delivery.queue)
        self._under_way = 0
        self._told_at: float | None = None
        self._is_gone = False

    def send(self, message: Message) -> None:
        """Queue a message, or drop it if the queue is full or the receiver wants no more. Never
        waits.
        """
        if self._is_gone:
            self._count("dropped")
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._dropped("queue_full")

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send in the background until the end of the block, and then for `flush` seconds more."""
        async with opened(self._delivery.timeout) as client:
            tasks = [
                asyncio.create_task(self._keep_sending(client), name="webhooks")
                for _ in range(self._delivery.at_once)
            ]
            try:
                yield
                await self._flush()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    async def _flush(self) -> None:
        """Wait until all is sent, but no longer than `flush` seconds; the rest is dropped."""
        try:
            await asyncio.wait_for(self._queue.join(), self._delivery.flush)
        except TimeoutError:
            waiting = self._queue.qsize()
            for _ in range(waiting):
                self._queue.get_nowait()
                self._count("dropped")
            log.warning("webhooks_unsent", receiver=self._host, dropped=waiting + self._under_way)

    async def _keep_sending(self, client: httpx.AsyncClient) -> None:
        while True:
            message = await self._queue.get()
            self._under_way += 1
            try:
                await self._deliver(client, message)
            except asyncio.CancelledError:
                self._count("dropped")
                raise
            except Exception as error:
                # An error must not end this background loop.
                self._dropped(type(error).__name__)
            finally:
                self._under_way -= 1
                self._queue.task_done()

    async def _deliver(self, client: httpx.AsyncClient, message: Message) -> None:
        if self._is_gone:
            self._count("dropped")
            return
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._delivery.tries),
            wait=self._wait,
            retry=retry_if_exception_type(NotDelivered),
        )
        try:
            status: int = await retrying(
                post, client, self._url, message, self._keys, self._delivery.timeout
            )
        except RetryError as error:
            self._dropped(str(error.last_attempt.exception()))
            return
        if 200 <= status < 300:
            self._count("sent")
        elif status == _GONE:
            self._stop()
        else:
            # Another try would have the same answer.
            self._dropped(f"status_{status}")

    def _wait(self, state: RetryCallState) -> float:
        """The growing wait, or what the receiver asked for if that is longer; in seconds."""
        growing = wait_random_exponential(self._delivery.first_wait, self._delivery.longest_wait)
        error = state.outcome.exception() if state.outcome else None
        asked = error.seconds if isinstance(error, NotDelivered) else 0.0
        return max(growing(state), min(asked, self._delivery.longest_wait))

    def _stop(self) -> None:
        """Send nothing more: by the specification, 410 says that the receiver wants no events."""
        self._count("dropped")
        if not self._is_gone:
            self._is_gone = True
            log.error("webhook_gone", receiver=self._host, cure="unset LIVEROWS_WEBHOOK_URL")

    def _dropped(self, reason: str) -> None:
        self._count("dropped")
        now = time.monotonic()
        # One line for a receiver that is down, and not one for each message.
        if self._told_at is None or now - self._told_at > _SECONDS_BETWEEN_LINES:
            self._told_at = now
            log.warning("webhook_dropped", receiver=self._host, reason=reason)

    def _count(self, outcome: str) -> None:
        self._metrics.webhooks.labels(outcome).inc()


def webhooks_of(settings: Settings, metrics: Metrics) -> Webhooks | None:
    """Return what the settings ask for; None if they name no receiver.

    Raises `SetupError` if the settings are malformed or the extra is missing.
    """
    if settings.webhook_url is None:
        return None
    secret = settings.webhook_secret
    return Webhooks(settings.webhook_url, secret.get_secret_value() if secret else "", metrics)


@asynccontextmanager
async def lifecycle_listener(
    settings: Settings, metrics: Metrics
) -> AsyncIterator[LifecycleListener]:
    """Yield the listener of the runner, whose messages are sent while the block runs.

    Raises what `webhooks_of` raises.
    """
    webhooks = webhooks_of(settings, metrics)
    if webhooks is None:
        yield LifecycleListener()
        return
    async with webhooks.sending():
        yield LifecycleMessages(settings.webhook_events or EVENTS, webhooks.send)
