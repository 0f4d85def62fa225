"""No known trick makes the operator pay more than its limit; the dollars are printed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.app.abuse.tricks import TRICKS
from tests.app.abuse.venue import signed_up, venue
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database

pytestmark = [pytest.mark.needs("postgrest"), pytest.mark.timeout(600)]


async def test_no_trick_costs_more_than_its_bound(
    database: Database, connect: Connections, record_property: Callable[[str, object], None]
) -> None:
    lines = [
        f"{'what a user tries':<40}{'speech':>7}{'model':>7}{'before':>10}{'now':>10}{'most':>10}"
    ]
    dear = []
    with data_api_of(database) as api:
        async with venue(database, connect) as place:
            for trick in TRICKS:
                began = time.monotonic()
                async with signed_up(place, api):
                    await trick.play(place)
                    await place.settled()
                    bill = place.till.bill()
                lines.append(
                    f"{trick.name:<40}{bill.transcriptions:>7}{bill.model_calls:>7}"
                    f"{trick.before:>10.4f}{bill.usd:>10.4f}{trick.most:>10.4f}"
                    f"{time.monotonic() - began:>7.1f} s"
                )
                if bill.usd > trick.most:
                    dear.append((trick.name, bill))
    record_property("table", "\n".join(lines))
    assert dear == []
