"""Checks for `liverows doctor`: whether anybody is told of what needs a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from liverows.base.finding import Finding
from liverows.cli.answers import ALERTS, Alert
from liverows.cli.call import asked
from liverows.cli.program import program
from liverows.database.answers import checked
from liverows.database.client import ContractClient

LONGEST_SILENCE = timedelta(minutes=2)
"""A process that tells alerts asks several times a minute."""


async def check_alerts(client: ContractClient, at: datetime) -> list[Finding]:
    """Return a finding about who looks at alerts, and one about messages that nobody took.

    `at` is the time of the database.
    """
    answer = await asked(client, "alerts", {})
    alerts = checked(ALERTS, answer, "alerts")
    if not alerts:
        return []  # whoever has removed them all wants to hear of nothing
    return [_watched(alerts, at), *_untold(alerts)]


def _watched(alerts: Iterable[Alert], at: datetime) -> Finding:
    looks = [alert.looked_at for alert in alerts if alert.looked_at is not None]
    if looks and at - max(looks) <= LONGEST_SILENCE:
        return Finding("alerts", "ok", "a process looks at them")
    since = f"since {max(looks).isoformat(timespec='seconds')}" if looks else "yet"
    return Finding(
        "alerts",
        "warning",
        f"nobody has looked at them {since}: of failed rows, an old queue or a used budget nobody "
        "is told",
        "set LIVEROWS_ALERT_URL for the workers, or, so that somebody is told when none of them "
        f"lives, run `{program().name} alerts watch` elsewhere; `{program().name} alerts remove` "
        "removes those that nobody needs",
    )


def _untold(alerts: Iterable[Alert]) -> list[Finding]:
    problems = [one.problem for alert in alerts for one in alert.firing if one.problem]
    if not problems:
        return []
    return [
        Finding(
            "alerts: messages",
            "warning",
            f"{len(problems)} could not be sent, for example: {problems[0]}",
            f"check LIVEROWS_ALERT_URL; `{program().name} alerts test` sends a message",
        )
    ]
