"""A user may have the same interview analysed only a few times, because each time costs money."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.interviews.rows import AUDIO, BOB, add
from tests.support.databases import Clock
from tests.support.queue import Connection, refused

MOST = 10
DAY = 24 * 3600
SPEAKER = "update public.timeline_items set interview_candidate_speaker = %s where id = %s"


@pytest.fixture
def item(alice: Connection) -> Any:
    return add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)[0]


def done(owner: Connection, item: Any) -> None:
    """End the analysis."""
    owner.execute(
        "update public.timeline_items set processing_status = 'completed' where id = %s", [item]
    )


def again(owner: Connection, user: Connection, item: Any, times: int) -> None:
    for number in range(times):
        done(owner, item)
        user.execute(SPEAKER, [number % 2, item])
    done(owner, item)


def status(owner: Connection, item: Any) -> Any:
    found = owner.execute(
        "select processing_status::text, interview_candidate_speaker from public.timeline_items"
        " where id = %s",
        [item],
    )
    return found.fetchone()


def test_another_candidate_is_taken_ten_times_a_day_and_then_refused(
    owner: Connection, alice: Connection, item: Any
) -> None:
    again(owner, alice, item, MOST)
    with refused("RJ008") as caught:
        alice.execute(SPEAKER, [7, item])
    detail = caught.value.diag.message_detail
    assert detail is not None
    assert DAY - 60 <= int(detail) <= DAY
    assert status(owner, item) == ("completed", 1)


def test_a_day_later_it_may_be_asked_for_again(
    owner: Connection, alice: Connection, item: Any, clock: Clock
) -> None:
    again(owner, alice, item, MOST)
    clock.advance(DAY)
    alice.execute(SPEAKER, [7, item])
    assert status(owner, item) == ("pending", 7)


def test_runs_that_a_user_had_through_the_api_count_too(
    owner: Connection, alice: Connection, item: Any
) -> None:
    for _ in range(MOST):
        done(owner, item)
        owner.execute(
            "select processing.retry('public.timeline_items', %s, fresh => true, requested_by =>"
            " (select account_id from public.timeline_items where id = %s))",
            [str(item), item],
        )
    done(owner, item)
    with refused("RJ008"):
        alice.execute(SPEAKER, [7, item])


def test_one_interview_uses_up_nothing_of_another(
    owner: Connection, alice: Connection, bob: Connection, item: Any
) -> None:
    again(owner, alice, item, MOST)
    own, *_ = add(alice, type="INTERVIEW_ANALYSE", interview_original_audio_path=AUDIO)
    theirs, *_ = add(bob, type="INTERVIEW_ANALYSE", interview_original_audio_path=f"{BOB}/1.mp3")
    for user, other in ((alice, own), (bob, theirs)):
        again(owner, user, other, 1)


def test_what_costs_no_run_is_not_counted(owner: Connection, alice: Connection, item: Any) -> None:
    for number in range(MOST + 1):
        alice.execute(SPEAKER, [number, item])  # the item is already waiting for an analysis
    again(owner, alice, item, MOST)
    alice.execute("update public.timeline_items set title = 'Mine' where id = %s", [item])
    alice.execute(SPEAKER, [(MOST - 1) % 2, item])
    assert status(owner, item) == ("completed", (MOST - 1) % 2)


def test_who_runs_the_service_is_not_limited(
    owner: Connection, alice: Connection, item: Any
) -> None:
    again(owner, alice, item, MOST)
    owner.execute(SPEAKER, [7, item])
    assert status(owner, item) == ("pending", 7)
