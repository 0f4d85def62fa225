"""No known trick makes the operator pay more than its limit; the dollars are printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pytest

from tests.app.abuse import tricks
from tests.app.abuse.tricks import TRICKS, Trick
from tests.app.abuse.venue import signed_up, venue
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database

pytestmark = [pytest.mark.needs("postgrest"), pytest.mark.timeout(600)]

OF_A_KIND = {
    tricks.the_same_recording_under_new_names,
    tricks.name_another_language_each_time,
    tricks.name_the_candidate_again_and_again,
    tricks.the_folder_in_capitals,
    tricks.a_model_that_answers_nonsense,
    tricks.delete_and_add_the_same_posting,
    tricks.delete_and_add_the_same_company,
    tricks.another_role_for_the_same_company,
}
"""Each of these is stopped by what also stops another trick, which the short run plays."""
SHORT = [trick for trick in TRICKS if trick.play not in OF_A_KIND]
OTHERS = [trick for trick in TRICKS if trick.play in OF_A_KIND]


@pytest.mark.parametrize(
    "played",
    [
        pytest.param(SHORT, id="one of each kind"),
        pytest.param(OTHERS, id="the others", marks=pytest.mark.thorough),
    ],
)
async def test_no_trick_costs_more_than_its_bound(
    database: Database,
    connect: Connections,
    record_property: Callable[[str, object], None],
    played: Sequence[Trick],
) -> None:
    lines = [
        f"{'what a user tries':<40}{'speech':>7}{'model':>7}{'before':>10}{'now':>10}{'most':>10}"
    ]
    dear = []
    with data_api_of(database) as api:
        async with venue(database, connect) as place:
            for trick in played:
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
