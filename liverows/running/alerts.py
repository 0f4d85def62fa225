"""Tells a receiver of the operator's what needs a person: what fires, and when it has ended.

The database decides what is due and remembers what was told (`processing.due_alerts`). So of many
workers one tells, and a message that could not be sent is sent later, perhaps by another worker.
"""

from __future__ import annotations

import asyncio
import json
import random
import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import SetupError, WorkerError
from liverows.base.extras import WEBHOOKS_CURE, has_webhooks
from liverows.base.logger import get_logger
from liverows.base.printable import on_one_line
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient
from liverows.database.housekeeping import DueAlert
from liverows.running.lifecycle import Message
from liverows.running.receiver import NotDelivered, host_of, keys_of, opened, post

if TYPE_CHECKING:
    import httpx

log = get_logger(__name__)

SECONDS = 15.0
"""Between two looks of one process; the next worker's look is sooner as a rule."""
_TIMEOUT = 10.0
_OURS = 45.0
"""For so many seconds the messages of one look are sent; after 60 another worker may send them."""


class AlertReceiver:
    """The address to which messages go, and their form."""

    def __init__(self, settings: Settings) -> None:
        """Raises `SetupError` if the settings are malformed or the extra is missing."""
        self._url = settings.alert_url or ""
        self.host = host_of(self._url, "LIVEROWS_ALERT_URL")
        if not has_webhooks():
            raise SetupError("alerts need the package httpx", cure=WEBHOOKS_CURE)
        self._for_slack = settings.alert_format == "slack"
        secret = settings.alert_secret.get_secret_value() if settings.alert_secret else ""
        # Slack checks no signature: who knows the address may write.
        self._keys = [] if self._for_slack else keys_of(secret, "LIVEROWS_ALERT_SECRET")

    async def send(self, client: httpx.AsyncClient, alert: DueAlert) -> str | None:
        """Send one message. Return why it did not arrive, or None."""
        body = in_slack(alert) if self._for_slack else as_event(alert)
        message = Message(f"msg_{alert.message}", json.dumps(body, separators=(",", ":")).encode())
        try:
            status = await post(client, self._url, message, self._keys, _TIMEOUT)
        except NotDelivered as error:
            return str(error)
        return None if 200 <= status < 300 else f"status_{status}"


class Alerts:
    """Asks the database what is due and tells it, until cancelled."""

    def __init__(
        self, client: ContractClient, receiver: AlertReceiver, clock: Clock | None = None
    ) -> None:
        self._client = client
        self._receiver = receiver
        self._clock = clock or SystemClock()

    async def keep(self) -> None:
        """Look about every 15 seconds, until cancelled."""
        async with opened(_TIMEOUT) as http:
            while True:
                try:
                    await self.look(http)
                except WorkerError as error:
                    log.warning("alerts_unknown", code=error.code, reason=error.message)
                except Exception:
                    # An error must not end this background loop: the next look may work.
                    log.exception("alerts_unknown")
                # The pause is random, so that not all workers look at the same moment.
                await self._clock.sleep(SECONDS * random.uniform(0.8, 1.2))  # noqa: S311

    async def look(self, http: httpx.AsyncClient) -> int:
        """Send what is due now; return how many messages have arrived.

        What a slow receiver leaves no time for is due again, for any worker.
        """
        arrived = 0
        until = self._clock.monotonic() + _OURS
        for alert in await self._client.due_alerts():
            if self._clock.monotonic() > until:
                break
            problem = await self._receiver.send(http, alert)
            await self._client.alert_told(alert.message, problem)
            if problem is None:
                arrived += 1
                log.info("alert_told", alert=alert.alert, subject=alert.subject, state=alert.state)
            else:
                log.warning("alert_not_told", receiver=self._receiver.host, reason=problem)
        return arrived


@asynccontextmanager
async def alerting(settings: Settings, client: ContractClient) -> AsyncIterator[None]:
    """Tell alerts in the background until the end of the block, if the settings say to whom.

    Raises `SetupError` if these settings are malformed.
    """
    if settings.alert_url is None:
        yield
        return
    alerts = Alerts(client, AlertReceiver(settings))
    telling = asyncio.create_task(alerts.keep(), name="alerts")
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])


def as_event(alert: DueAlert) -> JsonObject:
    """Return the message as Standard Webhooks recommends it: type, timestamp, data."""
    return {
        "type": f"alert.{alert.state}",
        "timestamp": alert.at,
        "data": {
            "alert": alert.alert,
            "kind": alert.kind,
            "subject": alert.subject,
            "text": sentence(alert),
            "since": alert.since,
            "reminder": alert.reminder,
            "details": alert.details,
        },
    }


def in_slack(alert: DueAlert) -> JsonObject:
    """Return the message as Slack's incoming webhooks take it, with its three letters escaped.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    mark = ":white_check_mark:" if alert.state == "ended" else ":rotating_light:"
    text = sentence(alert).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": f"{mark} {text}"}


def sentence(alert: DueAlert) -> str:
    """Return what a person reads: what is the matter, since when, and where to look."""
    # Whoever inserts a row may have chosen its key, and must not add a line of his own.
    said = on_one_line(_SENTENCES.get(alert.kind, _unknown)(alert.details))
    if alert.state == "ended":
        return f"Over ({alert.alert}): {said}"
    again = " (still)" if alert.reminder else ""
    return f"{said}{again} Since {alert.since}. [{alert.alert}]"


def _failures(told: JsonObject) -> str:
    example = told.get("example")
    where = f" in {told['step']}" if told.get("step") else ""
    # The message is copied into a shell, and whoever inserts a row may have chosen its key.
    row = (
        " " + shlex.join([str(example.get("table")), str(example.get("id"))])
        if isinstance(example, dict)
        else ""
    )
    return (
        f"{_rows(told.get('rows'))} of {told.get('pipeline')} failed{where} with"
        f" {told.get('code')} within {_span(told.get('within_seconds'))}."
        f" Example: liverows explain{row}; all: liverows list --signature {told.get('signature')}."
    )


def _queue_age(told: JsonObject) -> str:
    oldest = _span(told.get("oldest_due_seconds"))
    due = f"{'More than ' if told.get('more') else ''}{_rows(told.get('due'))}"
    are = "is" if due == "1 row" else "are"
    return f"{due} of {told.get('pipeline')} {are} due, the oldest for {oldest}."


def _no_worker(told: JsonObject) -> str:
    return f"No living worker runs {told.get('pipeline')}; last heard: {told.get('last_beat_at')}."


def _deaf_doorbell(told: JsonObject) -> str:
    bell, worker = told.get("doorbell"), told.get("name") or told.get("worker")
    return f"Worker {worker} has not heard its doorbell {bell} for {_span(told.get('seconds'))}."


def _budget(told: JsonObject) -> str:
    whose = told.get("owner") or told.get("pipeline") or "all pipelines"
    share = told.get("share")
    part = f" to more than {share:.0%}" if isinstance(share, int | float) and share < 1 else ""
    used = "used up" if told.get("reached") else f"used{part}"
    return (
        f"The {told.get('period')}'s budget of {whose} is {used}: {told.get('spent')} of"
        f" {told.get('limit')} {told.get('measure')}, and {told.get('reserved')} reserved."
    )


def _trouble(told: JsonObject) -> str:
    rows = "the whole pipeline" if told.get("broken") else _rows(told.get("rows"))
    return (
        f"The database refuses {rows} of {told.get('pipeline')} ({told.get('sqlstate')}):"
        f" {told.get('cure')}."
    )


def _rows(count: object) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _unknown(told: JsonObject) -> str:
    return f"Something of a kind that this version does not know: {json.dumps(told)}."


_SENTENCES: dict[str, Callable[[JsonObject], str]] = {
    "failures": _failures,
    "queue_age": _queue_age,
    "no_worker": _no_worker,
    "deaf_doorbell": _deaf_doorbell,
    "budget": _budget,
    "trouble": _trouble,
}


def _span(seconds: object) -> str:
    """So many seconds in words: seconds below two minutes, then minutes, then hours."""
    if not isinstance(seconds, int | float):
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
