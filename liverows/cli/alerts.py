"""Commands for alerts: which there are, what fires, and how a message is sent."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from liverows.base.errors import InvalidInput, SetupError, Transient
from liverows.base.log import configure_logging
from liverows.base.settings import Settings, load_settings
from liverows.base.types import Json
from liverows.cli.answers import ALERTS, Alert
from liverows.cli.bulk import who
from liverows.cli.call import call, quiet_settings
from liverows.cli.check_alerts import LONGEST_SILENCE
from liverows.cli.choices import AlertKind
from liverows.cli.filters import span
from liverows.cli.show import console, plain_table, show_json
from liverows.database.answers import checked
from liverows.database.housekeeping import DueAlert
from liverows.database.opening import opened_client
from liverows.running.alerts import AlertReceiver, alerting
from liverows.running.receiver import opened

alerts = typer.Typer(
    help="What is told to the operator: list, set, pause, resume, remove, test, watch.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="Name of the alert.")]
Operator = Annotated[str, typer.Option(help="Who does it, for the log of operators' actions.")]
_TIMEOUT = 10.0


@alerts.command("list")
def list_alerts(
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Show every alert and what fires now."""
    answer = call("alerts")
    if as_json:
        show_json(answer)
        return
    table = plain_table("alert", "kind", "pipeline", "settings", "fires", "looked")
    for alert in checked(ALERTS, answer, "alerts"):
        table.add_row(
            alert.alert,
            alert.kind,
            alert.pipeline or "all",
            json.dumps(alert.settings),
            _paused(alert)
            + _unwatched(alert)
            + (f"unknown: {alert.problem}" if alert.problem else _firing(alert)),
            alert.looked_at.isoformat(timespec="seconds") if alert.looked_at else "never",
        )
    console.print(table)


def _paused(alert: Alert) -> str:
    until = alert.paused_until
    return "" if until is None else f"paused until {until.isoformat(timespec='seconds')}\n"


def _unwatched(alert: Alert) -> str:
    """Say that nobody would be told now, because no process has asked what fires for minutes."""
    asked = alert.looked_at
    is_silent = asked is not None and datetime.now(UTC) - asked > LONGEST_SILENCE
    return "nobody looks: no process with LIVEROWS_ALERT_URL runs\n" if is_silent else ""


def _firing(alert: Alert) -> str:
    return "\n".join(
        f"{one.subject} since {one.since.isoformat(timespec='seconds')}"
        + (f" (not told: {one.problem})" if one.problem else "")
        for one in alert.firing
    )


@alerts.command("set")
def set_alert(
    alert: NameArgument,
    kind: Annotated[AlertKind, typer.Option(help="What is watched.")],
    pipeline: Annotated[str | None, typer.Option(help="Only this pipeline.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option(help="As in --setting rows=20 --setting within_seconds=600.")
    ] = None,
    operator: Operator = "",
) -> None:
    """Make an alert, or change it. The settings of each kind are in the documentation."""
    settings: dict[str, Json] = dict(_read_setting(one) for one in setting or ())
    answer = call(
        "set_alert",
        alert=alert,
        kind=kind.value,
        operator=who(operator),
        pipeline=pipeline,
        settings=settings,
    )
    console.print(f"{alert}: {kind.value} {json.dumps(answer)}")


def _read_setting(said: str) -> tuple[str, Json]:
    name, equals, value = said.partition("=")
    try:
        read: Json = json.loads(value)
    except (ValueError, RecursionError):
        read = None
        equals = ""
    if not equals:
        raise InvalidInput(f"{said} is no setting; write it as rows=20, or repeat_seconds=null")
    return name.strip(), read


@alerts.command()
def pause(
    alert: NameArgument,
    time: Annotated[
        str, typer.Option("--for", help="For how long, such as 30min, 2h or 1d.")
    ] = "1h",
    operator: Operator = "",
) -> None:
    """Send no message of an alert for a while. What still fires afterwards is told then."""
    until = (datetime.now(UTC) + span(time, "--for")).isoformat()
    call("pause_alert", alert=alert, until=until, operator=who(operator))
    console.print(f"{alert} is paused until {until}")


@alerts.command()
def resume(alert: NameArgument, operator: Operator = "") -> None:
    """End the pause of an alert."""
    call("pause_alert", alert=alert, until=None, operator=who(operator))
    console.print(f"{alert} is not paused")


@alerts.command()
def remove(alert: NameArgument, operator: Operator = "") -> None:
    """Remove an alert."""
    call("remove_alert", alert=alert, operator=who(operator))
    console.print(f"{alert} is removed")


@alerts.command()
def test() -> None:
    """Send one message to LIVEROWS_ALERT_URL now, to see that it arrives."""
    settings = quiet_settings()
    receiver = _receiver(settings)
    problem = asyncio.run(_send(receiver))
    if problem is not None:
        raise Transient(f"{receiver.host} did not take the message: {problem}")
    console.print(f"{receiver.host} took the message")


async def _send(receiver: AlertReceiver) -> str | None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    message = DueAlert(
        message=str(uuid4()),
        alert="test",
        kind="trouble",
        subject="test",
        state="firing",
        since=now,
        at=now,
        reminder=False,
        details={"pipeline": "none", "sqlstate": "00000", "rows": 0, "cure": "this is a test"},
    )
    async with opened(_TIMEOUT) as http:
        return await receiver.send(http, message)


@alerts.command()
def watch() -> None:
    """Tell alerts until Ctrl-C, without running rows.

    Run it on another machine than the workers, which cannot tell that none of them lives.
    """
    settings = load_settings()
    configure_logging(settings)
    asyncio.run(_watch(settings, _receiver(settings)))


async def _watch(settings: Settings, receiver: AlertReceiver) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with opened_client(settings) as client:
        await client.check_contract()
        async with alerting(settings, client):
            console.print(f"telling {receiver.host}; Ctrl-C ends it")
            await stopped.wait()


def _receiver(settings: Settings) -> AlertReceiver:
    if settings.alert_url is None:
        raise SetupError("nobody is told of alerts", cure="set LIVEROWS_ALERT_URL")
    return AlertReceiver(settings)
